"""Projects: `projects`."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.emulation.generated_values import now
from localcloud.emulation.store import Draft, Record, Records
from localcloud.prisma import branches, regions
from localcloud.prisma.envelope import ApiError, Body, NonEmptyString, data, no_content, page, sent
from localcloud.prisma.new_database import NewDatabase, create_database
from localcloud.prisma.records import DATABASES, PROJECTS, WORKSPACE, filtered, get_or_404, matching, new, put
from localcloud.prisma.views import Views
from localcloud.prisma.workspace import Workspace


class NewProject(Body):
    create_database: bool = True
    name: NonEmptyString = ""
    region: Annotated[str, AfterValidator(regions.validate_region)] = ""
    logical_id: NonEmptyString = ""
    workspace_id: NonEmptyString = ""


class ProjectChange(Body):
    """The lengths are those of Prisma's OpenAPI document (2026-09-17)."""

    name: Annotated[str, Field(min_length=1, max_length=256)] = ""
    settings: dict[str, Any] = {}  # noqa: RUF012 - pydantic copies it


async def create(request: Request) -> Response:
    workspace, requested = Workspace.of(request), await sent(request, NewProject)
    if requested.workspace_id not in ("", WORKSPACE):
        raise ApiError(404, "notFound", f"Workspace with the ID `{requested.workspace_id}` was not found.")
    async with workspace.change() as draft:
        project = _create_project(draft, requested)
        if not requested.create_database:
            return data({**Views.of(request, draft).project(project), "database": None}, 201)
        new_database = NewDatabase(is_default=True, region=requested.region or regions.DEFAULT)
        database, issued = await create_database(workspace, draft, project, new_database)
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
    return data(Views.of(request, store).project(_get_or_404(request, store)))


async def update(request: Request) -> Response:
    workspace, requested = Workspace.of(request), await sent(request, ProjectChange, status=422)
    async with workspace.change() as draft:
        project = _get_or_404(request, draft)
        project = {**project, "name": requested.name or project["name"]}
        put(draft, PROJECTS, project)
        return data(Views.of(request, draft).project(project))


async def remove(request: Request) -> Response:
    async with Workspace.of(request).change() as draft:
        project = _get_or_404(request, draft)
        if matching(draft, DATABASES, projectId=project["id"]):
            raise ApiError(
                400,
                "projectHasDependencies",
                "Project cannot be deleted due to existing dependencies.",
                "Delete its databases first.",
            )
        draft.delete(PROJECTS, WORKSPACE, project["id"])
        return no_content()


def _create_project(draft: Draft, requested: NewProject) -> Record:
    if requested.logical_id and matching(draft, PROJECTS, logicalId=requested.logical_id):
        raise ApiError(409, "logicalIdTaken", "A project with the same `logicalId` already exists in the workspace.")
    project = {
        "id": new(PROJECTS),
        "name": requested.name or "Untitled project",
        "logicalId": requested.logical_id or None,
        "createdAt": now(),
        "defaultRegion": requested.region or None,
        "branches": branches.first_branch(),
    }
    put(draft, PROJECTS, project)
    return project


def _get_or_404(request: Request, records: Records) -> Record:
    return get_or_404(records, PROJECTS, request.path_params["project_id"])


ENDPOINTS = [
    Route("/projects", index, methods=["GET"]),
    Route("/projects", create, methods=["POST"]),
    Route("/projects/{project_id}", show, methods=["GET"]),
    Route("/projects/{project_id}", update, methods=["PATCH"]),
    Route("/projects/{project_id}", remove, methods=["DELETE"]),
]
