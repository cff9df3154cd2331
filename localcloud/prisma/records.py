"""The records of the workspace: projects, databases and connections by id."""

from collections.abc import Mapping
from typing import Any

from localcloud.emulation.generated_values import new_id
from localcloud.emulation.store import Record, Records
from localcloud.prisma.envelope import ApiError

WORKSPACE = "wksp_local"
"""The owner of all records, because a service token belongs to one workspace."""
WORKSPACE_NAME = "local cloud"

PROJECTS, DATABASES, CONNECTIONS = "projects", "databases", "connections"
_PREFIXES = {PROJECTS: "proj", DATABASES: "db", CONNECTIONS: "con"}
_NOUNS = {PROJECTS: "Project", DATABASES: "Database", CONNECTIONS: "Connection"}


def new(kind: str) -> str:
    """Returns a new id: a prefix and 25 characters."""
    return f"{_PREFIXES[kind]}_c{new_id()[:24]}"


def get_or_404(records: Records, kind: str, name: str) -> Record:
    """Returns a record. Raises ``ApiError`` with 404 if it does not exist."""
    record = records.get(kind, WORKSPACE, name)
    if record is None:
        raise ApiError(404, "notFound", f"{_NOUNS[kind]} with the ID `{name}` was not found.")
    return record


def matching(records: Records, kind: str, **requested: Any) -> list[Record]:
    """Returns the records with these values, oldest first."""
    return [
        each for each in records.owned(kind, WORKSPACE) if all(each[key] == value for key, value in requested.items())
    ]


def filtered(records: Records, kind: str, query: Mapping[str, str], *keys: str) -> list[Record]:
    """Returns the records that match a query in these keys, as far as it contains them."""
    return matching(records, kind, **{key: query[key] for key in keys if key in query})


def put(records: Records, kind: str, record: Record) -> None:
    records.put(kind, WORKSPACE, record["id"], record)
