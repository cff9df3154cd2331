"""Pytest collects every test. It skips a file with another name without a warning."""

import ast
import functools
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
OTHERS = sorted(path for path in TESTS.rglob("*.py") if not path.name.startswith("test_"))
FILES = sorted(TESTS.rglob("test_*.py"))


Test = ast.FunctionDef | ast.AsyncFunctionDef


@functools.cache
def defined_in(path: Path) -> list[Test]:
    """Returns the tests in a file, including tests in classes. Parses each file once for all tests here."""
    return [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, Test) and node.name.startswith("test_")
    ]


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_a_file_with_another_name_defines_no_tests(path: Path) -> None:
    assert [test.name for test in defined_in(path)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_a_test_file_defines_tests(path: Path) -> None:
    assert defined_in(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_no_test_replaces_another_test_with_the_same_name(path: Path) -> None:
    names = [test.name for test in defined_in(path)]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_no_test_is_a_coroutine() -> None:
    found = [test.name for path in FILES for test in defined_in(path) if isinstance(test, ast.AsyncFunctionDef)]
    assert found == []
