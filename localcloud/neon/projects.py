"""Projects: `projects`. A new project has a branch, a compute, a role and a database.

A deleted project cannot be recovered here.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from edge_postgres.origins.neon.limits import NeonPlan
from localcloud.emulation.generated_values import now
from localcloud.emulation.postgres_proxy import HOST
from localcloud.emulation.store import Draft, Record
from localcloud.neon.bodies import Compute, NewProject, ProjectChange, ProjectCreation, sent
from localcloud.neon.branches import branch_record
from localcloud.neon.cloud import Neon
from localcloud.neon.computes import action, create_compute, schedule_operations
from localcloud.neon.connection_uri import connection
from localcloud.neon.databases import database_record
from localcloud.neon.errors import ApiError
from localcloud.neon.names import new_password, new_project_id
from localcloud.neon.operation_runner import Action
from localcloud.neon.pages import page, search
from localcloud.neon.plan_limits import DEFAULT_RETENTION_SECONDS, check_project
from localcloud.neon.records import BRANCHES, DATABASES, ENDPOINTS, EVERYONE, PROJECTS, ROLES, view, views
from localcloud.neon.regions import DEFAULT, validate_region
from localcloud.neon.roles import role_record, with_password

PAGE, LARGEST_PAGE = 10, 400
ORGANIZATION = "org-local-00000001"
"""The organization of an organization key."""


async def index(request: Request) -> Response:
    """Lists the projects, newest first. The last page has a cursor too."""
    neon = Neon.of(request)
    organization = _select_organization(neon, request.query_params.get("org_id"))
    found = [each for each in neon.store.owned(PROJECTS, EVERYONE)[::-1] if each["org_id"] == organization]
    shown, cursor = page(search(found, request), request, size=PAGE, max_size=LARGEST_PAGE)
    pagination = {"pagination": {"cursor": cursor}} if cursor else {}
    projects = [{**each, "active_time": 0} for each in views(shown)]
    return JSONResponse({"projects": projects, "applications": {}, "integrations": {}, **pagination})


async def create(request: Request) -> Response:
    requested = (await sent(request, ProjectCreation)).project
    neon = Neon.of(request)
    check_project(neon.settings.plan, requested.given_fields())
    project = _record(requested, _select_organization(neon, requested.org_id), neon.settings.plan)
    async with neon.change(project["id"]) as draft:
        draft.put(PROJECTS, EVERYONE, project["id"], project)
        try:
            answer = await _create_content(neon, draft, project, requested)
        except BaseException:
            await neon.server_objects.remove_project(draft, project["id"])
            raise
    return JSONResponse(answer, 201)


async def show(request: Request) -> Response:
    _, project = await Neon.for_project(request)
    return JSONResponse({"project": view(project)})


async def change(request: Request) -> Response:
    requested = (await sent(request, ProjectChange)).project
    neon, project = await Neon.for_project(request)
    fields = requested.given_fields()
    check_project(neon.settings.plan, fields)
    if _replicates(project) and fields.get("settings", {}).get("enable_logical_replication") is False:
        raise ApiError(422, "logical replication cannot be disabled")
    async with neon.change(project["id"]) as draft:
        changed = {**project, **fields, "updated_at": now()}
        for key in ("settings", "default_endpoint_settings"):
            changed[key] = {**project[key], **fields.get(key, {})}
        draft.put(PROJECTS, EVERYONE, project["id"], changed)
        computes = [each for each in draft.owned(ENDPOINTS, project["id"]) if each["current_state"] == "active"]
        actions = [action("apply_config", each) for each in computes] if "settings" in fields else []
        operations = neon.operation_runner.schedule(draft, project["id"], actions)
    return JSONResponse({"project": view(changed), "operations": views(operations)})


async def remove(request: Request) -> Response:
    """Deletes a project with all branches, computes, databases and roles."""
    neon, project = await Neon.for_project(request)
    async with neon.change(project["id"]) as draft:
        if any(branch["protected"] for branch in draft.owned(BRANCHES, project["id"])):
            raise ApiError(422, "a project with a protected branch cannot be deleted")
        await neon.server_objects.remove_project(draft, project["id"])
    return JSONResponse({"project": view(project)})


def _select_organization(neon: Neon, org_id: str | None) -> str:
    if neon.settings.personal_key and not org_id:
        raise ApiError(400, "org_id is required: the key is a personal one")
    return org_id or ORGANIZATION


def _replicates(project: Record) -> bool:
    return bool(project["settings"].get("enable_logical_replication"))


def _record(requested: NewProject, organization: str, plan: NeonPlan) -> Record:
    region = validate_region(requested.region_id or DEFAULT)
    project_id = new_project_id()
    defaults = requested.default_endpoint_settings
    deprecated = Compute(
        autoscaling_limit_min_cu=requested.autoscaling_limit_min_cu,
        autoscaling_limit_max_cu=requested.autoscaling_limit_max_cu,
    )
    used = ("cpu_used_sec", "active_time_seconds", "compute_time_seconds", "written_data_bytes", "data_transfer_bytes")
    return {
        "id": project_id,
        "name": requested.name or project_id,
        "org_id": organization,
        "owner_id": organization,
        "platform_id": region.partition("-")[0],
        "region_id": region,
        "pg_version": requested.pg_version,
        "proxy_host": HOST,
        "provisioner": requested.provisioner or "k8s-neonvm",
        "store_passwords": requested.store_passwords,
        "history_retention_seconds": DEFAULT_RETENTION_SECONDS[plan]
        if requested.history_retention_seconds is None
        else requested.history_retention_seconds,
        "default_endpoint_settings": {**deprecated.given_fields(), **defaults.given_fields()},
        "settings": requested.settings.given_fields(),
        "branch_logical_size_limit": 0,
        "branch_logical_size_limit_bytes": 0,
        "data_storage_bytes_hour": 0,
        **dict.fromkeys(used, 0),
        "creation_source": "console",
        "consumption_period_start": now(),
        "consumption_period_end": now(),
        "created_at": now(),
        "updated_at": now(),
    }


async def index_shared(request: Request) -> Response:
    """Lists the projects that others have shared with the user. There is only one user here."""
    page([], request, size=PAGE, max_size=LARGEST_PAGE)
    return JSONResponse({"projects": []})


async def _create_content(neon: Neon, draft: Draft, project: Record, requested: NewProject) -> dict[str, Any]:
    """Creates the branch, the compute, the role and the database. Returns the response."""
    first = requested.branch
    role_name, password = first.role_name or f"{first.database_name}_owner", new_password()
    branch = branch_record(project["id"], first.name, default=True)
    draft.put(BRANCHES, project["id"], branch["id"], branch)
    role = role_record(
        project, branch, role_name, await neon.server_objects.add_role(branch, role_name, password), password
    )
    draft.put(ROLES, branch["id"], role_name, role)
    name_on_server = await neon.server_objects.add_database(branch, first.database_name, role_name)
    database = database_record(branch, first.database_name, role_name, name_on_server)
    draft.put(DATABASES, branch["id"], database["name"], database)
    endpoint = await create_compute(neon, draft, project, branch, Compute())
    actions = [Action("create_timeline", branch["id"]), action("start_compute", endpoint)]
    endpoint, operations = schedule_operations(neon, draft, endpoint, actions)
    return {
        "project": view(project),
        "connection_uris": [connection(endpoint, role_name, password, database["name"])],
        "roles": [with_password(role, password)],
        "databases": [view(database)],
        "operations": views(operations),
        "branch": view(branch),
        "endpoints": [view(endpoint)],
    }


ALL = "/projects"
ONE = ALL + "/{project_id}"
ROUTES = [
    Route(ALL, index, methods=["GET"]),
    Route(ALL, create, methods=["POST"]),
    # Before the route of one project, because a project cannot have the ID `shared`.
    Route(ALL + "/shared", index_shared, methods=["GET"]),
    Route(ONE, show, methods=["GET"]),
    Route(ONE, change, methods=["PATCH"]),
    Route(ONE, remove, methods=["DELETE"]),
]
