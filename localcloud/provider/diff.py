"""The difference between two declarations of a resource."""

import enum
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from localcloud.provider.property_map import Path, is_among, is_empty


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


@dataclass(frozen=True)
class Comparison:
    """Compares values, and treats values as equal that have the same meaning for the API."""

    sets: Collection[Path] = ()
    """Lists whose order has no meaning."""
    trimmed: Collection[Path] = ()
    """Strings whose trailing newlines have no meaning."""
    json_texts: Collection[Path] = ()
    """Strings with JSON, which are equal if their values are."""

    def is_same(self, left: Any, right: Any, path: Path = ()) -> bool:
        return not any(self.changes(left, right, path))

    def changes(self, old: Any, new: Any, path: Path, change_path: str = "") -> Iterator[Change]:
        """Yields every changed scalar. Unknown values count as changed."""
        change_path = change_path or path[-1]
        if old is None and new is None:
            return
        if isinstance(old, dict) and isinstance(new, dict):
            for key in sorted({**old, **new}):
                yield from self.changes(old.get(key), new.get(key), (*path, key), change_path + _step(key))
        elif isinstance(old, list) and isinstance(new, list) and not is_among(path, self.sets):
            for index in range(max(len(old), len(new))):
                then, now = (items[index] if index < len(items) else None for items in (old, new))
                yield from self.changes(then, now, (*path, "*"), f"{change_path}[{index}]")
        elif old is None:
            yield Change(change_path, Kind.ADD)
        elif new is None:
            yield Change(change_path, Kind.DELETE)
        elif self._plain(old, path) != self._plain(new, path):
            yield Change(change_path, Kind.UPDATE)

    def covers(self, actual: Any, declared: Any, path: Path) -> bool:
        """Whether the actual value contains all declared values. It may contain more, which the API added."""
        if isinstance(actual, dict) and isinstance(declared, dict):
            return all(self.covers(actual.get(key), value, (*path, key)) for key, value in declared.items())
        if isinstance(actual, list) and isinstance(declared, list) and not is_among(path, self.sets):
            return len(actual) == len(declared) and all(
                self.covers(left, right, (*path, "*")) for left, right in zip(actual, declared, strict=True)
            )
        if is_empty(actual) and is_empty(declared):
            return True
        return actual is not None and self.is_same(actual, declared, path)

    def project(self, declared: Any, actual: Any, path: Path) -> Any:
        """Returns the actual values of declared properties, in the declared form if both have the same meaning."""
        if self.covers(actual, declared, path):
            return declared
        if isinstance(declared, dict) and isinstance(actual, dict):
            return {
                key: self.project(value, actual[key], (*path, key)) for key, value in declared.items() if key in actual
            }
        if isinstance(declared, list) and isinstance(actual, list) and len(declared) == len(actual):
            return [self.project(left, right, (*path, "*")) for left, right in zip(declared, actual, strict=True)]
        return actual

    def _plain(self, value: Any, path: Path) -> Any:
        if isinstance(value, list) and is_among(path, self.sets):
            return sorted(map(str, value))
        if isinstance(value, str) and is_among(path, self.trimmed):
            return value.rstrip("\n")
        if isinstance(value, str) and is_among(path, self.json_texts):
            return json.loads(value)
        return (isinstance(value, bool), value)  # distinguishes True from 1


def _step(key: str) -> str:
    return f".{key}" if key.isidentifier() else f'["{key}"]'
