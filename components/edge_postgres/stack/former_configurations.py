"""Former Hyperdrive configurations, which older versions of Workers are bound to.

A rollback to a version whose configuration is deleted leads to a Worker without a database. An update therefore deletes
a configuration only in two steps: the first one moves the configuration to `hyperdrive.keep`, and a later one removes
the entry. The setting `hyperdrive.deleteAtOnce` allows one step.
"""

from collections.abc import Iterator, Sequence

import pulumi

from edge_postgres.hyperdrive.aliases import CONFIGURATION, possible_urns
from edge_postgres.stack.errors import SettingError
from edge_postgres.stack.vendor_names import Sections, VendorNames

DATABASES = "databases"
_REASON = (
    "because an older version of a Worker can be bound to it, and a rollback to that version would have no database"
)


def find_lost_configurations(
    previous: Sections, current: Sections, gradual_workers: Sequence[str] = ()
) -> Iterator[SettingError]:
    """Yields an error for each Hyperdrive configuration that a rollback needs and that the update would delete.

    Args:
        previous: Names that the previous update exported.
        current: Names of the stack file.
        gradual_workers: Paths of the settings that deploy an older version of a Worker.
    """
    entries = current.get(DATABASES, {})
    owned = {identity for entry in entries.values() for identity in entry.configurations}
    kept = {name for entry in entries.values() for name in entry.kept}
    names = {name for entry in entries.values() for name in entry.configurations.values()} | kept
    for key, former in previous.get(DATABASES, {}).items():
        entry = entries.get(key)
        for identity, name in former.configurations.items():
            if identity in owned and name in kept - set(former.kept):
                yield SettingError(f"{_path(key)}.keep.{name}", "is the current configuration. Remove the entry.")
        if (entry or former).deletes_at_once:
            continue
        lost = [name for identity, name in former.configurations.items() if identity not in owned and name not in kept]
        if lost:
            yield _lost(key, entry, lost)
        for name in former.kept:
            if gradual_workers and name not in names:
                yield SettingError(
                    f"{_path(key)}.keep",
                    f"must have {name} while `{gradual_workers[0]}` deploys an older version, which can be bound to "
                    "it. Undo the change, or first deploy the new version to all requests.",
                )


def _lost(key: str, entry: VendorNames | None, names: Sequence[str]) -> SettingError:
    listed = ", ".join(names)
    keep = ", ".join(f"{name}: {{connectionLimit: 20, caching: none}}" for name in names)
    if entry and entry.configurations:
        return SettingError(
            _path(key),
            f"would delete the Hyperdrive configuration {listed}, {_REASON}. Add `keep: {{{keep}}}` with the limit and "
            "the caching of the configuration, or set `deleteAtOnce: true`.",
        )
    return SettingError(
        _path(key),
        f"would delete the Hyperdrive configuration {listed}, {_REASON}. Undo the removal, and remove only the "
        f"bindings. If the database has another key now, add `keep: {{{keep}}}` there. To delete the configuration, "
        "set `deleteAtOnce: true` in it, run `pulumi up`, and then remove it.",
    )


def _path(key: str) -> str:
    return f"{DATABASES}.{key}.hyperdrive"


def add_aliases_of_kept(previous: Sections, current: Sections) -> None:
    """Adds aliases to each configuration that is kept now, or that was kept before.

    The type of its parent is part of its URN. The configuration changes its parent when it becomes a kept one, and when
    the stack file uses it again.
    """
    entries = [*previous.get(DATABASES, {}).values(), *current.get(DATABASES, {}).values()]
    kept = {name for entry in entries for name in entry.kept}

    def with_aliases(found: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if found.type_ != CONFIGURATION or found.name not in kept:
            return None
        aliases = pulumi.ResourceOptions(aliases=list(possible_urns(found.name)))
        return pulumi.ResourceTransformationResult(found.props, pulumi.ResourceOptions.merge(found.opts, aliases))

    if kept:
        pulumi.runtime.register_stack_transformation(with_aliases)
