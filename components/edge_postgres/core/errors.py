"""`ValidationError`: the error that the library raises for an unsafe or impossible value."""

from collections.abc import Callable
from contextvars import ContextVar

import pulumi

from edge_postgres.core.program_location import find_program_location

SPELLING: ContextVar[Callable[[str], str]] = ContextVar("SPELLING", default=str)
"""A function that spells the names of arguments in a message as the language of the user's program does."""


class ValidationError(pulumi.RunError, ValueError):
    """The error for a value that the library rejects.

    The message reads `path: problem. Fix.` and never contains a secret. Pulumi ends a program with the message and
    without a traceback. As a `ValueError`, it becomes one entry in Pydantic's list of errors.

    Args:
        path: The argument or setting, such as ``Hyperdrive `main`.connection_limit``. Empty if the caller adds it.
        problem: The violated rule, without the path and without a full stop: "must be at least 5, got 4".
        fix: One or more sentences that name the correction: "Set 5 or more."
        stack_file_fix: The correction for a setting of a stack file, if it differs from that for a program.
    """

    def __init__(self, path: str, problem: str, fix: str, *, stack_file_fix: str | None = None) -> None:
        self.path, self.problem, self.fix = path, problem, fix
        self.stack_file_fix = fix if stack_file_fix is None else stack_file_fix
        self.location = find_program_location()
        super().__init__(path, problem, fix)

    def __str__(self) -> str:
        """Returns the message, followed by file and line of the user's program if they are known."""
        return f"{self.message} ({self.location})" if self.location else self.message

    @property
    def message(self) -> str:
        """The message without file and line of the program, for an API or a report."""
        return SPELLING.get()(f"{self.path}: {self.detail}" if self.path else self.detail)

    @property
    def detail(self) -> str:
        """The message without its path."""
        return f"{self.problem}. {self.fix}"

    @property
    def stack_file_detail(self) -> str:
        """The message without its path for the author of a stack file, for a report with the paths in a column."""
        return f"{self.problem}. {self.stack_file_fix}"


def missing_value(*, subject: str) -> ValidationError:
    """Returns the error for a value that is None, such as an Output of a resource that does not have the value."""
    return ValidationError(subject, "has no value", "Set a value. If it is an Output, its resource has no such value.")
