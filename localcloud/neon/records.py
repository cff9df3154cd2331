"""The records of the emulator by kind. Their owner is a project or a branch.

Fields that begin with an underscore are internal and are not returned: names on the server, ports, passwords.
"""

from collections.abc import Iterable
from typing import Any

from localcloud.emulation.store import Record, Records
from localcloud.neon.errors import not_found

EVERYONE = "neon"
PROJECTS = "projects"
BRANCHES, ENDPOINTS, OPERATIONS = "branches", "endpoints", "operations"
"""Kinds of records that are owned by a project, by id."""
ROLES, DATABASES = "roles", "databases"
"""Kinds of records that are owned by a branch, by name."""

NOUNS = {PROJECTS: "project", BRANCHES: "branch", ENDPOINTS: "endpoint", OPERATIONS: "operation"}
NOUNS |= {ROLES: "role", DATABASES: "database"}


def get_or_404(records: Records, kind: str, owner: str, name: str) -> Record:
    """Returns a record. Raises ``ApiError`` with 404 if it does not exist."""
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
    """Returns the compute of a branch, which has at most one, because there are no read replicas here."""
    endpoints = records.owned(ENDPOINTS, branch["project_id"])
    return next((each for each in endpoints if each["branch_id"] == branch["id"]), None)


def default_branch(records: Records, project_id: str) -> Record:
    return next(each for each in records.owned(BRANCHES, project_id) if each["default"])
