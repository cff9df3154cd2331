"""The Durable Objects of a Worker: the classes that its migrations declare.

Sources: https://developers.cloudflare.com/durable-objects/reference/durable-objects-migrations/ (read 2026-11-21);
cloudflare/workers-sdk#705 (10079) and elizaOS/eliza#23975 (10074) for codes and messages. A repeated migration fails,
because the tag has changed. To change nothing, send equal `old_tag` and `new_tag`, and no classes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from localcloud.cloudflare.envelope import ApiError, Json

SQLITE = "sqlite"
KEY_VALUE = "legacy-kv"

CHANGES = (
    *("new_classes", "new_sqlite_classes", "renamed_classes", "transferred_classes", "deleted_classes", "steps"),
)

INVALID = 10021
EXISTS = 10074
TAG_MISMATCH = 10079


@dataclass(frozen=True)
class DurableObjects:
    """Classes of Durable Objects, and the tag of the last migration."""

    classes: Mapping[str, str] = field(default_factory=dict)
    """Storage type by class: `sqlite` or `legacy-kv`."""
    tag: str | None = None
    """Tag of the last migration."""

    def apply_migrations(self, migrations: Any, exports: Any = None) -> "DurableObjects":
        """Returns the classes after the `migrations`, or the `exports`, of an upload. Raises ``ApiError``."""
        declared = {**self.classes, **_exported_classes(exports)}
        if migrations is None:
            return DurableObjects(declared, self.tag)
        if not isinstance(migrations, dict):
            raise ApiError(400, INVALID, "`migrations` must be an object")
        self.check_tag(migrations)
        for step in (migrations, *(migrations.get("steps") or ())):
            declared = _apply_step(declared, step)
        return DurableObjects(declared, migrations.get("new_tag") or self.tag)

    def check_tag(self, migrations: Json) -> None:
        """Raises ``ApiError`` if a migration does not start from the tag of the last one."""
        got, expected = migrations.get("old_tag") or "", self.tag or ""
        if got != expected:
            raise ApiError(
                412,
                TAG_MISMATCH,
                f"Actor migration tag precondition failed, got tag '{got}' when expected tag is '{expected}'",
            )


def changes_objects(migrations: Json) -> bool:
    """Returns whether a migration changes classes, or the tag."""
    new_tag = migrations.get("new_tag")
    return any(migrations.get(change) for change in CHANGES) or new_tag not in (None, migrations.get("old_tag"))


def _apply_step(classes: Mapping[str, str], step: Json) -> dict[str, str]:
    result = dict(classes)
    for name, storage in _new_classes(step):
        if name in result:
            raise ApiError(
                400,
                EXISTS,
                f"Cannot apply new-class migration to class '{name}' that is already depended on by existing Durable "
                "Objects",
            )
        result[name] = storage
    for renamed in step.get("renamed_classes") or ():
        result[renamed["to"]] = _remove_class(result, renamed["from"])
    for transferred in step.get("transferred_classes") or ():
        result[transferred["to"]] = SQLITE
    for name in step.get("deleted_classes") or ():
        _remove_class(result, name)
    return result


def _new_classes(step: Json) -> Iterator[tuple[str, str]]:
    yield from ((name, KEY_VALUE) for name in step.get("new_classes") or ())
    yield from ((name, SQLITE) for name in step.get("new_sqlite_classes") or ())


def _remove_class(classes: dict[str, str], name: str) -> str:
    if name not in classes:
        raise ApiError(
            400, INVALID, f"The migration names class '{name}', which is not a Durable Object of this Worker"
        )
    return classes.pop(name)


def _exported_classes(exports: Any) -> dict[str, str]:
    """Returns classes that are declared as Durable Objects without a migration."""
    declared = exports if isinstance(exports, dict) else {}
    return {
        name: each.get("storage", SQLITE)
        for name, each in declared.items()
        if each.get("type") == "durable-object" and each.get("state", "created") in ("created", "expecting-transfer")
    }
