"""The names of a stack's entries at their vendors. The stack output `names` keeps them for the next run.

The next run compares the names with its stack file. So it finds an entry whose key was renamed, and a change that would
delete something live.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

import pulumi

from edge_postgres.core.json_types import Json

OUTPUT = "names"
"""The stack output with the names."""
STACK = "stack"
"""The section with one entry for the settings that belong to no entry of the stack file."""


@dataclass(frozen=True)
class VendorNames:
    """The names and other facts of an entry of a stack file that the next run compares."""

    names: Mapping[str, str] = field(default_factory=dict)
    """Name by setting, such as `hyperdrive.configName`, also if the name is the default."""
    domains: list[str] = field(default_factory=list)
    """Custom domains."""
    kind: str = ""
    """Value that decides which resources the entry consists of. Empty if all entries consist of the same resources."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Value by setting that cannot change, because another value requires a new, empty server."""
    major_version: str = ""
    """Major version of Postgres, if another value upgrades the server during the update. Empty otherwise."""
    allows_upgrade: bool = False
    """Whether the update may upgrade the server to another major version."""
    auto_connections: int = 0
    """Connections that the size of the database allows, if `connectionLimit: auto` uses them before the database does.
    Otherwise 0."""
    is_retained: bool = False
    """Whether the resources stay at the vendor if the entry leaves the stack file."""
    configurations: Mapping[str, str] = field(default_factory=dict)
    """Current Hyperdrive configurations: identity to name at Cloudflare. Both names of a configuration that gets or
    loses slots belong to one identity."""
    kept: list[str] = field(default_factory=list)
    """Names at Cloudflare of former Hyperdrive configurations that the stack keeps."""
    deletes_at_once: bool = False
    """Whether an update may delete current Hyperdrive configurations."""


Sections = Mapping[str, Mapping[str, VendorNames]]
"""The entries of a stack file, by section and key."""


def render_sections(sections: Sections) -> Json:
    """Returns the stack output `names`, without empty fields."""
    return {
        section: {
            key: {name: value for name, value in asdict(entry).items() if value} for key, entry in entries.items()
        }
        for section, entries in sections.items()
        if entries
    }


def read_previous_sections() -> Sections:
    """Returns the names that the last successful update of this stack exported.

    The engine reads them from the state, in a preview too, and registers no resource. Returns nothing before the first
    update. Logs a warning if the engine cannot read them.
    """
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    try:
        found = pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", {"name": stack}).value
    except Exception as error:  # Pulumi raises no other type
        pulumi.log.warn(
            f"The outputs of the previous update of {stack} cannot be read ({error}). Renamed keys and moves are not "
            "detected, and `pulumi up` can delete a live Worker. Correct the access to the state and run the command "
            "again, or continue only if no key, Worker or domain has changed."
        )
        return {}
    return _sections_of((found or {}).get("outputs", {}).get(OUTPUT))


def _sections_of(output: object) -> Sections:
    """Returns the names of an output. Ignores each part that another version of edge-postgres has exported."""
    sections: dict[str, dict[str, VendorNames]] = {}
    for section, entries in output.items() if isinstance(output, Mapping) else ():
        for key, entry in entries.items() if isinstance(entries, Mapping) else ():
            fields = entry.items() if isinstance(entry, Mapping) else ()
            known = {name: value for name, value in fields if name in VendorNames.__dataclass_fields__}
            sections.setdefault(section, {})[key] = VendorNames(**known)
    return sections
