"""The one way to refuse.

A refusal names the subject (the user's own key), what is wrong with it (the value, never a secret, and the rule) and
the way out. It ends a Pulumi program without a traceback, and pydantic collects it as a fault like any other.
"""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import pulumi

U = TypeVar("U")


class Refusal(pulumi.RunError, ValueError):
    """What was given cannot be done safely.

    ``subject`` is the argument, ``fault`` a clause that starts with a verb ("is 4; Hyperdrive opens at least 5
    connections"), ``way_out`` one or more sentences that say what to do instead.
    """

    def __init__(self, subject: str, fault: str, way_out: str) -> None:
        self.subject, self.fault, self.way_out = subject, fault, way_out
        super().__init__(f"`{subject}` {self.complaint}")

    @property
    def complaint(self) -> str:
        """The refusal without its subject, for a report that has the subject in a column of its own."""
        return f"{self.fault}. {self.way_out}"


def checked(value: Any, rule: Callable[[Any], U]) -> Any:
    """What ``rule`` makes of a value: at once where it is plain, as soon as it is known where it is an Output.

    An awaitable counts as an Output, and so does a dictionary when one of its values is one.
    """
    values = value.values() if isinstance(value, dict) else [value]
    if any(isinstance(item, pulumi.Output) or inspect.isawaitable(item) for item in values):
        return pulumi.Output.from_input(value).apply(lambda known: _ended(rule, known))
    return rule(value)


def _ended(rule: Callable[[Any], U], known: Any) -> U:
    """What the rule makes of a value.

    A refusal goes on as a plain ``RunError``: the SDK wraps a ``ValueError`` that it meets while it serialises inputs,
    and what it wraps ends the program with a traceback.
    """
    try:
        return rule(known)
    except Refusal as refusal:
        raise pulumi.RunError(str(refusal)) from None
