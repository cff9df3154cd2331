"""Validation of a component's arguments at run time, because a type checker may not have seen the dictionary."""

import difflib
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum
from typing import Protocol, TypeVar, cast

import pulumi

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import OUTPUT, apply_input, apply_optional
from edge_postgres.core.numbers import validate_number
from edge_postgres.core.plain_values import (
    accepts_outputs,
    element_type,
    expects_list,
    expects_number,
    reject_output,
)

A = TypeVar("A")
E = TypeVar("E", bound=StrEnum)


class _TypedDict(Protocol):
    """The run-time attributes of a class that `TypedDict` creates."""

    __required_keys__: frozenset[str]


def subject_of(component: pulumi.Resource) -> str:
    """Returns the path of a component in messages: its type and its name, such as "Hyperdrive `main`"."""
    return f"{component.pulumi_resource_type.rpartition(':')[2]} `{component.pulumi_resource_name}`"


def validated_args(args: A, shape: type[A], *, subject: str) -> A:
    """Returns ``args`` without the keys whose value is ``None``, because None counts as omitted. Paths become strings.

    A number that is an Output becomes an Output that is validated during the deployment.

    Args:
        shape: The `TypedDict` that declares the arguments.

    Raises:
        ValidationError: ``args`` is no dictionary, lacks a required key, or has an unknown key. An unknown key
            is rejected because it may be a misspelled TLS mode or limit. Or an argument, or a value in a list or a
            dictionary, is an Output although its type has no `pulumi.Input`. Or a string is set in place of a number or
            of a list.
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
    given = {key: value for key, value in args.items() if value is not None}
    for key in sorted(required_keys(shape)):
        if key not in given:
            raise ValidationError(f"{subject}.{key}", "is required", "Set this argument.")
    for key, value in given.items():
        annotation = shape.__annotations__[key]
        # The component validates such a value itself, as soon as it is known.
        kinds = (annotation, element_type(annotation)) if isinstance(value, Mapping) else (annotation,)
        is_final = isinstance(value, (*OUTPUT, Mapping)) and any(accepts_outputs(kind) for kind in kinds)
        if not is_final or any(expects_number(kind) for kind in kinds):
            given[key] = _validated_value(value, annotation, subject=f"{subject}.{key}")
    return cast("A", given)


def read_fields(value: pulumi.Input[A], shape: type[A], *, readable: Collection[str], subject: str) -> A:
    """Returns the fields of an object that a program can pass on as one Output, such as an output of another stack.

    The result for an Output has every field. A field that the object lacks is then an Output of None. The keys of an
    Output can also be in camel case, as other languages write them.

    Args:
        shape: The `TypedDict` that declares the fields.
        readable: Fields that are no secrets, even if the whole object is a secret.

    Raises:
        ValidationError: The object has an unknown field, or lacks a required field. For an Output, the error is raised
            during the deployment.
    """
    if not isinstance(value, OUTPUT):
        return validated_args(value, shape, subject=subject)

    def validate(known: object) -> A:
        if isinstance(known, Mapping):
            known = {snake_case(key): item for key, item in known.items()}
        return validated_args(cast("A", known), shape, subject=subject)

    whole = pulumi.Output.from_input(apply_input(value, validate))
    fields: dict[str, object] = {}
    for field in shape.__annotations__:
        found = whole.apply(_getter(field))
        fields[field] = pulumi.Output.unsecret(found) if field in readable else found
    return cast("A", fields)


def _getter(field: str) -> Callable[[object], object]:
    return lambda known: cast("Mapping[str, object]", known).get(field)


def snake_case(key: str) -> str:
    """Returns the name of a field in snake case, `max_connections` for `maxConnections`."""
    return re.sub(r"(?<=[a-z0-9])[A-Z]", lambda letter: f"_{letter[0].lower()}", key)


def _validated_value(value: object, annotation: object, *, subject: str) -> object:
    """Returns the value of an argument with paths as strings, also in its lists and dictionaries."""
    if isinstance(value, Mapping):
        element = element_type(annotation)
        return {key: _validated_value(item, element, subject=f"{subject}.{key}") for key, item in value.items()}
    if isinstance(value, OUTPUT):
        if not accepts_outputs(annotation):
            reject_output(annotation, subject=subject)
        if expects_number(annotation):
            return apply_optional(value, lambda known: validate_number(known, subject=subject))
        return value
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, pulumi.Asset | pulumi.Archive):
        problem = f"must be a path, got a {type(value).__name__}"
        raise ValidationError(subject, problem, "Set the path as a string or as a `pathlib.Path`.")
    if expects_number(annotation) and value is not None:
        return validate_number(value, subject=subject)
    if isinstance(value, str) and expects_list(annotation):
        raise ValidationError(subject, "must be a list, got a string", "Set a list, also for one value.")
    if isinstance(value, list | tuple):
        element = element_type(annotation)
        return [_validated_value(item, element, subject=f"{subject}[{index}]") for index, item in enumerate(value)]
    return value


def required_keys(shape: type) -> frozenset[str]:
    """Returns the names of the required arguments of a `TypedDict`."""
    return cast("_TypedDict", shape).__required_keys__


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
