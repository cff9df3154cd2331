"""Properties as plain values: dictionaries with the names that Pulumi uses, lists, scalars, and `UNKNOWN`."""

import copy
import enum
from collections.abc import Collection, Mapping
from typing import Any, Final

Tree = dict[str, Any]
Path = tuple[str, ...]
"""Keys from the outside in. `*` stands for every item of a list, and in a pattern for every key of a map too."""


class Unknown(enum.Enum):
    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
"""A value that is known only once something else is deployed."""


def paths(*dotted: str) -> frozenset[Path]:
    return frozenset(tuple(text.split(".")) for text in dotted)


def is_among(path: Path, patterns: Collection[Path]) -> bool:
    return any(
        len(path) == len(pattern) and all(ours in (key, "*") for ours, key in zip(pattern, path, strict=True))
        for pattern in patterns
    )


def is_empty(value: Any) -> bool:
    """Whether the API could as well have left the value out."""
    return value is None or value in ("", [], {})


def with_defaults(values: Tree, defaults: Mapping[str, Any]) -> Tree:
    """The values, and each default (by dotted pattern) whose parent is there while it is not."""
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
    return [leaf for child in found for leaf in _children(child, tuple(rest))]


def filled(planned: Any, answer: Any) -> Any:
    """What was planned; from the answer what the plan leaves open."""
    if planned is UNKNOWN or planned is None:
        return answer
    if isinstance(planned, dict) and isinstance(answer, dict):
        left_open = {key: value for key, value in answer.items() if key not in planned and value is not None}
        return {key: filled(value, answer.get(key, value)) for key, value in planned.items()} | left_open
    if isinstance(planned, list) and isinstance(answer, list) and len(planned) == len(answer):
        return [filled(ours, theirs) for ours, theirs in zip(planned, answer, strict=True)]
    return planned


def refreshed(answer: Any, prior: Any, kept: Collection[Path], path: Path = ()) -> Any:
    """The answer; from the prior state what the API never tells (`kept`), where the answer lacks it."""
    if isinstance(answer, dict) and isinstance(prior, dict):
        result = {
            key: refreshed(value, prior.get(key), kept, (*path, key))
            for key, value in answer.items()
            if value is not None
        }
        for key, value in prior.items():
            if is_among((*path, key), kept) and is_empty(result.get(key)):
                result[key] = value
        return result
    if isinstance(answer, list) and isinstance(prior, list) and len(answer) == len(prior):
        return [refreshed(now, then, kept, (*path, "*")) for now, then in zip(answer, prior, strict=True)]
    return answer
