"""Creation of Prisma projects and databases.

A project and a database keep the `logicalId` that the request for their creation contains. If the response to the
creation is lost, the `logicalId` identifies the object.
"""

from typing import TYPE_CHECKING

import pulumi

from edge_postgres.core.json_types import Json
from edge_postgres.http.creation import create_or_adopt, poll_until
from edge_postgres.http.errors import ApiError
from edge_postgres.http.provider import adopted_ids
from edge_postgres.origins.prisma.limits import MAX_CONNECTIONS, PrismaPlan

if TYPE_CHECKING:
    from edge_postgres.origins.prisma.api import PrismaApi

READY_DEADLINE_SECONDS = 600.0


def warn_of_smaller_plan(plan: str, actual: str | None) -> None:
    """Logs a warning if the plan of the workspace accepts fewer connections than the plan in the settings.

    Prisma does not document the values of `planName`. Therefore an unknown name causes no warning, and no error.

    Args:
        plan: Plan in the settings.
        actual: Name of the workspace's plan in lower case. None if unknown.
    """
    if actual in tuple(PrismaPlan) and MAX_CONNECTIONS[PrismaPlan(actual)] < MAX_CONNECTIONS[PrismaPlan(plan)]:
        pulumi.log.warn(
            f"The plan is {plan}, but Prisma reports that the workspace has the plan {actual}, which accepts "
            f"{MAX_CONNECTIONS[PrismaPlan(actual)]} connections. Above that number, Prisma rejects connections. Set "
            f"`plan` to {actual}."
        )


def create_project(prisma: "PrismaApi", name: str) -> Json:
    """Creates or adopts a project without a database. Returns the project."""
    body = {"name": name, "createDatabase": False, "logicalId": name}
    return _create_or_adopt(prisma, "project", f"Prisma's project {name}", "/v1/projects", body)


def create_database(prisma: "PrismaApi", props: Json) -> Json:
    """Creates or adopts a database. Returns the database when it is ready.

    Raises:
        ApiError: Prisma fails to provision the database, does not finish in time, or the database is deleted meanwhile.
    """
    name, region, source = props["name"], props["region"], render_source(props)
    body = {
        "projectId": props["project_id"],
        "name": name,
        "region": region,
        "isDefault": False,
        **({"source": source} if source else {}),
        # The ID contains the region. Otherwise the ID would not be unique while a database in another region replaces
        # this database.
        "logicalId": f"{name}-{region}",
    }
    what = f"Prisma's database {name} in {region}"
    created = _create_or_adopt(prisma, "database", what, "/v1/databases", body, projectId=props["project_id"])
    return _wait_until_ready(prisma, created)


def render_source(props: Json) -> Json | None:
    """Returns the database or backup that Prisma copies into a new database, as a field of a request; else None."""
    database, backup = props.get("source_database_id"), props.get("source_backup_id")
    if database is None:
        return None
    if backup is None:
        return {"type": "database", "databaseId": database}
    return {"type": "backup", "databaseId": database, "backupId": backup}


def _create_or_adopt(prisma: "PrismaApi", noun: str, what: str, path: str, body: Json, **query: str) -> Json:
    logical_id = body["logicalId"]

    def find() -> Json | None:
        # A renamed object keeps its `logicalId`, but does not belong to this creation.
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
        fix=f"Set another name for the new {noun}, or delete the existing {noun} with the `logicalId` {logical_id}.",
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
            # The failure is permanent. Without the deletion, the next creation would find the failed database.
            prisma.delete(path)
            raise ApiError(f"{what} could not be provisioned and was deleted. Run `pulumi up` again later.")
        return found if found["status"] == "ready" else None

    if database["status"] == "ready":
        return database
    return poll_until(look, f"Provisioning of {what}", READY_DEADLINE_SECONDS)
