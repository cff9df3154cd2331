"""A validation error shows the line of the program that the user has to change."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest

from edge_postgres import ExistingPostgres, Hyperdrive
from edge_postgres.core import program_location
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.program_location import find_program_location
from tests.harness import deploy

HERE = Path(__file__).name


def line_of(error: BaseException) -> int:
    found = re.search(rf"\(\S*{HERE}:(\d+)\)$", str(error))
    assert found, str(error)
    return int(found[1])


def program(limit: Any) -> None:
    origin = ExistingPostgres(
        "main", {"host": "db.example.com", "database": "app", "user": "app", "password": "x"}
    ).origin
    args: Any = {"account_id": "0" * 32, "origin": origin, "connection_limit": limit, "caching": {"disabled": True}}
    Hyperdrive("main", args)


def test_the_line_is_that_of_the_component(given: Callable[[Any], Any], preview: bool) -> None:
    with pytest.raises(pulumi.RunError) as ended:
        deploy(lambda: program(given(4)), preview=preview)
    lines, first = inspect.getsourcelines(program)
    assert line_of(ended.value) == first + len(lines) - 1


def test_a_message_for_an_api_has_no_line() -> None:
    assert ValidationError("main.port", "is empty", "Set it.").message == "main.port: is empty. Set it."


def test_the_plugin_has_no_line_of_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_program_location().startswith("tests/unit/")
    monkeypatch.setattr(program_location, "_PLUGIN", str(Path(__file__).parent))
    assert find_program_location() == ""


def test_the_path_starts_from_the_folder_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parent)
    program_location._program_file.cache_clear()
    assert find_program_location().partition(":")[0] == HERE
    monkeypatch.undo()
    program_location._program_file.cache_clear()
