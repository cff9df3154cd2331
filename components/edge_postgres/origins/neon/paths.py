"""Paths of Neon's API, and the parts of the ids of resources."""

from urllib.parse import quote


def branch_path(project_id: str, branch_id: str) -> str:
    """Returns the path of a branch."""
    return f"/projects/{project_id}/branches/{branch_id}"


def role_path(id_: str) -> str:
    """Returns the path of a role from the id of its resource."""
    project_id, branch_id, name = split_id(id_)
    return f"{branch_path(project_id, branch_id)}/roles/{quote_name(name)}"


def database_path(project_id: str, branch_id: str, name: str) -> str:
    """Returns the path of a database."""
    return f"{branch_path(project_id, branch_id)}/databases/{quote_name(name)}"


def quote_name(name: str) -> str:
    """Returns a name as one segment of a path."""
    return quote(name, safe="")


def split_id(id_: str) -> list[str]:
    """Returns the project id and the branch id of a resource id, and the rest of it if there is more."""
    return id_.split("/", 2)
