"""The Durable Objects of a Worker: which of its classes are some, as its migrations say.

Sources: https://developers.cloudflare.com/durable-objects/reference/durable-objects-migrations/ (read 2026-11-21);
the codes and their words as in cloudflare/workers-sdk#705 (10079), elizaOS/eliza#23975 (10074). A migration that is
sent again fails, because the tag has moved on: state `old_tag` and `new_tag` alike, and no classes, to leave it be.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from localcloud.cloudflare.envelope import ApiError, Json

SQLITE = "sqlite"
KEY_VALUE = "legacy-kv"

INVALID = 10021
EXISTS = 10074
TAG_MISMATCH = 10079


@dataclass(frozen=True)
class DurableObjects:
    classes: Mapping[str, str] = field(default_factory=dict)
    """How each class keeps its data: `sqlite` or `legacy-kv`."""
    tag: str | None = None
    """That of the last migration."""

    def migrated(self, migrations: Any, exports: Any = None) -> "DurableObjects":
        """After `migrations`, or the classes among `exports`, of an upload. Raises ``ApiError``."""
        declared = {**self.classes, **_exported(exports)}
        if migrations is None:
            return DurableObjects(declared, self.tag)
        if not isinstance(migrations, dict):
            raise ApiError(400, INVALID, "`migrations` is not an object")
        got, expected = migrations.get("old_tag") or "", self.tag or ""
        if got != expected:
            raise ApiError(
                412,
                TAG_MISMATCH,
                f"Actor migration tag precondition failed, got tag '{got}' when expected tag is '{expected}'",
            )
        for step in (migrations, *(migrations.get("steps") or ())):
            declared = _after(declared, step)
        return DurableObjects(declared, migrations.get("new_tag") or self.tag)


def _after(classes: Mapping[str, str], step: Json) -> dict[str, str]:
    result = dict(classes)
    for name, storage in _new(step):
        if name in result:
            raise ApiError(
                400,
                EXISTS,
                f"Cannot apply new-class migration to class '{name}' that is already depended on by existing Durable "
                "Objects",
            )
        result[name] = storage
    for renamed in step.get("renamed_classes") or ():
        result[renamed["to"]] = _taken(result, renamed["from"])
    for transferred in step.get("transferred_classes") or ():
        result[transferred["to"]] = SQLITE
    for name in step.get("deleted_classes") or ():
        _taken(result, name)
    return result


def _new(step: Json) -> Iterator[tuple[str, str]]:
    yield from ((name, KEY_VALUE) for name in step.get("new_classes") or ())
    yield from ((name, SQLITE) for name in step.get("new_sqlite_classes") or ())


def _taken(classes: dict[str, str], name: str) -> str:
    if name not in classes:
        raise ApiError(400, INVALID, f"The migration names class '{name}', which is no Durable Object of this Worker")
    return classes.pop(name)


def _exported(exports: Any) -> dict[str, str]:
    """Classes that are declared as what they are, without a migration."""
    stated = exports if isinstance(exports, dict) else {}
    return {
        name: each.get("storage", SQLITE)
        for name, each in stated.items()
        if each.get("type") == "durable-object" and each.get("state", "created") in ("created", "expecting-transfer")
    }
