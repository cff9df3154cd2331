"""The types of the arguments: programs that a type checker accepts, and types that it and the schema read alike."""

import ast
import importlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

import edge_postgres
from edge_postgres.hyperdrive.caching import CachingArgs

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "components" / "edge_postgres"
PROGRAMS = ROOT / "examples" / "programs"
SAMPLES = ROOT / "tests" / "unit" / "typing_samples.py"


def test_mypy_accepts_the_samples_and_only_them() -> None:
    # The samples that mypy must reject have a comment `type: ignore`, and mypy reports a comment without an error.
    # The options are those of `mypy .`, because mypy checks everything again after a call with other options.
    command = [sys.executable, "-m", "mypy", str(SAMPLES)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


def test_pyright_accepts_the_example_programs_and_the_samples_and_only_them(tmp_path: Path) -> None:
    # Pyright also rejects the samples that mypy must reject, because it reports an unneeded `type: ignore`.
    settings = {
        "typeCheckingMode": "strict",
        "reportUnnecessaryTypeIgnoreComment": "error",
        "extraPaths": [str(LIBRARY.parent)],
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    shutil.copytree(PROGRAMS, tmp_path / "programs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(SAMPLES, tmp_path)
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "--pythonpath", sys.executable]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    report = json.loads(finished.stdout)
    assert [f"{each['file']}: {each['message']}" for each in report["generalDiagnostics"]] == []
    assert report["summary"]["filesAnalyzed"] == len([*PROGRAMS.glob("*/*.py"), SAMPLES])


def checker_blocks() -> Iterator[tuple[str, list[ast.stmt], list[ast.stmt]]]:
    """The statements of `if TYPE_CHECKING` and of its `else`, by module, for each such statement with an `else`."""
    for file in sorted(LIBRARY.rglob("*.py")):
        module = ".".join(("edge_postgres", *file.relative_to(LIBRARY).with_suffix("").parts))
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and node.orelse:
                yield module, node.body, node.orelse


def choices() -> Iterator[tuple[str, str, set[str], str]]:
    """Module, name, strings and run-time type of each alias that accepts the strings of an enum."""
    for module, for_checkers, for_schema in checker_blocks():
        checked, inferred = for_checkers[-1], for_schema[-1]
        if not (isinstance(checked, ast.Assign) and isinstance(inferred, ast.Assign)):
            continue
        literals = [
            node.slice
            for node in ast.walk(checked.value)
            if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal"
        ]
        if literals:
            yield module, ast.unparse(checked.targets[0]), set(strings_of(literals[0])), ast.unparse(inferred.value)


def strings_of(node: ast.AST) -> Iterator[str]:
    """The strings in an expression."""
    return (each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str))


CHOICES = list(choices())


@pytest.mark.parametrize(("module", "alias", "strings", "inferred"), CHOICES, ids=[each[1] for each in CHOICES])
def test_an_alias_has_the_values_of_its_enum(module: str, alias: str, strings: set[str], inferred: str) -> None:
    enum = getattr(importlib.import_module(module), inferred)
    assert issubclass(enum, StrEnum)
    assert alias == f"{inferred}Input"
    assert strings == {str(member) for member in enum}
    assert getattr(importlib.import_module(module), alias) is enum


def test_every_public_enum_has_an_alias_except_the_slot() -> None:
    """A slot often comes from the configuration. The arguments therefore accept every string, and validate it."""
    public = {
        name
        for name in edge_postgres.__all__
        if isinstance(found := getattr(edge_postgres, name), type) and issubclass(found, StrEnum)
    }
    assert public - {"Slot"} <= {inferred for _, _, _, inferred in CHOICES}


def arguments() -> Iterator[tuple[str, str, Any]]:
    """Name, argument and annotation of each argument of a public `TypedDict`."""
    for name in edge_postgres.__all__:
        for argument, annotation in getattr(getattr(edge_postgres, name), "__annotations__", {}).items():
            if name.endswith(("Args", "Options", "Environment", "Build", "Source", "Binding", "File")):
                yield name, argument, annotation


@pytest.mark.parametrize(("name", "argument", "annotation"), list(arguments()))
def test_an_argument_accepts_each_kind_of_mapping_and_list(name: str, argument: str, annotation: Any) -> None:
    assert "dict[" not in str(annotation).replace("typing.", "")
    assert "list[" not in str(annotation).replace("typing.", "")


@pytest.mark.parametrize(("name", "argument", "annotation"), list(arguments()))
def test_an_optional_argument_accepts_an_output_of_none(name: str, argument: str, annotation: Any) -> None:
    of_input = str(annotation).startswith("typing.NotRequired[typing.Union[") and "Awaitable" in str(annotation)
    if of_input and argument in getattr(edge_postgres, name).__optional_keys__:
        assert "NoneType" in str(annotation)


def test_the_caching_of_type_checkers_has_the_keys_of_the_schema() -> None:
    ((_, for_checkers, _),) = [each for each in checker_blocks() if each[0] == "edge_postgres.hyperdrive.caching"]
    keys = [
        {ast.unparse(field.target) for field in shape.body if isinstance(field, ast.AnnAssign)}
        for shape in for_checkers
        if isinstance(shape, ast.ClassDef)
    ]
    assert set.union(*keys) == set(CachingArgs.__annotations__)
    assert {"disabled"} in keys
