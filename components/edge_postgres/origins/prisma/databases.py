"""Creation of Prisma projects and databases.

Both carry the `logicalId` that they are created with. It identifies them if the response to the creation was lost.
"""

from typing import TYPE_CHECKING

from edge_postgres.core.json_types import Json
from edge_postgres.http.creation import create_or_adopt, poll_until
from edge_postgres.http.errors import ApiError
from edge_postgres.http.provider import adopted_ids

if TYPE_CHECKING:
    from edge_postgres.origins.prisma.api import PrismaApi

READY_DEADLINE_SECONDS = 600.0


def create_project(prisma: "PrismaApi", name: str) -> Json:
    """Creates or adopts a project without a database, and returns it."""
    body = {"name": name, "createDatabase": False, "logicalId": name}
    return _create_or_adopt(prisma, "project", f"Prisma's project {name}", "/v1/projects", body)


def create_database(prisma: "PrismaApi", props: Json) -> Json:
    """Creates or adopts a database, and returns it when it is ready.

    Raises:
        ApiError: Prisma fails to provision the database.
    """
    name, region, source = props["name"], props["region"], render_source(props)
    body = {
        "projectId": props["project_id"],
        "name": name,
        "region": region,
        "isDefault": False,
        **({"source": source} if source else {}),
        # It contains the region, because the old and the new database both exist while one replaces the other.
        "logicalId": f"{name}-{region}",
    }
    what = f"Prisma's database {name} in {region}"
    created = _create_or_adopt(prisma, "database", what, "/v1/databases", body, projectId=props["project_id"])
    return _wait_until_ready(prisma, created)


def render_source(props: Json) -> Json | None:
    """Returns the database or backup that a new database copies, in the form of the API."""
    database, backup = props.get("source_database_id"), props.get("source_backup_id")
    if database is None:
        return None
    if backup is None:
        return {"type": "database", "databaseId": database}
    return {"type": "backup", "databaseId": database, "backupId": backup}


def _create_or_adopt(prisma: "PrismaApi", noun: str, what: str, path: str, body: Json, **query: str) -> Json:
    logical_id = body["logicalId"]

    def find() -> Json | None:
        # An object that was renamed since keeps its `logicalId`, and is another object.
        identity = {"logicalId": logical_id, "name": body["name"]}
        same = prisma.list_all(path, **query, logicalId=logical_id)
        return next((found for found in same if found | identity == found), None)

    def create() -> Json:
        try:
            return prisma.create_within_plan(noun, path, body)
        except ApiError as error:
            if error.status == 409 and (found := find()) is not None:
                return found
            raise

    creation = create_or_adopt(
        what,
        find=find,
        create=create,
        created_at=lambda found: str(found["createdAt"]),
        fix=f"Delete it (its `logicalId` is {logical_id}), or use another name.",
    )
    if creation.existed:
        adopted_ids.add(creation.item["id"])
    return creation.item


def _wait_until_ready(prisma: "PrismaApi", database: Json) -> Json:
    path, what = f"/v1/databases/{database['id']}", f"Prisma's database {database['name']}"

    def look() -> Json | None:
        found = prisma.find(path)
        if found is None:
            raise ApiError(f"{what} was deleted while Prisma provisioned it. Run `pulumi up` again.")
        if found["status"] == "failure":
            # The failure is permanent, and the next creation would find the failed database.
            prisma.delete(path)
            raise ApiError(f"{what} could not be provisioned and was deleted. Run `pulumi up` again later.")
        return found if found["status"] == "ready" else None

    if database["status"] == "ready":
        return database
    return poll_until(look, f"Provisioning of {what}", READY_DEADLINE_SECONDS)
