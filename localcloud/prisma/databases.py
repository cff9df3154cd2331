"""Databases: `databases`, and the older `projects/{project}/databases`.

A new one is `provisioning` until it was looked at often enough.
"""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.emulation.store import Draft, Record, Records
from localcloud.prisma.branches import branch_for, named_branches, refuse_taken
from localcloud.prisma.envelope import ApiError, Body, Json, Text, data, nothing, page, sent
from localcloud.prisma.new_database import NewDatabase, NewDatabaseOfProject, made
from localcloud.prisma.records import DATABASES, PROJECTS, filtered, known, matching, put
from localcloud.prisma.views import Views
from localcloud.prisma.workspace import Workspace


class DatabaseChange(Body):
    name: Text = ""
    branch_id: Text = ""
    branch_git_name: Text = ""
    logical_id: Text = ""

    @property
    def is_move(self) -> bool:
        return bool(self.branch_id or self.branch_git_name)


async def create(request: Request) -> Response:
    workspace, wanted = Workspace.of(request), await sent(request, NewDatabaseOfProject)
    if wanted.logical_id and wanted.branch_git_name:
        raise ApiError(400, "validationFailed", "`logicalId` and `branchGitName` exclude each other.")
    async with workspace.change() as draft:
        project = known(draft, PROJECTS, wanted.project_id)
        branch = branch_for(draft, project, wanted.branch_id, wanted.branch_git_name)
        database, issued = await made(workspace, draft, project, wanted, branch, wanted.logical_id)
        return data(Views.of(request, draft, issued).database(database), 201)


async def create_in_project(request: Request) -> Response:
    workspace, wanted = Workspace.of(request), await sent(request, NewDatabase)
    async with workspace.change() as draft:
        project = known(draft, PROJECTS, request.path_params["project_id"])
        database, issued = await made(workspace, draft, project, wanted)
        return data(Views.of(request, draft, issued).database_with_old_fields(database), 201)


async def index(request: Request) -> Response:
    async with Workspace.of(request).change() as draft:
        found = filtered(draft, DATABASES, request.query_params, "projectId", "logicalId", "branchId")
        git_name = request.query_params.get("branchGitName")
        if git_name is not None:
            named = named_branches(draft, git_name)
            found = [each for each in found if each["branchId"] in named]
        return page(_looked_at(request, draft, found), request)


async def index_of_project(request: Request) -> Response:
    async with Workspace.of(request).change() as draft:
        project = known(draft, PROJECTS, request.path_params["project_id"])
        return page(_looked_at(request, draft, matching(draft, DATABASES, projectId=project["id"])), request)


async def show(request: Request) -> Response:
    async with Workspace.of(request).change() as draft:
        (shown,) = _looked_at(request, draft, [_named(request, draft)])
        return data(shown)


async def update(request: Request) -> Response:
    workspace, wanted = Workspace.of(request), await sent(request, DatabaseChange)
    if wanted.is_move and wanted.logical_id:
        raise ApiError(400, "validationFailed", "`logicalId` cannot change together with a move to a branch.")
    async with workspace.change() as draft:
        database = _named(request, draft)
        branch = database["branchId"]
        if wanted.is_move:
            project = known(draft, PROJECTS, database["projectId"])
            branch = branch_for(draft, project, wanted.branch_id, wanted.branch_git_name)
        database = {
            **database,
            "name": wanted.name or database["name"],
            "branchId": branch,
            "logicalId": wanted.logical_id or database["logicalId"],
        }
        refuse_taken(draft, database)
        put(draft, DATABASES, database)
        return data(Views.of(request, draft).database(database))


async def remove(request: Request) -> Response:
    workspace = Workspace.of(request)
    async with workspace.change() as draft:
        database = _named(request, draft)
        if database["isDefault"]:
            raise ApiError(403, "defaultDatabase", "Cannot delete the default environment.")
        await workspace.provisioning.remove_database(draft, database)
        return nothing()


def _looked_at(request: Request, draft: Draft, found: Sequence[Record]) -> list[Json]:
    """The databases as they are shown, each one look further."""
    looked_at = [_one_look_further(draft, each) for each in found]
    views = Views.of(request, draft)
    return [views.database(each) for each in looked_at]


def _one_look_further(draft: Draft, database: Record) -> Record:
    if database["status"] != "provisioning":
        return database
    left = database["looksLeft"]
    database = {**database, **({"looksLeft": left - 1} if left else {"status": database["ending"]})}
    put(draft, DATABASES, database)
    return database


def _named(request: Request, records: Records) -> Record:
    return known(records, DATABASES, request.path_params["database_id"])


ENDPOINTS = [
    Route("/databases", index, methods=["GET"]),
    Route("/databases", create, methods=["POST"]),
    Route("/databases/{database_id}", show, methods=["GET"]),
    Route("/databases/{database_id}", update, methods=["PATCH"]),
    Route("/databases/{database_id}", remove, methods=["DELETE"]),
    Route("/projects/{project_id}/databases", index_of_project, methods=["GET"]),
    Route("/projects/{project_id}/databases", create_in_project, methods=["POST"]),
]
