"""Functions over Pulumi inputs. An input is a plain value, or an Output that is known only during the deployment."""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar, cast, overload

import pulumi

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.json_types import Json
from edge_postgres.core.program_location import find_program_location

T = TypeVar("T")
T1 = TypeVar("T1")
T2 = TypeVar("T2")
T3 = TypeVar("T3")
T4 = TypeVar("T4")
U = TypeVar("U")


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
    if isinstance(value, pulumi.Output) or inspect.isawaitable(value):
        return pulumi.Output.from_input(value).apply(_with_run_errors(function))
    return function(value)


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
    is_known = not any(isinstance(item, pulumi.Output) or inspect.isawaitable(item) for item in items)
    if isinstance(values, tuple):
        if not is_known:
            return pulumi.Output.from_input(list(values)).apply(_with_run_errors(lambda known: function(*known)))
        return function(*values)
    if not is_known:
        return pulumi.Output.from_input(values).apply(_with_run_errors(function))
    return function(values)


def gather_list(values: pulumi.Input[Sequence[pulumi.Input[T]]]) -> pulumi.Input[Sequence[T]]:
    """Returns the list as one Output of all items if an item is an Output, else returns the value unchanged."""
    if isinstance(values, list | tuple) and any(
        isinstance(item, pulumi.Output) or inspect.isawaitable(item) for item in values
    ):
        return pulumi.Output.from_input(list(values))
    return cast("pulumi.Input[Sequence[T]]", values)


def unsecret(value: pulumi.Input[T]) -> pulumi.Input[T]:
    """Returns an Output that is not a secret, or a plain value unchanged.

    Only for a value that contains no part of a secret, or for a check whose result contains no part of the value.
    """
    return pulumi.Output.unsecret(value) if isinstance(value, pulumi.Output) else value


def _with_run_errors(function: Callable[..., object]) -> Callable[[object], object]:
    """Returns the function in a form for `apply`, which raises a plain `RunError` instead of a `ValidationError`.

    A `ValidationError` is also a `ValueError`. While the SDK serialises inputs, it wraps a `ValueError` and shows a
    traceback.
    """

    # Pulumi calls the function later, when the program's own calls have returned.
    location = find_program_location()

    def call(known: object) -> object:
        try:
            return function(known)
        except ValidationError as error:
            error.location = location
            raise pulumi.RunError(str(error)) from None

    return call
