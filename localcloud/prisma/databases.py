"""Databases: `databases`, and the older `projects/{project}/databases`.

A new database is `provisioning` until it was read often enough.
"""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.emulation.store import Draft, Record, Records
from localcloud.prisma.branches import branch_for, branches_named, reject_duplicate
from localcloud.prisma.envelope import ApiError, Body, Json, NonEmptyString, data, limit_of, no_content, page, sent
from localcloud.prisma.new_database import NewDatabase, NewDatabaseOfProject, create_database
from localcloud.prisma.records import DATABASES, PROJECTS, filtered, get_or_404, matching, put
from localcloud.prisma.views import Views
from localcloud.prisma.workspace import Workspace


class DatabaseChange(Body):
    name: NonEmptyString = ""
    branch_id: NonEmptyString = ""
    branch_git_name: NonEmptyString = ""
    logical_id: NonEmptyString = ""

    @property
    def is_move(self) -> bool:
        return bool(self.branch_id or self.branch_git_name)


async def create(request: Request) -> Response:
    workspace, requested = Workspace.of(request), await sent(request, NewDatabaseOfProject)
    if requested.logical_id and requested.branch_git_name:
        raise ApiError(400, "validationFailed", "`logicalId` cannot be combined with `branchGitName`.")
    async with workspace.change() as draft:
        project = get_or_404(draft, PROJECTS, requested.project_id)
        branch = branch_for(draft, project, requested.branch_id, requested.branch_git_name)
        database, issued = await create_database(workspace, draft, project, requested, branch, requested.logical_id)
        return data(Views.of(request, draft, issued).database(database), 201)


async def create_in_project(request: Request) -> Response:
    workspace, requested = Workspace.of(request), await sent(request, NewDatabase)
    async with workspace.change() as draft:
        project = get_or_404(draft, PROJECTS, request.path_params["project_id"])
        database, issued = await create_database(workspace, draft, project, requested)
        return data(Views.of(request, draft, issued).database_with_old_fields(database), 201)


async def index(request: Request) -> Response:
    async with Workspace.of(request).change() as draft:
        found = filtered(draft, DATABASES, request.query_params, "projectId", "logicalId", "branchId")
        git_name = request.query_params.get("branchGitName")
        if git_name is not None:
            named = branches_named(draft, git_name)
            found = [each for each in found if each["branchId"] in named]
        return page(_read_databases(request, draft, found), request)


async def index_of_project(request: Request) -> Response:
    async with Workspace.of(request).change() as draft:
        project = get_or_404(draft, PROJECTS, request.path_params["project_id"])
        return page(_read_databases(request, draft, matching(draft, DATABASES, projectId=project["id"])), request)


async def show(request: Request) -> Response:
    async with Workspace.of(request).change() as draft:
        (shown,) = _read_databases(request, draft, [_get_or_404(request, draft)])
        return data(shown)


async def update(request: Request) -> Response:
    workspace, requested = Workspace.of(request), await sent(request, DatabaseChange)
    if requested.is_move and requested.logical_id:
        raise ApiError(400, "validationFailed", "`logicalId` cannot be combined with a move to another branch.")
    async with workspace.change() as draft:
        database = _get_or_404(request, draft)
        branch = database["branchId"]
        if requested.is_move:
            project = get_or_404(draft, PROJECTS, database["projectId"])
            branch = branch_for(draft, project, requested.branch_id, requested.branch_git_name)
        database = {
            **database,
            "name": requested.name or database["name"],
            "branchId": branch,
            "logicalId": requested.logical_id or database["logicalId"],
        }
        reject_duplicate(draft, database)
        put(draft, DATABASES, database)
        return data(Views.of(request, draft).database(database))


async def backups(request: Request) -> Response:
    """Returns no backups, because the local cloud has none."""
    workspace = Workspace.of(request)
    _get_or_404(request, workspace.store)
    pagination = {"hasMore": False, "limit": limit_of(request)}
    meta = {"backupRetentionDays": workspace.settings.plan.backup_days}
    return JSONResponse({"data": [], "meta": meta, "pagination": pagination})


async def remove(request: Request) -> Response:
    workspace = Workspace.of(request)
    async with workspace.change() as draft:
        database = _get_or_404(request, draft)
        if database["isDefault"]:
            raise ApiError(403, "defaultDatabase", "Cannot delete the default environment.")
        await workspace.provisioning.remove_database(draft, database)
        return no_content()


def _read_databases(request: Request, draft: Draft, found: Sequence[Record]) -> list[Json]:
    """Counts a read of each database, and returns them for a response."""
    looked_at = [_count_read(draft, each) for each in found]
    views = Views.of(request, draft)
    return [views.database(each) for each in looked_at]


def _count_read(draft: Draft, database: Record) -> Record:
    if database["status"] != "provisioning":
        return database
    left = database["looksLeft"]
    database = {**database, **({"looksLeft": left - 1} if left else {"status": database["ending"]})}
    put(draft, DATABASES, database)
    return database


def _get_or_404(request: Request, records: Records) -> Record:
    return get_or_404(records, DATABASES, request.path_params["database_id"])


ENDPOINTS = [
    Route("/databases", index, methods=["GET"]),
    Route("/databases", create, methods=["POST"]),
    Route("/databases/{database_id}", show, methods=["GET"]),
    Route("/databases/{database_id}", update, methods=["PATCH"]),
    Route("/databases/{database_id}", remove, methods=["DELETE"]),
    Route("/databases/{database_id}/backups", backups, methods=["GET"]),
    Route("/projects/{project_id}/databases", index_of_project, methods=["GET"]),
    Route("/projects/{project_id}/databases", create_in_project, methods=["POST"]),
]
