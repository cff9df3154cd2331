"""Properties of resources as plain values: dictionaries with Pulumi's names, lists, scalars, and `UNKNOWN`."""

import copy
import enum
from collections.abc import Collection, Mapping
from typing import Any, Final

PropertyMap = dict[str, Any]
Path = tuple[str, ...]
"""Keys from the outside in. `*` stands for every item of a list, and in a pattern also for every key of a map."""


class Unknown(enum.Enum):
    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
"""A value that is not known until another resource is deployed."""


def paths(*dotted: str) -> frozenset[Path]:
    return frozenset(tuple(text.split(".")) for text in dotted)


def is_among(path: Path, patterns: Collection[Path]) -> bool:
    return any(
        len(path) == len(pattern) and all(each in (key, "*") for each, key in zip(pattern, path, strict=True))
        for pattern in patterns
    )


def is_empty(value: Any) -> bool:
    """Whether a value has the same meaning for the API as an omitted one."""
    return value is None or value in ("", [], {})


def with_defaults(values: PropertyMap, defaults: Mapping[str, Any]) -> PropertyMap:
    """Returns the values with defaults by dotted pattern, for missing values whose parent exists."""
    result = copy.deepcopy(values)
    for pattern, default in defaults.items():
        *parents, name = pattern.split(".")
        for parent in _children(result, tuple(parents)):
            if isinstance(parent, dict):
                parent.setdefault(name, copy.deepcopy(default))
    return result


def _children(value: Any, pattern: Path) -> list[Any]:
    if not pattern:
        return [value]
    name, *rest = pattern
    if name == "*":
        found = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    else:
        found = [value[name]] if isinstance(value, dict) and name in value else []
    return [each for child in found for each in _children(child, tuple(rest))]


def fill_in(planned: Any, answer: Any) -> Any:
    """Returns the planned values. Unknown and omitted ones are taken from the response."""
    if planned is UNKNOWN or planned is None:
        return answer
    if isinstance(planned, dict) and isinstance(answer, dict):
        unplanned = {key: value for key, value in answer.items() if key not in planned and value is not None}
        return {key: fill_in(value, answer.get(key, value)) for key, value in planned.items()} | unplanned
    if isinstance(planned, list) and isinstance(answer, list) and len(planned) == len(answer):
        return [fill_in(item, returned) for item, returned in zip(planned, answer, strict=True)]
    return planned


def merge_refreshed(answer: Any, prior: Any, kept: Collection[Path], path: Path = ()) -> Any:
    """Returns the response. Values in ``kept`` that it does not contain are taken from the prior state."""
    if isinstance(answer, dict) and isinstance(prior, dict):
        result = {
            key: merge_refreshed(value, prior.get(key), kept, (*path, key))
            for key, value in answer.items()
            if value is not None
        }
        for key, value in prior.items():
            if is_among((*path, key), kept) and is_empty(result.get(key)):
                result[key] = value
        return result
    if isinstance(answer, list) and isinstance(prior, list) and len(answer) == len(prior):
        return [merge_refreshed(now, then, kept, (*path, "*")) for now, then in zip(answer, prior, strict=True)]
    return answer
