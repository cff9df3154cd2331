"""The tests on the page docs/testing.md pass, and its table lists every function that components call."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pulumi_random as random
import pytest

import edge_postgres
from edge_postgres.testing import VENDOR_CALLS, deploy

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "testing.md").read_text()
LIBRARY = Path(str(edge_postgres.__file__)).parent
FILES = ("shop.py", "test_shop.py", "conftest.py")
CALL = re.compile(r"get_\w+_output")


def test_the_tests_on_the_page_pass(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == len(FILES)
    for name, block in zip(FILES, blocks, strict=True):
        (tmp_path / name).write_text(block)
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", str(tmp_path)]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert "5 passed" in finished.stdout, finished.stdout


def test_the_page_names_the_functions_that_have_answers() -> None:
    assert set(re.findall(r"`((?:aws|cloudflare):\S+?:get\w+)`", PAGE)) == set(VENDOR_CALLS)


def test_each_function_that_a_component_calls_has_an_answer() -> None:
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for file in LIBRARY.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
    }
    functions = {"".join(part.title() for part in name.split("_")[1:-1]) for name in called if CALL.fullmatch(name)}
    assert {f"get{function}" for function in functions} == {token.rpartition(":")[2] for token in VENDOR_CALLS}


@pytest.fixture(scope="module")
def after_import() -> list[str]:
    """Whether `pytest` is loaded, and the level of the logger of asyncio, after an import of the module."""
    source = (
        "import logging, sys, edge_postgres.testing; print('pytest' in sys.modules, logging.getLogger('asyncio').level)"
    )
    return subprocess.run([sys.executable, "-c", source], check=True, capture_output=True, text=True).stdout.split()


def test_the_module_needs_no_test_framework(after_import: list[str]) -> None:
    assert after_import[0] == "False"


def test_a_preview_does_not_know_the_outputs_of_new_resources(preview: bool) -> None:
    def program() -> dict[str, Any]:
        return {"password": random.RandomPassword("main", length=20).result}

    assert deploy(program, preview=preview).exports["password"].known is not preview


def test_the_module_leaves_the_logger_of_asyncio_alone(after_import: list[str]) -> None:
    assert after_import[1] == "0"
