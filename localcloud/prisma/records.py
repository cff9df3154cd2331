"""What the workspace holds: projects, databases, connections, by their ids."""

from collections.abc import Mapping
from typing import Any

from localcloud.emulation.generated_values import new_id
from localcloud.emulation.store import Record, Records
from localcloud.prisma.envelope import ApiError

WORKSPACE = "wksp_local"
"""The owner of all records: a service token is for one workspace."""
WORKSPACE_NAME = "local cloud"

PROJECTS, DATABASES, CONNECTIONS = "projects", "databases", "connections"
_PREFIXES = {PROJECTS: "proj", DATABASES: "db", CONNECTIONS: "con"}
_NOUNS = {PROJECTS: "Project", DATABASES: "Database", CONNECTIONS: "Connection"}


def new(kind: str) -> str:
    """An id. Prisma's are a prefix and 25 characters."""
    return f"{_PREFIXES[kind]}_c{new_id()[:24]}"


def known(records: Records, kind: str, name: str) -> Record:
    """Raises ``ApiError`` with 404."""
    record = records.get(kind, WORKSPACE, name)
    if record is None:
        raise ApiError(404, "notFound", f"{_NOUNS[kind]} with the ID `{name}` was not found.")
    return record


def matching(records: Records, kind: str, **wanted: Any) -> list[Record]:
    """The records that have these values, oldest first."""
    return [each for each in records.owned(kind, WORKSPACE) if all(each[key] == value for key, value in wanted.items())]


def filtered(records: Records, kind: str, query: Mapping[str, str], *keys: str) -> list[Record]:
    """The records that have the values of a query for these keys, as far as it names them."""
    return matching(records, kind, **{key: query[key] for key in keys if key in query})


def put(records: Records, kind: str, record: Record) -> None:
    records.put(kind, WORKSPACE, record["id"], record)
