"""The tutorial's commands, run exactly as written in a clone of the checkout that has its packages already."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.state_directory import CHECKOUT
from tests.console import Ran, run, steps_of
from tests.engine.clone import clone_into, git

pytestmark = pytest.mark.engine

STEPS = steps_of(CHECKOUT / "docs" / "tutorial.md")
KEPT_VARIABLES = ("HOME", "LANG", "PATH", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, pulumi_path: Path) -> Path:
    return clone_into(tmp_path_factory.mktemp("reader") / "edge-postgres")


@pytest.fixture(scope="module")
def reader(clone: Path) -> Iterator[list[Ran]]:
    """The results of the tutorial's commands, in the order of the page."""
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    try:
        yield run(STEPS, clone, environment, clone.parent / "output.txt")
    finally:
        python = CHECKOUT / ".venv" / "bin" / "python"
        subprocess.run([python, "-m", "localcloud", "down", "--remove"], cwd=clone, env=environment, check=True)


@pytest.mark.parametrize("number", range(len(STEPS)), ids=[f"{n} {step.command[:20]}" for n, step in enumerate(STEPS)])
def test_a_command_shows_the_output_on_the_page(number: int, reader: list[Ran]) -> None:
    assert len(reader) > number, "the tutorial did not get this far"
    assert reader[number].missing() == [], reader[number].output
    assert (reader[number].status != 0) == reader[number].step.fails, reader[number].output


def test_the_worker_of_the_tutorial_responds(reader: list[Ran]) -> None:
    answer = json.loads(reader[0].output.partition(".localhost:")[2].partition("\n")[2])
    assert answer["success"] is True
    assert [row["name"] for row in answer["result"]] == ["one", "two", "three"]


def test_the_tutorial_does_not_change_the_clone(clone: Path, reader: list[Ran]) -> None:
    assert git(clone, "status", "--porcelain") == ""
