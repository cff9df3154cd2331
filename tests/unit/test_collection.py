"""Pytest collects every test, because it skips a file of another name without a warning."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
OTHERS = sorted(path for path in TESTS.rglob("*.py") if not path.name.startswith("test_"))
FILES = sorted(TESTS.rglob("test_*.py"))


def defined_in(path: Path) -> list[str]:
    """The tests that a file defines, at its top or in a class."""
    return [
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    ]


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_a_file_of_another_name_defines_no_tests(path: Path) -> None:
    assert defined_in(path) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_a_file_of_tests_defines_some(path: Path) -> None:
    assert defined_in(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_no_test_takes_the_place_of_another_of_its_name(path: Path) -> None:
    names = defined_in(path)
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_no_test_is_a_coroutine() -> None:
    found = [
        (path.name, node.name)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("test_")
    ]
    assert found == []
