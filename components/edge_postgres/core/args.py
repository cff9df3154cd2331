"""Validation of a component's arguments at run time, because a type checker may not have seen the dictionary."""

import difflib
import inspect
import os
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Protocol, TypeVar, cast

import pulumi

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plain_values import accepts_outputs, element_type, reject_output

A = TypeVar("A")
E = TypeVar("E", bound=StrEnum)


class _TypedDict(Protocol):
    """The run-time attributes of a class that `TypedDict` creates."""

    __required_keys__: frozenset[str]


def validated_args(args: A, shape: type[A], *, subject: str) -> A:
    """Returns ``args`` without the keys whose value is ``None``, because None counts as omitted. Paths become strings.

    Args:
        shape: The `TypedDict` that declares the arguments.

    Raises:
        ValidationError: ``args`` is no dictionary, lacks a required key, or has an unknown key. An unknown key
            is rejected because it may be a misspelled TLS mode or limit. Or an argument, or a value in a list or a
            dictionary, is an Output although its type has no `pulumi.Input`.
    """
    known = sorted(shape.__annotations__)
    if not isinstance(args, Mapping):
        raise ValidationError(
            subject,
            f"must be a dictionary, got a value of the type {type(args).__name__}",
            f"Set a dictionary of plain values or Outputs with the keys {_listed(known)}.",
        )
    for key in args:
        if key not in known:
            fix = did_you_mean(str(key), known) or f"The arguments are {_listed(known)}."
            raise ValidationError(f"{subject}.{key}", "unknown argument", fix)
    given = {
        key: os.fspath(value) if isinstance(value, os.PathLike) else value
        for key, value in args.items()
        if value is not None
    }
    for key in sorted(cast("_TypedDict", shape).__required_keys__):
        if key not in given:
            raise ValidationError(f"{subject}.{key}", "is required", "Set this argument.")
    waiting = [(f"{subject}.{key}", value, shape.__annotations__[key]) for key, value in given.items()]
    for path, value, annotation in waiting:
        if accepts_outputs(annotation):
            continue
        if isinstance(value, pulumi.Output) or inspect.isawaitable(value):
            reject_output(annotation, subject=path)
        if isinstance(value, Mapping):
            waiting += [(f"{path}.{name}", item, element_type(annotation)) for name, item in value.items()]
        elif isinstance(value, list | tuple):
            waiting += [(f"{path}[{index}]", item, element_type(annotation)) for index, item in enumerate(value)]
    return cast("A", given)


def validate_choice(value: str, choices: type[E], *, subject: str) -> E:
    """Returns the member of the enumeration ``choices`` that has the value.

    Raises:
        ValidationError: No member has the value. The message lists all members.
    """
    try:
        return choices(value)
    except ValueError:
        fix = did_you_mean(str(value), list(choices)) or "Use one of these values."
        raise ValidationError(subject, f"must be one of {_listed(choices)}, got `{value}`", fix) from None


def did_you_mean(value: str, known: Iterable[str]) -> str:
    """Returns a question that names the known value most similar to ``value``, or an empty string."""
    close = difflib.get_close_matches(value, list(known), n=1)
    return f"Did you mean `{close[0]}`?" if close else ""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
