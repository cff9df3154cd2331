"""Projects: `projects`."""

from typing import Annotated, Any

from pydantic import AfterValidator
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.emulation.generated_values import now
from localcloud.emulation.store import Draft, Record, Records
from localcloud.prisma import branches, regions
from localcloud.prisma.envelope import ApiError, Body, Text, data, nothing, page, sent
from localcloud.prisma.new_database import NewDatabase, made
from localcloud.prisma.records import DATABASES, PROJECTS, WORKSPACE, filtered, known, matching, new, put
from localcloud.prisma.views import Views
from localcloud.prisma.workspace import Workspace


class NewProject(Body):
    create_database: bool = True
    name: Text = ""
    region: Annotated[str, AfterValidator(regions.known)] = ""
    logical_id: Text = ""
    workspace_id: Text = ""


class ProjectChange(Body):
    name: Text = ""
    settings: dict[str, Any] = {}  # noqa: RUF012 - pydantic copies it


async def create(request: Request) -> Response:
    workspace, wanted = Workspace.of(request), await sent(request, NewProject)
    if wanted.workspace_id not in ("", WORKSPACE):
        raise ApiError(404, "notFound", f"Workspace with the ID `{wanted.workspace_id}` was not found.")
    async with workspace.change() as draft:
        project = _made(draft, wanted)
        if not wanted.create_database:
            return data({**Views.of(request, draft).project(project), "database": None}, 201)
        asked = NewDatabase(is_default=True, region=wanted.region or regions.DEFAULT)
        database, issued = await made(workspace, draft, project, asked)
        views = Views.of(request, draft, issued)
        within = views.database_with_old_fields(database)
        del within["project"]
        return data({**views.project(project), "database": within}, 201)


async def index(request: Request) -> Response:
    store = Workspace.of(request).store
    views = Views.of(request, store)
    return page([views.project(each) for each in filtered(store, PROJECTS, request.query_params, "logicalId")], request)


async def show(request: Request) -> Response:
    store = Workspace.of(request).store
    return data(Views.of(request, store).project(_named(request, store)))


async def update(request: Request) -> Response:
    workspace, wanted = Workspace.of(request), await sent(request, ProjectChange, status=422)
    async with workspace.change() as draft:
        project = _named(request, draft)
        project = {**project, "name": wanted.name or project["name"]}
        put(draft, PROJECTS, project)
        return data(Views.of(request, draft).project(project))


async def remove(request: Request) -> Response:
    async with Workspace.of(request).change() as draft:
        project = _named(request, draft)
        if matching(draft, DATABASES, projectId=project["id"]):
            raise ApiError(
                400,
                "projectHasDependencies",
                "Project cannot be deleted due to existing dependencies.",
                "Delete its databases first.",
            )
        draft.delete(PROJECTS, WORKSPACE, project["id"])
        return nothing()


def _made(draft: Draft, wanted: NewProject) -> Record:
    if wanted.logical_id and matching(draft, PROJECTS, logicalId=wanted.logical_id):
        raise ApiError(409, "logicalIdTaken", "A project with the same `logicalId` already exists in the workspace.")
    project = {
        "id": new(PROJECTS),
        "name": wanted.name or "Untitled project",
        "logicalId": wanted.logical_id or None,
        "createdAt": now(),
        "defaultRegion": wanted.region or None,
        "branches": branches.first_branch(),
    }
    put(draft, PROJECTS, project)
    return project


def _named(request: Request, records: Records) -> Record:
    return known(records, PROJECTS, request.path_params["project_id"])


ENDPOINTS = [
    Route("/projects", index, methods=["GET"]),
    Route("/projects", create, methods=["POST"]),
    Route("/projects/{project_id}", show, methods=["GET"]),
    Route("/projects/{project_id}", update, methods=["PATCH"]),
    Route("/projects/{project_id}", remove, methods=["DELETE"]),
]
