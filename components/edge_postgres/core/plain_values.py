"""Rejection of Outputs in arguments that need a plain value, because the program itself uses the value."""

import inspect
import typing
from collections.abc import Awaitable, Mapping
from types import UnionType

import pulumi

from edge_postgres.core.errors import ValidationError


def reject_outputs(args: Mapping[str, object], annotations: Mapping[str, object], *, subject: str) -> None:
    """Raises `ValidationError` for an Output in an argument whose type is not `pulumi.Input`.

    Args:
        args: The arguments of a component.
        annotations: The declared types by argument: ``__annotations__`` of the `TypedDict` of the arguments.
        subject: The path of the arguments.
    """
    for key, value in args.items():
        _reject_output(value, annotations[key], path=f"{subject}.{key}")


def _reject_output(value: object, annotation: object, *, path: str) -> None:
    alternatives = _alternatives(annotation)
    if any(_accepts_outputs(each) for each in alternatives):
        return
    if isinstance(value, pulumi.Output) or inspect.isawaitable(value):
        is_dictionary = any(_is_dictionary(each) for each in alternatives)
        raise ValidationError(
            path,
            "must be a plain value, got an Output, whose value is known during the deployment only",
            "Set a dictionary. The values in the dictionary can be Outputs."
            if is_dictionary
            else "Set a value that the program knows, such as a string or a value from `pulumi.Config`.",
        )
    for each in alternatives:
        elements = typing.get_args(each)
        if isinstance(value, list | tuple) and len(elements) == 1:
            for index, item in enumerate(value):
                _reject_output(item, elements[0], path=f"{path}[{index}]")
        elif isinstance(value, Mapping) and len(elements) == 2:
            for name, item in value.items():
                _reject_output(item, elements[1], path=f"{path}.{name}")


def _alternatives(annotation: object) -> list[object]:
    """Returns the types that an annotation allows, without `NotRequired` and `None`."""
    origin = typing.get_origin(annotation)
    if origin in (typing.NotRequired, typing.Required, typing.Annotated):
        return _alternatives(typing.get_args(annotation)[0])
    if origin in (typing.Union, UnionType):
        return [each for part in typing.get_args(annotation) for each in _alternatives(part) if each is not type(None)]
    return [annotation]


def _accepts_outputs(annotation: object) -> bool:
    """Returns whether a type is a part of `pulumi.Input`, or a name that only a type checker resolves, or `Any`."""
    return typing.get_origin(annotation) is Awaitable or not isinstance(
        typing.get_origin(annotation) or annotation, type
    )


def _is_dictionary(annotation: object) -> bool:
    kind = typing.get_origin(annotation) or annotation
    return isinstance(kind, type) and issubclass(kind, Mapping | dict)
