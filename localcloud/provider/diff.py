"""What changed between two declarations of one resource."""

import enum
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from localcloud.provider.tree import Path, is_among, is_empty


class Kind(enum.Enum):
    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True)
class Change:
    path: str
    """As Pulumi writes it: `origin.port`, `bindings[0].text`, `vars["a.b"]`."""
    kind: Kind


@dataclass(frozen=True)
class Comparison:
    """Compares what means the same to the API as equal."""

    sets: Collection[Path] = ()
    """Lists whose order means nothing."""
    trimmed: Collection[Path] = ()
    """Texts whose newlines at the end mean nothing."""

    def is_same(self, one: Any, other: Any, path: Path = ()) -> bool:
        return not any(self.changes(one, other, path))

    def changes(self, old: Any, new: Any, path: Path, place: str = "") -> Iterator[Change]:
        """Every leaf that differs; what is not known yet counts as different."""
        place = place or path[-1]
        if old is None and new is None:
            return
        if isinstance(old, dict) and isinstance(new, dict):
            for key in sorted({**old, **new}):
                yield from self.changes(old.get(key), new.get(key), (*path, key), place + _step(key))
        elif isinstance(old, list) and isinstance(new, list) and not is_among(path, self.sets):
            for index in range(max(len(old), len(new))):
                then, now = (items[index] if index < len(items) else None for items in (old, new))
                yield from self.changes(then, now, (*path, "*"), f"{place}[{index}]")
        elif old is None:
            yield Change(place, Kind.ADD)
        elif new is None:
            yield Change(place, Kind.DELETE)
        elif self._plain(old, path) != self._plain(new, path):
            yield Change(place, Kind.UPDATE)

    def covers(self, actual: Any, declared: Any, path: Path) -> bool:
        """Whether the actual value has all that was declared; it may have more, which the API filled in."""
        if isinstance(actual, dict) and isinstance(declared, dict):
            return all(self.covers(actual.get(key), value, (*path, key)) for key, value in declared.items())
        if isinstance(actual, list) and isinstance(declared, list) and not is_among(path, self.sets):
            return len(actual) == len(declared) and all(
                self.covers(ours, theirs, (*path, "*")) for ours, theirs in zip(actual, declared, strict=True)
            )
        if is_empty(actual) and is_empty(declared):
            return True
        return actual is not None and self.is_same(actual, declared, path)

    def projected(self, declared: Any, actual: Any, path: Path) -> Any:
        """The actual values of what was declared, in the declared form where both mean the same."""
        if self.covers(actual, declared, path):
            return declared
        if isinstance(declared, dict) and isinstance(actual, dict):
            return {
                key: self.projected(value, actual[key], (*path, key))
                for key, value in declared.items()
                if key in actual
            }
        if isinstance(declared, list) and isinstance(actual, list) and len(declared) == len(actual):
            return [self.projected(ours, theirs, (*path, "*")) for ours, theirs in zip(declared, actual, strict=True)]
        return actual

    def _plain(self, value: Any, path: Path) -> Any:
        if isinstance(value, list) and is_among(path, self.sets):
            return sorted(map(str, value))
        if isinstance(value, str) and is_among(path, self.trimmed):
            return value.rstrip("\n")
        return (isinstance(value, bool), value)  # True is not 1 here


def _step(key: str) -> str:
    return f".{key}" if key.isidentifier() else f'["{key}"]'
