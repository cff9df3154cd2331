"""Properties of resources as plain values: dictionaries with Pulumi's names, lists, scalars, and `UNKNOWN`."""

import enum
from collections.abc import Collection
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


def is_unset(value: Any) -> bool:
    return value is None or value is UNKNOWN
