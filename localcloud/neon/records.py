"""What the emulator keeps: records by kind, below their project or branch.

What begins with an underscore is the emulator's own: names on the server, ports, passwords. No answer shows it.
"""

from collections.abc import Iterable
from typing import Any

from localcloud.emulation.store import Record, Records
from localcloud.neon.errors import not_found

EVERYONE = "neon"
PROJECTS = "projects"
BRANCHES, ENDPOINTS, OPERATIONS = "branches", "endpoints", "operations"
"""Below the id of a project."""
ROLES, DATABASES = "roles", "databases"
"""Below the id of a branch, by name."""

NOUNS = {PROJECTS: "project", BRANCHES: "branch", ENDPOINTS: "endpoint", OPERATIONS: "operation"}
NOUNS |= {ROLES: "role", DATABASES: "database"}


def known(records: Records, kind: str, owner: str, name: str) -> Record:
    """Raises ``ApiError`` with 404."""
    record = records.get(kind, owner, name)
    if record is None:
        raise not_found(NOUNS[kind])
    return record


def view(record: Record) -> dict[str, Any]:
    return {key: value for key, value in record.items() if not key.startswith("_")}


def views(records: Iterable[Record]) -> list[dict[str, Any]]:
    return [view(record) for record in records]


def children(records: Records, branch: Record) -> list[Record]:
    return [each for each in records.owned(BRANCHES, branch["project_id"]) if each.get("parent_id") == branch["id"]]


def endpoint_of(records: Records, branch: Record) -> Record | None:
    """The compute of a branch. There is one at most: the local cloud has no read replicas."""
    endpoints = records.owned(ENDPOINTS, branch["project_id"])
    return next((each for each in endpoints if each["branch_id"] == branch["id"]), None)


def default_branch(records: Records, project_id: str) -> Record:
    return next(each for each in records.owned(BRANCHES, project_id) if each["default"])
