"""Creation of databases."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from localcloud.emulation.store import Draft, Record, Records
from localcloud.prisma import regions
from localcloud.prisma.branches import branch_for, reject_duplicate
from localcloud.prisma.credentials import Credential
from localcloud.prisma.envelope import ApiError, Body, Json, NonEmptyString
from localcloud.prisma.records import DATABASES, get_or_404, matching, put
from localcloud.prisma.workspace import Workspace


class EmptySource(Body):
    type: Literal["empty"] = "empty"


class CopySource(Body):
    type: Literal["database"] = "database"
    database_id: NonEmptyString


class BackupSource(Body):
    type: Literal["backup"] = "backup"
    database_id: NonEmptyString
    backup_id: NonEmptyString


class OldSource(Body):
    id: NonEmptyString
    backup_id: NonEmptyString = ""

    def as_source(self) -> CopySource | BackupSource:
        if self.backup_id:
            return BackupSource(database_id=self.id, backup_id=self.backup_id)
        return CopySource(database_id=self.id)


class NewDatabase(Body):
    """The body of the older route."""

    name: NonEmptyString = ""
    region: Annotated[str, AfterValidator(regions.validate_region_or_inherit)] = regions.DEFAULT
    is_default: bool = False
    source: Annotated[EmptySource | CopySource | BackupSource, Field(discriminator="type")] = EmptySource()
    from_database: OldSource | None = None


class NewDatabaseOfProject(NewDatabase):
    """The body of the newer route."""

    project_id: NonEmptyString
    branch_id: NonEmptyString = ""
    branch_git_name: NonEmptyString = ""
    logical_id: NonEmptyString = ""


async def create_database(
    workspace: Workspace, draft: Draft, project: Record, requested: NewDatabase, branch: str = "", logical_id: str = ""
) -> tuple[Record, dict[str, Credential]]:
    """Creates a database. Returns it, and the secrets of its connection by connection id. Raises ``ApiError``."""
    _check_plan_limit(workspace, draft)
    source = requested.from_database.as_source() if requested.from_database else requested.source
    if isinstance(source, BackupSource):
        raise ApiError(404, "notFound", "The backup was not found: the local cloud has no backups.")
    template = get_or_404(draft, DATABASES, source.database_id) if isinstance(source, CopySource) else None
    stated: Json = {
        "name": requested.name or "Untitled database",
        "projectId": project["id"],
        "isDefault": requested.is_default,
        "region": _region(draft, project, requested.region),
        "source": source.model_dump(by_alias=True),
        "branchId": branch or branch_for(draft, project, "", ""),
        "logicalId": logical_id or None,
    }
    reject_duplicate(draft, {"id": None, **stated})
    if requested.is_default:
        for each in matching(draft, DATABASES, projectId=project["id"], isDefault=True):
            put(draft, DATABASES, {**each, "isDefault": False})
    database, credential = await workspace.provisioning.database(
        draft, {**stated, **_initial_status(workspace)}, template
    )
    return database, {database["defaultConnectionId"]: credential}


def _check_plan_limit(workspace: Workspace, records: Records) -> None:
    most = workspace.settings.max_databases
    if most is not None and len(matching(records, DATABASES)) >= most:
        hint = "Upgrade the workspace's plan, or delete a database."
        # Prisma's clients recognize it by the code, with any status.
        raise ApiError(400, "planLimitReached", "Workspace plan limit reached.", hint)


def _region(records: Records, project: Record, region: str) -> str:
    """Returns the region, which is inherited from the project or its default database."""
    if region != regions.INHERIT:
        return region
    defaults = matching(records, DATABASES, projectId=project["id"], isDefault=True)
    inherited: list[str] = [project["defaultRegion"], *(each["region"] for each in defaults), regions.DEFAULT]
    return next(filter(None, inherited))


def _initial_status(workspace: Workspace) -> Json:
    """Returns the initial status, and the status after the configured number of reads."""
    outcome = "ready"
    if workspace.failures:
        workspace.failures -= 1
        outcome = "failure"
    looks = workspace.settings.reads_until_ready
    return {"status": "provisioning" if looks else outcome, "ending": outcome, "looksLeft": looks}
