"""Creation, update and deletion of Neon projects.

One request creates a project with its root branch, the branch's compute, a database and the role that owns it.
"""

from typing import TYPE_CHECKING

from edge_postgres.core.json_types import Json
from edge_postgres.http.creation import create_or_adopt
from edge_postgres.http.errors import ApiError
from edge_postgres.http.provider import adopted_ids
from edge_postgres.origins.neon.compute import read_compute, render_compute, update_compute
from edge_postgres.origins.neon.locks import lock_project
from edge_postgres.origins.neon.paths import branch_path, database_path, split_id

if TYPE_CHECKING:
    from edge_postgres.origins.neon.api import NeonApi


def find_or_create_project(neon: "NeonApi", props: Json) -> tuple[str, Json]:
    """Creates or adopts a project. Returns its ID and its current properties."""
    identity = {key: props[key] for key in ("name", "region_id", "pg_version")}
    organization = {"org_id": str(props["org_id"])} if props.get("org_id") else {}

    def find() -> Json | None:
        # Names are not unique at Neon. This project may replace a project with the same name and another region.
        same = [
            project
            for project in neon.list_all("/projects", "projects", search=props["name"], **organization)
            if all(project.get(key) == value for key, value in identity.items())
        ]
        return {"project": max(same, key=lambda project: project["created_at"])} if same else None

    body = {
        **identity,
        **organization,
        **_render_history(props),
        "store_passwords": True,
        "branch": {"name": props["branch_name"], "database_name": props["database_name"]},
        "default_endpoint_settings": render_compute(props),
    }
    creation = create_or_adopt(
        f"Neon's project {props['name']}",
        find=find,
        create=lambda: neon.create("/projects", {"project": body}),
        created_at=lambda found: str(found["project"]["created_at"]),
        fix="Set another name for the new project, or set the ID of the existing project.",
    )
    project_id = creation.item["project"]["id"]
    if creation.is_response:
        return f"{project_id}/{creation.item['branch']['id']}", {**props, "protected": False}
    neon.wait_until_idle(project_id)
    id_ = f"{project_id}/{neon.find_default_branch(project_id)['id']}"
    adopted_ids.add(id_)
    return id_, read_project(neon, id_, props) or {}


def update_project(neon: "NeonApi", id_: str, olds: Json, news: Json) -> Json:
    """Updates the project and its root branch in place. Returns the outputs of the project that are not inputs."""
    project_id, branch_id = split_id(id_)
    with lock_project(project_id):
        project = {"name": news["name"]} if olds.get("name") != news["name"] else {}
        if olds.get("history_retention_seconds") != news.get("history_retention_seconds"):
            project |= _render_history(news)
        if project:
            neon.send_idempotent("PATCH", f"/projects/{project_id}", {"project": project})
        branch = {
            field: news[key]
            for key, field in (("branch_name", "name"), ("protected", "protected"))
            if olds.get(key) != news.get(key)
        }
        if branch:
            neon.send_idempotent("PATCH", branch_path(project_id, branch_id), {"branch": branch})
        if olds.get("database_name") != news["database_name"]:
            _rename_database(neon, id_, olds.get("database_name"), news["database_name"])
        update_compute(neon, project_id, branch_id, olds, news)
        return _read_owner(neon.find(f"/projects/{project_id}", "project"))


def read_project(neon: "NeonApi", id_: str, props: Json) -> Json | None:
    """Returns the current properties of the project; None if the project or its root branch does not exist."""
    project_id, branch_id = split_id(id_)
    project = neon.find(f"/projects/{project_id}", "project")
    branch = neon.find(branch_path(project_id, branch_id), "branch")
    if project is None or branch is None:
        return None
    names = [database["name"] for database in neon.list_databases(project_id, branch_id)]
    database = props.get("database_name")
    return {
        **{key: project[key] for key in ("name", "region_id", "pg_version")},
        "history_retention_seconds": None
        if props.get("history_retention_seconds") is None
        else project["history_retention_seconds"],
        "branch_name": branch["name"],
        "protected": branch.get("protected", False),
        "database_name": database if database in names else names[0] if len(names) == 1 else None,
        **read_compute(neon, project_id, branch_id, props),
        **_read_owner(project),
    }


def delete_project(neon: "NeonApi", id_: str) -> None:
    """Deletes the project with its branches, roles and databases."""
    project_id, _ = split_id(id_)
    with lock_project(project_id):
        neon.send_idempotent("DELETE", f"/projects/{project_id}")


def _render_history(props: Json) -> Json:
    """Returns the field with the seconds of history. Without the setting, Neon keeps its current value."""
    seconds = props.get("history_retention_seconds")
    return {} if seconds is None else {"history_retention_seconds": int(seconds)}


def _rename_database(neon: "NeonApi", id_: str, old: str | None, new: str) -> None:
    project_id, branch_id = split_id(id_)
    names = [database["name"] for database in neon.list_databases(project_id, branch_id)]
    if new in names:
        return
    if old not in names:
        raise ApiError(
            f"Neon's project {project_id} has neither the database {new} nor the database that this stack would rename "
            f"to {new}. Create the database {new} or restore the branch, and run `pulumi up` again."
        )
    neon.send_idempotent("PATCH", database_path(project_id, branch_id, str(old)), {"database": {"name": new}})


def _read_owner(project: Json | None) -> Json:
    """Returns an object with the ID of the organization that owns the project."""
    return {"owner_org_id": (project or {}).get("org_id")}
