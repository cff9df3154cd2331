"""The places of the library that create a `ValidationError`, and those that a stack file has reached."""

import ast
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from unittest.mock import patch

from edge_postgres.core.errors import ValidationError

LIBRARY = Path(__file__).resolve().parents[2] / "components" / "edge_postgres"


@dataclass(frozen=True)
class Site:
    """One call of `ValidationError` or of a subclass."""

    module: str
    """Path of the module below the library, such as `origin/rules.py`."""
    first: int
    last: int
    """Lines of the call."""
    function: str
    """Name of the function with the call."""
    words: str
    """The constant parts of the problem. Empty if a variable has the problem."""

    def __str__(self) -> str:
        return f"{self.module}:{self.first}"


@cache
def sites() -> tuple[Site, ...]:
    """Returns every site of the library, in the order of modules and lines."""
    return tuple(site for path in sorted(LIBRARY.rglob("*.py")) for site in _sites_of(path))


def _sites_of(path: Path) -> Iterator[Site]:
    module = path.relative_to(LIBRARY).as_posix()
    tree = ast.parse(path.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: call.lineno):
        if ast.unparse(call.func).split(".")[-1] == "ValidationError":
            around = [each for each in functions if each.lineno <= call.lineno <= (each.end_lineno or 0)]
            last, function = call.end_lineno or call.lineno, max(around, key=lambda each: each.lineno).name
            yield Site(module, call.lineno, last, function, _constants(call.args[1]))


def _constants(problem: ast.expr) -> str:
    parts = [node.value for node in ast.walk(problem) if isinstance(node, ast.Constant)]
    return " ".join(part for part in parts if isinstance(part, str))


@dataclass
class Reached:
    """The errors that were created, each with its site."""

    errors: list[tuple[Site, ValidationError]] = field(default_factory=list)

    def reported_in(self, report: str) -> set[Site]:
        """Returns the sites whose errors are in a report. An error that the library has caught is not in it."""
        return {site for site, error in self.errors if _unspelled(error.problem) in _unspelled(report)}


def _unspelled(text: str) -> str:
    """Returns a message without its spaces, and with equal spellings of `max_age` and `maxAge`."""
    return re.sub(r"[\s_]", "", text).casefold()


@contextmanager
def recorded() -> Iterator[Reached]:
    """Records the site of each error that is created inside."""
    reached, create = Reached(), ValidationError.__init__

    def init(self: ValidationError, path: str, problem: str, fix: str, *, stack_file_fix: str | None = None) -> None:
        create(self, path, problem, fix, stack_file_fix=stack_file_fix)
        frame = sys._getframe(1)
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(LIBRARY):
            module, line = file.relative_to(LIBRARY).as_posix(), frame.f_lineno
            found = [each for each in sites() if each.module == module and each.first <= line <= each.last]
            reached.errors += [(site, self) for site in found]

    with patch.object(ValidationError, "__init__", init):
        yield reached
