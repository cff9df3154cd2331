"""The arguments of a component as they arrive: a dictionary that no type checker may have seen."""

import difflib
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar, cast

from edge_postgres.core.errors import ValidationError

A = TypeVar("A")
E = TypeVar("E", bound=StrEnum)


def validated_args(args: A, shape: type[A], *, subject: str) -> A:
    """What ``args``, a dictionary of the given shape, states; ``None`` counts as left out.

    Raises ``ValidationError`` for a key that the shape does not have (it would be ignored without a word, and a TLS
    mode or a
    limit with it), and for a missing one that it needs.
    """
    known = sorted(shape.__annotations__)
    if not isinstance(args, Mapping):
        raise ValidationError(
            subject, "is one value", f"Give a dictionary of plain values or Outputs; its keys are {_listed(known)}."
        )
    for key in args:
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            raise ValidationError(
                f"{subject}.{key}",
                "is no argument",
                f"Did you mean `{close[0]}`?" if close else f"The arguments are {_listed(known)}.",
            )
    kept = {key: value for key, value in args.items() if value is not None}
    for key in sorted(cast(Any, shape).__required_keys__):
        if key not in kept:
            raise ValidationError(f"{subject}.{key}", "is not given", "State it.")
    return cast(A, kept)


def validate_choice(value: str, choices: type[E], *, subject: str) -> E:
    """The member that a word names."""
    try:
        return choices(value)
    except ValueError:
        raise ValidationError(subject, f"is {value}", f"Use one of {_listed(choices)}.") from None


def _listed(words: Any) -> str:
    return ", ".join(f"`{word}`" for word in words)
