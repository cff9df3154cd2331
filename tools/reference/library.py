"""The library's sources as syntax trees, with the imported module next to each tree.

A syntax tree has the expressions that build a message. The imported module has the values of the names in them.
"""

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import edge_postgres

ROOT = Path(str(edge_postgres.__file__)).parent

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, eq=False)
class Source:
    """One module of the library."""

    path: str
    """The path below the library, without `.py`: `origins/neon/rules`."""
    tree: ast.Module
    module: ModuleType


@dataclass(frozen=True, eq=False)
class Place:
    """A call in the sources, with the functions and the class around it."""

    source: Source
    call: ast.Call
    functions: tuple[Function, ...]
    """The innermost function is first."""
    owner: ast.ClassDef | None

    def __str__(self) -> str:
        return f"{self.source.path}.py:{self.call.lineno}"


@cache
def sources() -> tuple[Source, ...]:
    """All modules of the library, by path."""
    return tuple(_source(file) for file in sorted(ROOT.rglob("*.py")))


def source_of(module_name: str) -> Source | None:
    """The module with this import name; None if it is not part of the library."""
    return next((found for found in sources() if found.module.__name__ == module_name), None)


@cache
def places() -> tuple[Place, ...]:
    """All calls in the library."""
    return tuple(place for source in sources() for place in _calls(source, source.tree, (), None))


def name_of(call: ast.Call) -> str:
    """The last part of the called name: `warn` for `pulumi.log.warn(...)`."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _source(file: Path) -> Source:
    path = file.relative_to(ROOT).with_suffix("")
    parts = path.parts[:-1] if path.name == "__init__" else path.parts
    module = importlib.import_module(".".join((edge_postgres.__name__, *parts)))
    return Source(path.as_posix(), ast.parse(file.read_text()), module)


def _calls(
    source: Source, node: ast.AST, functions: tuple[Function, ...], owner: ast.ClassDef | None
) -> Iterator[Place]:
    if isinstance(node, ast.Call):
        yield Place(source, node, functions, owner)
    if isinstance(node, ast.ClassDef):
        owner = node
    if isinstance(node, Function):
        functions = (node, *functions)
    for child in ast.iter_child_nodes(node):
        yield from _calls(source, child, functions, owner)
