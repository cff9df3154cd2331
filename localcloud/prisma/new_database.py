"""What a new database is asked to be, and how it is made."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from localcloud.emulation.store import Draft, Record, Records
from localcloud.prisma import regions
from localcloud.prisma.branches import branch_for, refuse_taken
from localcloud.prisma.credentials import Credential
from localcloud.prisma.envelope import ApiError, Body, Json, Text
from localcloud.prisma.records import DATABASES, known, matching, put
from localcloud.prisma.workspace import Workspace


class Empty(Body):
    type: Literal["empty"] = "empty"


class Copy(Body):
    type: Literal["database"] = "database"
    database_id: Text


class Backup(Body):
    type: Literal["backup"] = "backup"
    database_id: Text
    backup_id: Text


class OldSource(Body):
    id: Text
    backup_id: Text = ""

    def as_source(self) -> Copy | Backup:
        if self.backup_id:
            return Backup(database_id=self.id, backup_id=self.backup_id)
        return Copy(database_id=self.id)


class NewDatabase(Body):
    """As the older route takes it."""

    name: Text = ""
    region: Annotated[str, AfterValidator(regions.known_or_inherited)] = regions.DEFAULT
    is_default: bool = False
    source: Annotated[Empty | Copy | Backup, Field(discriminator="type")] = Empty()
    from_database: OldSource | None = None


class NewDatabaseOfProject(NewDatabase):
    """As the newer one takes it."""

    project_id: Text
    branch_id: Text = ""
    branch_git_name: Text = ""
    logical_id: Text = ""


async def made(
    workspace: Workspace, draft: Draft, project: Record, wanted: NewDatabase, branch: str = "", logical_id: str = ""
) -> tuple[Record, dict[str, Credential]]:
    """A new database, and the secrets of its connection by the connection's id. Raises ``ApiError``."""
    _refuse_beyond_plan(workspace, draft)
    source = wanted.from_database.as_source() if wanted.from_database else wanted.source
    if isinstance(source, Backup):
        raise ApiError(404, "notFound", "The backup was not found: the local cloud makes none.")
    copy_of = known(draft, DATABASES, source.database_id) if isinstance(source, Copy) else None
    stated: Json = {
        "name": wanted.name or "Untitled database",
        "projectId": project["id"],
        "isDefault": wanted.is_default,
        "region": _region(draft, project, wanted.region),
        "source": source.model_dump(by_alias=True),
        "branchId": branch or branch_for(draft, project, "", ""),
        "logicalId": logical_id or None,
    }
    refuse_taken(draft, {"id": None, **stated})
    if wanted.is_default:
        for each in matching(draft, DATABASES, projectId=project["id"], isDefault=True):
            put(draft, DATABASES, {**each, "isDefault": False})
    database, credential = await workspace.provisioning.database(draft, {**stated, **_beginning(workspace)}, copy_of)
    return database, {database["defaultConnectionId"]: credential}


def _refuse_beyond_plan(workspace: Workspace, records: Records) -> None:
    most = workspace.settings.most_databases
    if most is not None and len(matching(records, DATABASES)) >= most:
        hint = "Upgrade the workspace's plan, or delete a database."
        # Prisma's own clients know it by the code, whatever the status is.
        raise ApiError(400, "planLimitReached", "Workspace plan limit reached.", hint)


def _region(records: Records, project: Record, region: str) -> str:
    """Where the project has none, its default database's is inherited."""
    if region != regions.INHERIT:
        return region
    defaults = matching(records, DATABASES, projectId=project["id"], isDefault=True)
    inherited: list[str] = [project["defaultRegion"], *(each["region"] for each in defaults), regions.DEFAULT]
    return next(filter(None, inherited))


def _beginning(workspace: Workspace) -> Json:
    """How it begins, and as what it ends after so many looks."""
    ending = "ready"
    if workspace.failures:
        workspace.failures -= 1
        ending = "failure"
    looks = workspace.settings.looks_until_ready
    return {"status": "provisioning" if looks else ending, "ending": ending, "looksLeft": looks}
