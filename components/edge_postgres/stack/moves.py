"""Changes of a stack file that Pulumi would make in an order that deletes something live.

Pulumi creates new resources before it deletes old ones, also if both own the same thing at Cloudflare. Each such change
is rejected with a procedure of two updates.
"""

from collections.abc import Iterator

from edge_postgres.stack.errors import SettingError
from edge_postgres.stack.renamed_keys import find_renamed_keys
from edge_postgres.stack.vendor_names import STACK, Sections, VendorNames

WORKERS, PAGES, DATABASES, NAMESPACES = "workers", "pages", "databases", "kv"
CREATING_PROVIDERS = frozenset({"cloud-sql", "neon", "prisma", "rds"})
"""Values of `provider` for which the stack creates the database."""


_LOST_NAMESPACE = (
    "because Pulumi would delete the namespace with its values. Undo the change. Add the new namespace with another "
    "key, and run `pulumi up`. Copy the values. Then bind the Workers to the new key, and run `pulumi up` again."
)


def find_taken_over(previous: Sections, current: Sections) -> frozenset[str]:
    """Returns the keys of the Workers whose script other resources own since the previous update.

    Those resources are of another kind, and they leave the script at Cloudflare.
    """
    return frozenset(key for key, _, former in _changed_kinds(previous, current) if former.is_retained)


def find_dangerous_moves(previous: Sections, current: Sections) -> Iterator[SettingError]:
    """Yields an error for each change that would delete a live script, or that a vendor rejects half-way.

    Also for each setting that can only change with new resources in place of live ones.
    """
    yield from _find_replaced(previous, current)
    yield from _find_lost_namespaces(previous, current)
    yield from _find_upgrades(previous, current)
    for key, entry, former in _changed_kinds(previous, current):
        if not former.is_retained:
            yield SettingError(
                f"{WORKERS}.{key}",
                f"cannot change from `{former.kind}` to `{entry.kind}` in one update, because Pulumi would delete the "
                "Worker in use (versions: with `rollout`, `files` or a place in `placement`). Undo the change, set "
                "`retainOnDelete: true`, and run `pulumi up`. Then make the change, remove `retainOnDelete`, and run "
                "`pulumi up`. After a change to versions, run `pulumi up` once more.",
            )
    for section, other in ((WORKERS, PAGES), (PAGES, WORKERS)):
        owners = {domain: key for key, entry in previous.get(other, {}).items() for domain in entry.domains}
        for key, entry in current.get(section, {}).items():
            for domain in entry.domains:
                if domain in owners:
                    yield SettingError(
                        f"{section}.{key}.domains",
                        f"{domain} cannot move from `{other}.{owners[domain]}` in one update. Remove the domain from "
                        "both entries, and run `pulumi up`. Then add the domain here, and run `pulumi up` again.",
                    )


def _find_replaced(previous: Sections, current: Sections) -> Iterator[SettingError]:
    """Yields an error for each setting that can only change with new resources in place of live ones."""
    renamed = find_renamed_keys(previous, current)
    for section, entries in current.items():
        for key, entry in entries.items():
            former = previous.get(section, {}).get(renamed.get(section, {}).get(key, key), VendorNames())
            # Another version of edge-postgres may have exported fewer settings. A database may have lost a setting that
            # its vendor cannot remove.
            is_same = section == DATABASES and former.fixed.get("provider") == entry.fixed.get("provider")
            for setting in sorted(former.fixed if is_same else former.fixed.keys() & entry.fixed.keys()):
                old, new = former.fixed[setting], entry.fixed.get(setting, "")
                if old != new:
                    yield SettingError(
                        setting if section == STACK else f"{section}.{key}.{setting}",
                        f"cannot change from {_shown(old)} to {_shown(new)}, {_consequence(section, setting)}",
                    )


def _consequence(section: str, setting: str) -> str:
    """Returns what the change of a fixed setting would do, and the fix."""
    match section, setting:
        case ("databases", _):
            return (
                "because new resources without the data would replace the database, and Hyperdrive would connect to "
                "them. Undo the change. To move the data, add a second database with `restore`, run `pulumi up`, and "
                "then let the Workers use it. To give up the data, remove the database, run `pulumi up`, and add it "
                "again."
            )
        case ("kv", _):
            return _LOST_NAMESPACE
        case (_, "accountId"):
            return (
                "because Pulumi would delete all resources in the former account. Undo the change, and create a new "
                "stack for the other account."
            )
        case _:
            return "because Cloudflare rejects a second store in an account. Undo the change."


def _find_lost_namespaces(previous: Sections, current: Sections) -> Iterator[SettingError]:
    """Yields an error for each namespace of the stack whose entry now has the ID of another namespace."""
    renamed = find_renamed_keys(previous, current).get(NAMESPACES, {})
    for key, entry in current.get(NAMESPACES, {}).items():
        former = previous.get(NAMESPACES, {}).get(renamed.get(key, key), VendorNames())
        if former.names and not entry.names:
            yield SettingError(f"{NAMESPACES}.{key}.id", f"cannot be added, {_LOST_NAMESPACE}")


def _find_upgrades(previous: Sections, current: Sections) -> Iterator[SettingError]:
    """Yields an error for each new major version that the vendor would install at once, with an outage."""
    renamed = find_renamed_keys(previous, current).get(DATABASES, {})
    for key, entry in current.get(DATABASES, {}).items():
        former = previous.get(DATABASES, {}).get(renamed.get(key, key), VendorNames())
        old, new = former.major_version, entry.major_version
        if old and new and old != new and not entry.allows_upgrade:
            yield SettingError(
                f"{DATABASES}.{key}.postgresVersion",
                f"cannot change from {old} to {new} without `allowMajorVersionUpgrade: true`, because the database "
                "does not answer during the upgrade, and cannot return to the former version. Undo the change. Or test "
                "the upgrade on a copy of the database (`restore`), set `allowMajorVersionUpgrade: true`, run `pulumi "
                "up`, and remove the setting.",
            )


def _shown(value: str) -> str:
    return f"`{value}`" if value else "the default"


def find_empty_databases(previous: Sections, current: Sections) -> Iterator[SettingError]:
    """Yields an error for each database whose Workers would connect to a new and empty database."""
    before = previous.get(DATABASES, {})
    for key, entry in current.get(DATABASES, {}).items():
        former = before.get(key)
        if former and former.kind and former.kind != entry.kind and entry.kind in CREATING_PROVIDERS:
            yield SettingError(
                f"{DATABASES}.{key}.provider",
                f"cannot change from `{former.kind}` to `{entry.kind}`, because Hyperdrive and the Workers would "
                "connect to an empty database. Undo the change. Add the new database with another key, and run `pulumi "
                "up`. Copy the data. Then bind the Workers to the new key, and run `pulumi up` again.",
            )


def _changed_kinds(previous: Sections, current: Sections) -> Iterator[tuple[str, VendorNames, VendorNames]]:
    """Yields key, names and previous names of each Worker whose script was made of other resources before."""
    before = {_script(entry): entry for entry in previous.get(WORKERS, {}).values()}
    for key, entry in current.get(WORKERS, {}).items():
        former = before.get(_script(entry))
        if former and former.kind and former.kind != entry.kind:
            yield key, entry, former


def _script(entry: VendorNames) -> str | None:
    return entry.names.get("scriptName")
