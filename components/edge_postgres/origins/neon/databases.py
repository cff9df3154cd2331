"""Creation, update and deletion of databases on Neon branches."""

from typing import TYPE_CHECKING

from edge_postgres.core.json_types import Json
from edge_postgres.http.creation import create_or_adopt
from edge_postgres.http.provider import adopted_ids
from edge_postgres.origins.neon.locks import lock_project
from edge_postgres.origins.neon.paths import branch_path, database_path, split_id

if TYPE_CHECKING:
    from edge_postgres.origins.neon.api import NeonApi


def find_or_create_database(neon: "NeonApi", props: Json) -> tuple[str, Json]:
    """Creates or adopts a database. Returns its ID and its current properties."""
    (project_id, branch_id), name = split_id(props["branch"]), props["name"]
    body = {"database": {"name": name, "owner_name": props["owner_name"]}}
    with lock_project(project_id):
        creation = create_or_adopt(
            f"Database {name} on branch {branch_id} of Neon's project {project_id}",
            find=lambda: neon.find(database_path(project_id, branch_id, name), "database"),
            create=lambda: dict(neon.create(f"{branch_path(project_id, branch_id)}/databases", body)["database"]),
            created_at=lambda found: str(found["created_at"]),
            fix="Omit `create_database` to use the existing database, or set another `database`.",
        )
        id_ = f"{props['branch']}/{creation.item['id']}"
        if not creation.is_response:
            neon.wait_until_idle(project_id)
            adopted_ids.add(id_)
        return id_, creation.item


def update_database(neon: "NeonApi", id_: str, olds: Json, news: Json) -> None:
    """Updates the name and the owner of the database in place."""
    body = {key: news[key] for key in ("name", "owner_name") if olds[key] != news[key]}
    if body:
        project_id, branch_id = split_id(news["branch"])
        with lock_project(project_id):
            # The number identifies the database, because an update with a lost response may already have changed the
            # name.
            database = _find_by_number(neon, id_)
            name = database["name"] if database else olds["name"]
            neon.send_idempotent("PATCH", database_path(project_id, branch_id, name), {"database": body})


def read_database(neon: "NeonApi", id_: str) -> Json | None:
    """Returns the name and the owner of the database; None if the database does not exist."""
    database = _find_by_number(neon, id_)
    return None if database is None else {key: database[key] for key in ("name", "owner_name")}


def delete_database(neon: "NeonApi", id_: str) -> None:
    """Deletes the database with its content."""
    project_id, branch_id, _ = split_id(id_)
    with lock_project(project_id):
        database = _find_by_number(neon, id_)
        if database is not None:
            neon.send_idempotent("DELETE", database_path(project_id, branch_id, database["name"]))


def _find_by_number(neon: "NeonApi", id_: str) -> Json | None:
    """Returns the database whose number is the last part of a resource ID; None if it does not exist."""
    project_id, branch_id, number = split_id(id_)
    databases = neon.list_databases(project_id, branch_id)
    return next((database for database in databases if str(database["id"]) == number), None)
