"""Reports all errors of a model at once: those of its fields, and those of its rules about several fields.

Pydantic alone stops earlier. It skips the validators of a model if a field has an error, and stops at the first of
these validators that raises. Here each rule runs, on the fields that are valid. A rule that needs an invalid field is
skipped, because the error of the field comes first.
"""

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import FunctionType
from typing import TypeVar

import pydantic
from pydantic import BaseModel, ValidationInfo
from pydantic_core import InitErrorDetails

from edge_postgres.core.errors import ValidationError

_RULES: set[Callable[..., object]] = set()
"""The methods that `rule` marks."""
RuleT = TypeVar("RuleT", bound=Callable[..., object])
ModelT = TypeVar("ModelT", bound=BaseModel)
KeyT = TypeVar("KeyT")
ItemT = TypeVar("ItemT")


def rule(method: RuleT) -> RuleT:
    """Marks a method of a model as a rule about several fields.

    The method takes the `ValidationInfo` if it has a second parameter. It raises a `ValidationError`, or returns an
    iterator of such errors. All other return values are ignored.
    """
    _RULES.add(method)
    return method


def partial_model(cls: type[ModelT], values: Mapping[str, object], data: object) -> ModelT:
    """Returns a model with only the valid fields. Reading another field raises `AttributeError`.

    Args:
        cls: The model.
        values: The valid fields by name.
        data: The input, which shows the fields that the user has set.
    """
    found = cls.__new__(cls)
    given = data if isinstance(data, Mapping) else {}
    fields_set = {name for name, each in cls.model_fields.items() if each.alias in given}
    object.__setattr__(found, "__dict__", dict(values))
    object.__setattr__(found, "__pydantic_fields_set__", fields_set)
    object.__setattr__(found, "__pydantic_extra__", None)
    object.__setattr__(found, "__pydantic_private__", {} if cls.__private_attributes__ else None)
    return found


def errors_of_rules(model: BaseModel, info: ValidationInfo, *, is_complete: bool) -> list[InitErrorDetails]:
    """Returns the errors of all rules of a model, in the form that pydantic takes.

    Args:
        model: The model, of which fields are missing if they are invalid.
        info: The value that pydantic passes to validators.
        is_complete: Whether no field is missing.
    """
    found: list[InitErrorDetails] = []
    for method, takes_info in _rules_of(type(model)):
        check = functools.partial(method, model, info) if takes_info else functools.partial(method, model)
        for error in errors_of_call(check, is_complete=is_complete):
            found.append(InitErrorDetails(type="value_error", loc=(), input=None, ctx={"error": error}))
    return found


@functools.cache
def _rules_of(cls: type[BaseModel]) -> tuple[tuple[Callable[..., object], bool], ...]:
    """Returns the rules of a model and of its bases, each with whether it takes the `ValidationInfo`."""
    methods = {name: method for base in reversed(cls.__mro__) for name, method in vars(base).items()}
    rules = [method for method in methods.values() if isinstance(method, FunctionType) and method in _RULES]
    return tuple((method, len(inspect.signature(method).parameters) > 1) for method in rules)


def errors_of_call(check: Callable[[], object], *, is_complete: bool = False) -> Iterator[ValidationError]:
    """Yields the errors that a check raises or yields. A check of a partial model ends at a missing field."""
    try:
        found = check()
        if isinstance(found, Iterator):
            yield from found
    except ValidationError as error:
        yield error
    except (AttributeError, KeyError):
        if is_complete:
            raise


def raise_all(errors: Iterable[ValidationError]) -> None:
    """Raises all errors of one value together, in the form that pydantic adds to its list. Does nothing without one."""
    found = [InitErrorDetails(type="value_error", loc=(), input=None, ctx={"error": error}) for error in errors]
    if found:
        raise pydantic.ValidationError.from_exception_data("", found, hide_input=True)


def errors_of_each(check: Callable[[KeyT], object], keys: Iterable[KeyT]) -> Iterator[ValidationError]:
    """Yields the errors that a check raises for some of the keys."""
    for key in keys:
        yield from errors_of_call(functools.partial(check, key), is_complete=True)


def validate_items(check: Callable[[list[ItemT]], object], items: list[ItemT]) -> list[ItemT]:
    """Returns a list unchanged. Raises the errors of all its items together, else the error of the whole list."""
    raise_all(errors_of_each(lambda item: check([item]), items))
    check(items)
    return items


def line_errors(error: pydantic.ValidationError) -> list[InitErrorDetails]:
    """Returns the errors that an error of pydantic lists, in the form that pydantic takes."""
    return [
        InitErrorDetails(type=entry["type"], loc=entry["loc"], input=entry["input"], ctx=entry.get("ctx", {}))
        for entry in error.errors(include_url=False)
    ]
