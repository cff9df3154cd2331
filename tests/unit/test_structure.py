"""The check of the library's structure: each rule finds a violation, and the signatures of validation functions."""

import ast

import pytest

from tools.structure import (
    LIBRARY,
    clones,
    long_files,
    normalised_lines,
    problems,
    too_many_any,
    unnamed_lookups,
)

FUNCTION = "def total(prices):\n    return sum(price * 2 for price in prices)\n"
RENAMED = "def amount(weights):\n    return sum(weight * 3 for weight in weights)\n"


def test_a_file_with_too_many_lines_is_found() -> None:
    assert list(long_files({"a.py": "x = 1\n" * 4, "b.py": "x = 1\n" * 3}, most=3)) == [
        "a.py: has 4 lines, 3 at most. Split it."
    ]


def test_too_many_any_are_found_in_all_files_together() -> None:
    sources = {"a.py": "x: Any\ny: dict[str, Any]\n", "b.py": "z: Any\nAnyRoute = 1\n"}
    assert list(too_many_any(sources, most=3)) == []
    assert list(too_many_any(sources, most=2)) == [
        "The library has 3 times `Any`, 2 at most. Use a type that the checker can follow."
    ]


@pytest.mark.parametrize("call", ["getattr(found, name)", "setattr(found, name, 1)", "importlib.import_module('a')"])
def test_a_lookup_without_its_name_in_the_source_is_found_in_a_typed_package(call: str) -> None:
    (problem,) = unnamed_lookups({"stack/a.py": f"x = 1\n{call}\n"})
    assert problem.startswith("stack/a.py:2: `")
    assert list(unnamed_lookups({"core/a.py": call})) == []


def test_a_lookup_of_a_constant_name_is_accepted() -> None:
    assert list(unnamed_lookups({"stack/a.py": "getattr(found, 'name', None)"})) == []


def test_equal_lines_are_found_after_other_names_and_numbers() -> None:
    sources = {"a.py": FUNCTION * 3, "b.py": RENAMED * 3}
    assert list(clones(sources, most=5)) == ["a.py:1 and b.py:1 have more than 5 equal lines. Move them to one place."]
    assert list(clones(sources, most=6)) == []


def test_another_operator_is_another_line() -> None:
    assert list(clones({"a.py": FUNCTION * 3, "b.py": RENAMED.replace("*", "+") * 3}, most=5)) == []


def test_equal_lines_of_one_file_are_accepted() -> None:
    assert list(clones({"a.py": FUNCTION * 9}, most=5)) == []


def test_imports_docstrings_comments_and_empty_lines_do_not_count() -> None:
    source = '"""A module."""\n\nimport os\n\n# A comment.\nx = "a"  # another\n'
    assert list(normalised_lines(source)) == [(6, "name = string")]


def test_the_library_has_no_problem() -> None:
    assert problems() == []


def test_a_validation_function_takes_the_value_first_and_its_subject_only_by_name() -> None:
    found: list[str] = []
    for file in LIBRARY.rglob("*.py"):
        for node in ast.parse(file.read_text()).body:
            if not isinstance(node, ast.FunctionDef) or not node.name.startswith(("validate_", "reject_")):
                continue
            positional = [argument.arg for argument in node.args.args]
            others = [argument.arg for argument in node.args.kwonlyargs if argument.arg != "subject"]
            if "subject" in positional or (others and not positional):
                found.append(f"{file.relative_to(LIBRARY)}:{node.lineno}: {node.name}")
    assert found == []
