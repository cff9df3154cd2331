"""The places of the library that create a `ValidationError`, and those that a stack file has reached."""

import ast
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

    def __str__(self) -> str:
        return f"{self.module}:{self.first}"


@cache
def sites() -> tuple[Site, ...]:
    """Returns every site of the library, in the order of modules and lines."""
    return tuple(site for path in sorted(LIBRARY.rglob("*.py")) for site in _sites_of(path))


def _sites_of(path: Path) -> Iterator[Site]:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: call.lineno):
        if ast.unparse(call.func).split(".")[-1] == "ValidationError":
            yield Site(path.relative_to(LIBRARY).as_posix(), call.lineno, call.end_lineno or call.lineno)


@dataclass
class Reached:
    """The errors that were created, each with its site."""

    errors: list[tuple[Site, ValidationError]] = field(default_factory=list)

    def reported_in(self, report: str) -> set[Site]:
        """Returns the sites whose errors are in a report. An error that the library has caught is not in it."""
        words = " ".join(report.split())
        return {site for site, error in self.errors if " ".join(error.problem.split()) in words}


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
