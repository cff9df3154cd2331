"""Creation, update and deletion of Neon branches, and the lookup of the default branch of an existing project."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from edge_postgres.core.json_types import Json
from edge_postgres.http.creation import create_or_adopt
from edge_postgres.http.errors import ApiError
from edge_postgres.http.provider import adopted_ids
from edge_postgres.origins.neon.compute import COMPUTE, read_compute, render_compute, update_compute
from edge_postgres.origins.neon.locks import lock_project
from edge_postgres.origins.neon.paths import branch_path, split_id

if TYPE_CHECKING:
    from edge_postgres.origins.neon.api import NeonApi


def find_or_create_branch(neon: "NeonApi", props: Json) -> tuple[str, Json]:
    """Creates or adopts a child branch with a compute. Returns its ID and its current properties."""
    project_id = props["project_id"]
    path = f"/projects/{project_id}/branches"
    with lock_project(project_id):
        branch = {
            "name": props["name"],
            "parent_id": _find_usable_parent_id(neon, props),
            "protected": props.get("protected", False),
            **_render_expiry(props),
        }
        endpoint = {"type": "read_write", **render_compute(props)}
        creation = create_or_adopt(
            f"Branch {props['name']} of Neon's project {project_id}",
            find=lambda: neon.find_by_name(path, "branches", props["name"]),
            create=lambda: dict(neon.create(path, {"branch": branch, "endpoints": [endpoint]})["branch"]),
            created_at=lambda found: str(found["created_at"]),
            fix="Set another `branch` for the new branch, or use the existing branch by its connection string.",
        )
        id_ = f"{project_id}/{creation.item['id']}"
        if creation.is_response:
            return id_, props
        neon.wait_until_idle(project_id)
        adopted_ids.add(id_)
        return id_, read_branch(neon, id_, props) or {}


def update_branch(neon: "NeonApi", id_: str, olds: Json, news: Json) -> Json:
    """Updates the branch and its compute in place. Returns the outputs of the branch that are not inputs."""
    project_id, branch_id = split_id(id_)
    with lock_project(project_id):
        body = {key: news.get(key) for key in ("name", "protected") if olds.get(key) != news.get(key)}
        if olds.get("expires_after_seconds") != news.get("expires_after_seconds"):
            body |= _render_expiry(news) or {"expires_at": None}
        if body:
            neon.send_idempotent("PATCH", branch_path(project_id, branch_id), {"branch": body})
        update_compute(neon, project_id, branch_id, olds, news)
        return _read_outputs(neon.find(branch_path(project_id, branch_id), "branch"))


def read_branch(neon: "NeonApi", id_: str, props: Json) -> Json | None:
    """Returns the current properties of the branch; None if the branch does not exist."""
    project_id, branch_id = split_id(id_)
    branch = neon.find(branch_path(project_id, branch_id), "branch")
    if branch is None:
        return None
    return {
        "name": branch["name"],
        "protected": branch.get("protected", False),
        "expires_after_seconds": _read_expiry(branch, props),
        **read_compute(neon, project_id, branch_id, props),
        **_read_outputs(branch),
    }


def delete_branch(neon: "NeonApi", id_: str) -> None:
    """Deletes the branch with its compute, roles and databases."""
    project_id, branch_id = split_id(id_)
    with lock_project(project_id):
        neon.send_idempotent("DELETE", branch_path(project_id, branch_id))


def _find_usable_parent_id(neon: "NeonApi", props: Json) -> str:
    """Returns the ID of the parent of a new branch. Raises `ApiError` for a parent that expires."""
    parent_id = find_parent_id(neon, props)
    parent = neon.find(branch_path(props["project_id"], parent_id), "branch") or {}
    if parent.get("expires_at"):
        raise ApiError(
            f"Branch {parent['name']} of Neon's project {props['project_id']} expires, so Neon creates no branch from "
            "it. Set `parent` to a branch that does not expire, or remove the expiry of the parent."
        )
    return parent_id


def find_parent_id(neon: "NeonApi", props: Json) -> str:
    """Returns the ID of the branch's parent, which is the default branch if the input `parent` is not set."""
    project_id, name = props["project_id"], props.get("parent")
    if name is None:
        return str(neon.find_default_branch(project_id)["id"])
    parent = neon.find_by_name(f"/projects/{project_id}/branches", "branches", name)
    if parent is None:
        raise ApiError(
            f"Neon's project {project_id} has no branch {name}. Set `parent` to the name of an existing branch."
        )
    return str(parent["id"])


def read_default_branch(neon: "NeonApi", id_: str, props: Json) -> Json | None:
    """Returns the bounds of the default branch's compute, `min_cu` and `max_cu`.

    Returns None if the branch does not exist. If it has no compute, the values are those in ``props``.
    """
    project_id, branch_id = split_id(id_)
    if neon.find(branch_path(project_id, branch_id), "branch") is None:
        return None
    endpoint = neon.find_endpoint(project_id, branch_id) or {}
    return {key: endpoint.get(COMPUTE[key], props.get(key)) for key in ("min_cu", "max_cu")}


def require_default_branch(neon: "NeonApi", id_: str, props: Json) -> Json:
    """Returns the bounds of the default branch's compute, `min_cu` and `max_cu`.

    Raises:
        ApiError: The branch has no compute, or it does not exist.
    """
    found = read_default_branch(neon, id_, props) or {}
    if found.get("min_cu") is None:
        raise ApiError(
            f"The default branch of Neon's project {props['project_id']} has no compute. "
            "Add a compute in the Neon console."
        )
    return found


def _read_outputs(branch: Json | None) -> Json:
    return {key: (branch or {}).get(key) for key in ("parent_id", "expires_at")}


def _render_expiry(props: Json) -> Json:
    """Returns the expiry of the branch as a field of a request; an empty object if the branch does not expire."""
    seconds = props.get("expires_after_seconds")
    if seconds is None:
        return {}
    end = datetime.now(UTC) + timedelta(seconds=seconds)
    return {"expires_at": end.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _read_expiry(branch: Json, props: Json) -> float | None:
    """Returns the configured lifetime if Neon reports the expiry that this stack set, else the lifetime at Neon."""
    actual, expected = branch.get("expires_at"), props.get("expires_at")
    if actual is None:
        return None
    if expected is not None and datetime.fromisoformat(actual) == datetime.fromisoformat(expected):
        return props.get("expires_after_seconds")
    # An expiry without a lifetime was set outside of this stack. The value 0 differs from every configured lifetime, so
    # that the next update sets the configured expiry, or removes the expiry if none is configured.
    return branch.get("ttl_interval_seconds") or 0
