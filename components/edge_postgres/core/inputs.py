"""Functions over Pulumi inputs. An input is a plain value, or an Output that is known only during the deployment."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import TypeVar, cast, overload

import pulumi

from edge_postgres.core.errors import ValidationError, missing_value
from edge_postgres.core.json_types import Json, JsonValue
from edge_postgres.core.program_location import find_program_location

A = TypeVar("A")
T = TypeVar("T")
T1 = TypeVar("T1")
T2 = TypeVar("T2")
T3 = TypeVar("T3")
T4 = TypeVar("T4")
U = TypeVar("U")

OUTPUT = (pulumi.Output, Awaitable)
"""The types of values that are known only during the deployment."""


@overload
def apply_input(value: pulumi.Output[T], function: Callable[[T], U]) -> pulumi.Output[U]: ...
@overload
def apply_input(value: Awaitable[T], function: Callable[[T], U]) -> pulumi.Output[U]: ...
@overload
def apply_input(value: T, function: Callable[[T], U]) -> U: ...
@overload
def apply_input(value: pulumi.Input[T], function: Callable[[T], U]) -> U | pulumi.Output[U]: ...
def apply_input(value: object, function: Callable[..., object]) -> object:
    """Returns ``function(value)``: at once for a plain value, as an Output for an Output or an awaitable.

    Raises:
        ValidationError: The function rejects a plain value. A rejected Output ends the program during the deployment.
    """
    if isinstance(value, OUTPUT):
        return pulumi.Output.from_input(value).apply(_with_run_errors(function))
    return function(value)


def apply_optional(
    value: pulumi.Input[T | None] | None, function: Callable[[T], U]
) -> U | pulumi.Output[U | None] | None:
    """Returns ``function(value)``, or None without a call if the value is None. An Output of None gives None too."""
    return apply_input(value, lambda known: None if known is None else function(known))


def or_default(value: pulumi.Input[T | None] | None, default: pulumi.Input[T]) -> pulumi.Input[T]:
    """Returns ``value``, or ``default`` if the value is None. An Output of None gives the default too."""
    if isinstance(value, OUTPUT):
        return pulumi.Output.from_input(value).apply(lambda known: default if known is None else known)
    return default if value is None else value


def reject_none(value: pulumi.Input[T | None] | None, *, subject: str) -> pulumi.Input[T] | None:
    """Returns ``value``, or None for an omitted argument. An Output of None is an error, as in `require_value`."""
    return None if value is None else require_value(value, subject=subject)


def require_value(value: pulumi.Input[T | None] | None, *, subject: str) -> pulumi.Input[T]:
    """Returns ``value`` unchanged. Raises `ValidationError` for None, and during the deployment for an Output of None.

    For an argument whose presence decides which resources exist. An Output counts as present before its value is known.
    """

    def require(known: T | None) -> T:
        if known is None:
            raise missing_value(subject=subject)
        return known

    return apply_input(value, require)


@overload
def apply_inputs(
    values: tuple[pulumi.Input[T1], pulumi.Input[T2]], function: Callable[[T1, T2], U]
) -> U | pulumi.Output[U]: ...
@overload
def apply_inputs(
    values: tuple[pulumi.Input[T1], pulumi.Input[T2], pulumi.Input[T3]], function: Callable[[T1, T2, T3], U]
) -> U | pulumi.Output[U]: ...
@overload
def apply_inputs(
    values: tuple[pulumi.Input[T1], pulumi.Input[T2], pulumi.Input[T3], pulumi.Input[T4]],
    function: Callable[[T1, T2, T3, T4], U],
) -> U | pulumi.Output[U]: ...
@overload
def apply_inputs(values: Mapping[str, object], function: Callable[[Json], U]) -> U | pulumi.Output[U]: ...
def apply_inputs(values: Mapping[str, object] | tuple[object, ...], function: Callable[..., object]) -> object:
    """Returns the result of ``function`` for several values: at once if all values are plain, else as an Output.

    A tuple's values become the arguments of the function, each with its type. A mapping becomes one argument, a
    dictionary with the same keys; the type checker does not know the types of its values.

    Raises:
        ValidationError: The function rejects plain values. Rejected Outputs end the program during the deployment.
    """
    items = values.values() if isinstance(values, Mapping) else values
    is_known = not any(isinstance(item, OUTPUT) for item in items)
    if isinstance(values, tuple):
        if not is_known:
            return pulumi.Output.from_input(list(values)).apply(_with_run_errors(function, unpack=True))
        return function(*values)
    if not is_known:
        return pulumi.Output.from_input(values).apply(_with_run_errors(function))
    return function(values)


def apply_fields(
    fields: A, alternatives: Collection[Collection[str]], function: Callable[[A], pulumi.Input[T]]
) -> T | pulumi.Output[T]:
    """Returns the result of ``function`` for an object that has the fields of one of several alternatives.

    If the fields of several alternatives are present and some of them are Outputs, the alternative is known only during
    the deployment, because an Output can contain None. The function then gets an object of plain values without None,
    and the result is an Output.
    """
    values = cast("Mapping[str, object]", fields)
    present = {field for alternative in alternatives for field in alternative if field in values}
    is_one = any(present <= set(alternative) for alternative in alternatives)
    if is_one or not any(isinstance(values[field], OUTPUT) for field in present):
        return cast("T", function(fields))

    def call(known: Mapping[str, object]) -> pulumi.Output[T]:
        plain = {field: value for field, value in known.items() if value is not None}
        return pulumi.Output.from_input(function(cast("A", plain)))

    return cast("pulumi.Output[T]", apply_inputs(dict(values), call))


@overload
def gather_list(values: pulumi.Input[Sequence[pulumi.Input[T]]]) -> pulumi.Input[Sequence[T]]: ...
@overload
def gather_list(
    values: pulumi.Input[Sequence[pulumi.Input[T]] | None] | None,
) -> pulumi.Input[Sequence[T] | None] | None: ...
def gather_list(values: object) -> object:
    """Returns the list as one Output of all items if an item is an Output, else returns the value unchanged."""
    if isinstance(values, list | tuple) and any(isinstance(item, OUTPUT) for item in values):
        return pulumi.Output.from_input(list(values))
    return values


def unsecret(value: pulumi.Input[T]) -> pulumi.Input[T]:
    """Returns an Output that is not a secret, or a plain value unchanged.

    Only for a value that contains no part of a secret, or for a check whose result contains no part of the value.
    """
    return pulumi.Output.unsecret(value) if isinstance(value, pulumi.Output) else value


def _with_run_errors(function: Callable[..., object], *, unpack: bool = False) -> Callable[[JsonValue], object]:
    """Returns the function in a form for `apply`, which raises a plain `RunError` instead of a `ValidationError`.

    A `ValidationError` is also a `ValueError`. While the SDK serialises inputs, it wraps a `ValueError` and shows a
    traceback.
    """

    # Pulumi calls the function later, when the program's own calls have returned.
    location = find_program_location()

    def call(known: JsonValue) -> object:
        try:
            return function(*known) if unpack else function(known)
        except ValidationError as error:
            error.location = location
            raise pulumi.RunError(str(error)) from None

    return call
