"""The types of arguments that need a plain value, because the program itself uses the value. An Output is an error."""

import typing
from collections.abc import Awaitable, Mapping, Sequence
from types import UnionType
from typing import NoReturn

from edge_postgres.core.errors import ValidationError


def accepts_outputs(annotation: object) -> bool:
    """Returns whether an argument with this annotation can be an Output.

    That is so for an annotation with `pulumi.Input`, and for an annotation that allows all values.
    """
    kinds = [typing.get_origin(each) or each for each in _alternatives(annotation)]
    return any(kind in (Awaitable, typing.Any) or not isinstance(kind, type) for kind in kinds)


def expects_number(annotation: object) -> bool:
    """Returns whether the values of a type are numbers, which can also be Outputs."""
    kinds = {typing.get_origin(each) or each for each in _alternatives(annotation)}
    return bool(kinds & {int, float}) and not kinds & {str, bool, typing.Any}


def expects_list(annotation: object) -> bool:
    """Returns whether the values of a type are lists, which can also be Outputs."""
    kinds = {typing.get_origin(each) or each for each in _alternatives(annotation)}
    return bool(kinds & {list, Sequence})


def element_type(annotation: object) -> object:
    """Returns the type of the elements of a list, or of the values of a dictionary. Returns None for other types."""
    for each in _alternatives(annotation):
        if typing.get_origin(each) in (list, dict, Sequence, Mapping):
            return typing.get_args(each)[-1]
    return None


def reject_output(annotation: object, *, subject: str) -> NoReturn:
    """Raises `ValidationError` for an Output where the type of the argument needs a plain value."""
    kinds = [typing.get_origin(each) or each for each in _alternatives(annotation)]
    is_dictionary = any(isinstance(kind, type) and issubclass(kind, Mapping | dict) for kind in kinds)
    raise ValidationError(
        subject,
        "must be a plain value, got an Output, whose value is known during the deployment only",
        "Set a dictionary. A value in the dictionary can be an Output if its type has `pulumi.Input`."
        if is_dictionary
        else "Set a value that the program knows, such as a string or a value from `pulumi.Config`.",
    )


def _alternatives(annotation: object) -> list[object]:
    """Returns the types that an annotation allows, without `NotRequired` and `None`."""
    origin = typing.get_origin(annotation)
    if origin in (typing.NotRequired, typing.Required, typing.Annotated):
        return _alternatives(typing.get_args(annotation)[0])
    if origin in (typing.Union, UnionType):
        return [each for part in typing.get_args(annotation) for each in _alternatives(part) if each is not type(None)]
    return [annotation]
