"""Renamed keys of a stack file: the components of the entry keep their resources.

An entry has another key than in the previous update, and a name at its vendor that the previous entry had. Its
components get the previous key as an alias, and Pulumi derives the aliases of their children from it.
"""

from collections.abc import Mapping

import pulumi

from edge_postgres.core.urns import STACK
from edge_postgres.stack.vendor_names import Sections, VendorNames

PREFIX = "edge-postgres:index:"
_SECTIONS = {
    "KvCache": "kv",
    "PagesProject": "pages",
    "Queue": "queues",
    "Worker": "workers",
    "WorkerRollout": "workers",
}
"""Section of a component. All other components belong to `databases`."""

RenamedKeys = Mapping[str, Mapping[str, str]]
"""Previous key by section and new key."""


def find_renamed_keys(previous: Sections, current: Sections) -> RenamedKeys:
    """Returns the entries that have another key than before.

    A new entry is a renamed one if it shares a name at the vendor with exactly one entry whose key is gone.
    """
    renamed: dict[str, dict[str, str]] = {}
    for section, entries in current.items():
        before = previous.get(section, {})
        gone = {key: entry for key, entry in before.items() if key not in entries}
        for key, entry in entries.items():
            shared = [old for old, names in gone.items() if _shares_a_name(entry, names)]
            if key not in before and len(shared) == 1:
                renamed.setdefault(section, {})[key] = shared[0]
    return renamed


def _shares_a_name(entry: VendorNames, other: VendorNames) -> bool:
    return bool(set(entry.names.items()) & set(other.names.items()))


def add_aliases(renamed: RenamedKeys) -> None:
    """Adds to each component of a renamed entry the alias with its previous key."""

    def with_alias(found: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        component = found.type_.removeprefix(PREFIX)
        previous = renamed.get(_SECTIONS.get(component, "databases"), {}).get(found.name)
        is_below_the_stack = found.opts.parent is None or found.opts.parent.pulumi_resource_type == STACK
        if component == found.type_ or previous is None or not is_below_the_stack:
            return None
        alias = pulumi.ResourceOptions(aliases=[pulumi.Alias(name=previous)])
        return pulumi.ResourceTransformationResult(found.props, pulumi.ResourceOptions.merge(found.opts, alias))

    if renamed:
        pulumi.runtime.register_stack_transformation(with_alias)
