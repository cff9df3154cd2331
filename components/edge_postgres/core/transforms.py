"""The argument `transform` of a component: arguments of its child resources, and their validation."""

import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from types import UnionType
from typing import get_args

import pulumi

from edge_postgres.core.args import did_you_mean, snake_case
from edge_postgres.core.cloudflare_inputs import find_inherited_bindings
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.json_types import JsonValue

Transform = Mapping[str, JsonValue]
"""Arguments of one child resource, which replace those that the component sets."""

ChildClass = type[pulumi.Resource] | UnionType
"""Class of a child resource. A union lists the classes of a child whose class depends on the component's arguments."""

ChildClasses = Mapping[str, Callable[[], ChildClass]]
"""By child: a function that returns its class. Only the call loads the module of the class, which can take seconds."""

_NO_ARGUMENTS = ("resource_name", "opts", "return", "api", "connection")
"""Parameters of a resource that are no arguments. The component owns the API key and the connection of its children."""


def validate_transforms(transforms: object, children: ChildClasses, *, subject: str) -> dict[str, Transform]:
    """Returns the arguments by child, without the empty ones.

    Raises:
        ValidationError: The argument is no map, a child is unknown, or its value is no map.
    """
    found: dict[str, Transform] = {}
    if transforms is None:
        return found
    if not isinstance(transforms, Mapping):
        raise ValidationError(subject, "must be a map of children", "Set a map of child to arguments of the child.")
    for key, transform in transforms.items():
        child = validate_child(str(key), children, subject=f"{subject}.{key}")
        if not isinstance(transform, Mapping):
            raise ValidationError(f"{subject}.{key}", "must be a map of arguments", "Set a map of argument to value.")
        if transform:
            found[child] = transform
    return found


def validate_child(key: str, children: ChildClasses, *, subject: str) -> str:
    """Returns the name of a child in snake case. Raises `ValidationError` for an unknown child."""
    child = snake_case(key)
    if child not in children:
        listed = f"The children are {_listed(children)}."
        raise ValidationError(subject, "unknown child", did_you_mean(child, children) or listed)
    return child


def find_invalid_arguments(transform: Transform, child: ChildClass, *, subject: str) -> Iterator[ValidationError]:
    """Yields an error for each argument, and for each field of an argument, that the child resource does not have.

    Also yields an error for each binding that a Worker would inherit.

    Args:
        transform: The arguments, in snake case or in camel case.
        child: Class of the child resource, from the SDK of its provider.
        subject: Path of the transform, for messages.
    """
    known: dict[str, tuple[str, str]] = {}
    for resource in get_args(child) or (child,):
        # The SDKs of providers declare the arguments of a resource in this method.
        declared = getattr(resource, "_internal_init", resource.__init__).__annotations__
        known |= {name: (str(kind), resource.__module__) for name, kind in declared.items()}
    for key, value in transform.items():
        name = snake_case(key)
        if name in known and name not in _NO_ARGUMENTS:
            annotation, module = known[name]
            yield from _find_unknown_fields(value, annotation, module, subject=f"{subject}.{key}")
        else:
            yield _unknown_argument(f"{subject}.{key}", name, known.keys() - _NO_ARGUMENTS)
    for inherited in find_inherited_bindings(transform.get("bindings")):
        yield ValidationError(f"{subject}.bindings{inherited.path}", inherited.problem, inherited.fix)


def _find_unknown_fields(value: object, annotation: str, module: str, *, subject: str) -> Iterator[ValidationError]:
    """Yields an error for each field that an object of the provider's schema does not have."""
    if isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _find_unknown_fields(item, annotation, module, subject=f"{subject}[{index}]")
    shape = re.search(r"\w+ArgsDict", annotation)
    if shape is None or not isinstance(value, Mapping):
        return
    inputs = vars(importlib.import_module(f"{module.rpartition('.')[0]}._inputs"))
    known = {name: str(each) for name, each in inputs[shape[0]].__annotations__.items()}
    for key, item in value.items():
        name = snake_case(key)
        if name in known:
            yield from _find_unknown_fields(item, known[name], module, subject=f"{subject}.{key}")
        else:
            yield _unknown_argument(f"{subject}.{key}", name, known.keys())


def _unknown_argument(path: str, name: str, known: Set[str]) -> ValidationError:
    return ValidationError(
        path, "unknown argument", did_you_mean(name, known) or f"The arguments are {_listed(known)}."
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
