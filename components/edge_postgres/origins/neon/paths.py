"""Where Neon's API has things, and what the ids of resources are made of."""

from urllib.parse import quote


def branch_path(project_id: str, branch_id: str) -> str:
    """Where the API has a branch."""
    return f"/projects/{project_id}/branches/{branch_id}"


def name_path(name: str) -> str:
    """A name as a part of a path."""
    return quote(name, safe="")


def parts_of(id_: str) -> list[str]:
    """Project id and branch id of an id, and what stands below."""
    return id_.split("/", 2)
