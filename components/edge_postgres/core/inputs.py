"""Functions over Pulumi inputs: values that are plain now, or known only during the deployment."""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import pulumi

from edge_postgres.core.errors import ValidationError

U = TypeVar("U")


def apply_input(value: Any, function: Callable[[Any], U]) -> Any:
    """Returns ``function(value)``: at once for a plain value, as an Output for an Output.

    An awaitable counts as an Output, and so does a dictionary with an Output among its values.

    Raises:
        ValidationError: The function rejects a plain value. A rejected Output ends the program during the deployment.
    """
    values = value.values() if isinstance(value, dict) else [value]
    if any(isinstance(item, pulumi.Output) or inspect.isawaitable(item) for item in values):
        return pulumi.Output.from_input(value).apply(lambda known: _apply(function, known))
    return function(value)


def _apply(function: Callable[[Any], U], known: Any) -> U:
    """Calls the function, and raises its `ValidationError` as a plain `RunError`.

    The SDK wraps a `ValueError` that it meets while it serialises inputs, and shows a traceback for it.
    """
    try:
        return function(known)
    except ValidationError as error:
        raise pulumi.RunError(str(error)) from None
