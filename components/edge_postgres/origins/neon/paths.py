"""Paths of Neon's API, and the splitting of resource IDs (`PROJECT/BRANCH/NAME`)."""

from urllib.parse import quote


def branch_path(project_id: str, branch_id: str) -> str:
    """Returns the API's path of a branch."""
    return f"/projects/{project_id}/branches/{branch_id}"


def role_path(id_: str) -> str:
    """Returns the API's path of a role from the ID of its resource, `PROJECT/BRANCH/NAME`."""
    project_id, branch_id, name = split_id(id_)
    return f"{branch_path(project_id, branch_id)}/roles/{quote_name(name)}"


def database_path(project_id: str, branch_id: str, name: str) -> str:
    """Returns the API's path of a database."""
    return f"{branch_path(project_id, branch_id)}/databases/{quote_name(name)}"


def quote_name(name: str) -> str:
    """Returns a name in the form of one segment of a URL path, percent-encoded."""
    return quote(name, safe="")


def split_id(id_: str) -> list[str]:
    """Returns the two or three parts of the ID of a Pulumi resource: project ID, branch ID, and name or number.

    The ID of a role ends with a name, the ID of a database with a number. The ID of a branch has two parts.
    """
    return id_.split("/", 2)
