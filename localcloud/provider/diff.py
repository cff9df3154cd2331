"""The difference between the state of a resource and its plan."""

import enum
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from edge_postgres.core.cloudflare_schema import Attribute
from localcloud.provider.property_map import UNKNOWN

FREE = Attribute(mode="optional", type="any")
"""A value without a schema."""


class Kind(enum.Enum):
    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True)
class Change:
    """One changed property."""

    path: str
    """The path in Pulumi's notation: `origin.port`, `bindings[0].text`, `vars["a.b"]`."""
    kind: Kind


def find_changes(attribute: Attribute, old: Any, new: Any, path: str, *, is_element: bool = False) -> Iterator[Change]:
    """Yields every changed scalar, and every changed set. Unknown values count as changed.

    An empty list, object or string is not the same as a missing one.
    """
    if old is None and new is None:
        return
    is_list = isinstance(old, list) and isinstance(new, list)
    if isinstance(old, dict) and isinstance(new, dict):
        has_names = attribute.type == "object" or is_element
        for key in sorted({**old, **new}):
            child = attribute.children.get(key, FREE) if has_names else attribute
            step = path + _step(key)
            yield from find_changes(child, old.get(key), new.get(key), step, is_element=not has_names)
    elif is_list and attribute.type != "set":
        for index in range(max(len(old), len(new))):
            then, now = (items[index] if index < len(items) else None for items in (old, new))
            yield from find_changes(attribute, then, now, f"{path}[{index}]", is_element=True)
    elif old is None:
        yield Change(path, Kind.ADD)
    elif new is None:
        yield Change(path, Kind.DELETE)
    elif _comparable(attribute, old) != _comparable(attribute, new):
        yield Change(path, Kind.UPDATE)


def is_same(attribute: Attribute, old: Any, new: Any) -> bool:
    return not any(find_changes(attribute, old, new, ""))


def project(attribute: Attribute, declared: Any, actual: Any, *, is_element: bool = False) -> Any:
    """Returns the actual values of declared properties, in the declared form if both have the same meaning."""
    if isinstance(declared, dict) and isinstance(actual, dict):
        has_names = attribute.type == "object" or is_element
        return {
            key: project(
                attribute.children.get(key, FREE) if has_names else attribute,
                value,
                actual[key],
                is_element=not has_names,
            )
            for key, value in declared.items()
            if key in actual
        }
    if isinstance(declared, list) and isinstance(actual, list) and attribute.type != "set":
        aligned = [*declared, *([None] * len(actual))]
        return [project(attribute, aligned[index], each, is_element=True) for index, each in enumerate(actual)]
    if isinstance(declared, list) and isinstance(actual, list):
        found = [next((each for each in declared if _covers(attribute, each, now)), now) for now in actual]
        return declared if len(found) == len(declared) and all(each in found for each in declared) else found
    return declared if is_same(attribute, actual, declared) else actual


def _covers(attribute: Attribute, declared: Any, actual: Any) -> bool:
    """Returns whether an element has all declared values. It may have more, which the API added."""
    return bool(project(attribute, declared, actual, is_element=True) == declared)


def _comparable(attribute: Attribute, value: Any) -> Any:
    if value is UNKNOWN:
        return value
    if isinstance(value, list):
        return sorted(json.dumps(each, sort_keys=True, default=str) for each in value)
    if isinstance(value, str) and attribute.type == "json":
        return json.loads(value)
    return (isinstance(value, bool), value)  # distinguishes True from 1


def _step(key: str) -> str:
    return f".{key}" if key.isidentifier() else f'["{key}"]'
