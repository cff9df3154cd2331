"""Projects: `projects`. One is made with a branch, a compute, a role and a database.

What is deleted is gone: the local cloud has no recovery.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.emulation.generated_values import now
from localcloud.emulation.postgres_proxy import HOST
from localcloud.emulation.store import Draft, Record
from localcloud.neon.bodies import Compute, NewProject, ProjectChange, ProjectCreation, sent
from localcloud.neon.branches import branch_record
from localcloud.neon.cloud import Neon
from localcloud.neon.computes import action, begun, new_compute
from localcloud.neon.connection_uri import connection
from localcloud.neon.databases import database_record
from localcloud.neon.errors import ApiError
from localcloud.neon.names import new_password, new_project_id
from localcloud.neon.pages import page, searched
from localcloud.neon.records import BRANCHES, DATABASES, ENDPOINTS, EVERYONE, PROJECTS, ROLES, view, views
from localcloud.neon.regions import DEFAULT, checked_region
from localcloud.neon.roles import role_record, with_password
from localcloud.neon.work import Action

PAGE, LARGEST_PAGE = 10, 400
ORGANIZATION = "org-local-00000001"
"""That of an organization's key."""


async def index(request: Request) -> Response:
    """The newest first. The last page has a cursor too."""
    neon = Neon.of(request)
    organization = _organization(neon, request.query_params.get("org_id"))
    found = [each for each in neon.store.owned(PROJECTS, EVERYONE)[::-1] if each["org_id"] == organization]
    shown, cursor = page(searched(found, request), request, size=PAGE, most=LARGEST_PAGE)
    pagination = {"pagination": {"cursor": cursor}} if cursor else {}
    projects = [{**each, "active_time": 0} for each in views(shown)]
    return JSONResponse({"projects": projects, "applications": {}, "integrations": {}, **pagination})


async def create(request: Request) -> Response:
    wanted = (await sent(request, ProjectCreation)).project
    neon = Neon.of(request)
    project = _record(wanted, _organization(neon, wanted.org_id))
    async with neon.change(project["id"]) as draft:
        draft.put(PROJECTS, EVERYONE, project["id"], project)
        try:
            answer = await _filled(neon, draft, project, wanted)
        except BaseException:
            await neon.physical.remove_project(draft, project["id"])
            raise
    return JSONResponse(answer, 201)


async def show(request: Request) -> Response:
    _, project = await Neon.at(request)
    return JSONResponse({"project": view(project)})


async def change(request: Request) -> Response:
    wanted = (await sent(request, ProjectChange)).project
    neon, project = await Neon.at(request)
    stated = wanted.stated()
    if _replicates(project) and stated.get("settings", {}).get("enable_logical_replication") is False:
        raise ApiError(422, "logical replication cannot be disabled")
    async with neon.change(project["id"]) as draft:
        changed = {**project, **stated, "updated_at": now()}
        for key in ("settings", "default_endpoint_settings"):
            changed[key] = {**project[key], **stated.get(key, {})}
        draft.put(PROJECTS, EVERYONE, project["id"], changed)
        computes = [each for each in draft.owned(ENDPOINTS, project["id"]) if each["current_state"] == "active"]
        actions = [action("apply_config", each) for each in computes] if "settings" in stated else []
        operations = neon.work.begin(draft, project["id"], actions)
    return JSONResponse({"project": view(changed), "operations": views(operations)})


async def remove(request: Request) -> Response:
    """With all branches, computes, databases and roles."""
    neon, project = await Neon.at(request)
    async with neon.change(project["id"]) as draft:
        if any(branch["protected"] for branch in draft.owned(BRANCHES, project["id"])):
            raise ApiError(422, "a project with a protected branch cannot be deleted")
        await neon.physical.remove_project(draft, project["id"])
    return JSONResponse({"project": view(project)})


def _organization(neon: Neon, stated: str | None) -> str:
    if neon.settings.personal_key and not stated:
        raise ApiError(400, "org_id is required: the key is a personal one")
    return stated or ORGANIZATION


def _replicates(project: Record) -> bool:
    return bool(project["settings"].get("enable_logical_replication"))


def _record(wanted: NewProject, organization: str) -> Record:
    region = checked_region(wanted.region_id or DEFAULT)
    project_id = new_project_id()
    defaults = wanted.default_endpoint_settings
    deprecated = Compute(
        autoscaling_limit_min_cu=wanted.autoscaling_limit_min_cu,
        autoscaling_limit_max_cu=wanted.autoscaling_limit_max_cu,
    )
    used = ("cpu_used_sec", "active_time_seconds", "compute_time_seconds", "written_data_bytes", "data_transfer_bytes")
    return {
        "id": project_id,
        "name": wanted.name or project_id,
        "org_id": organization,
        "owner_id": organization,
        "platform_id": region.partition("-")[0],
        "region_id": region,
        "pg_version": wanted.pg_version,
        "proxy_host": HOST,
        "provisioner": wanted.provisioner or "k8s-neonvm",
        "store_passwords": wanted.store_passwords,
        "history_retention_seconds": wanted.history_retention_seconds,
        "default_endpoint_settings": {**deprecated.stated(), **defaults.stated()},
        "settings": wanted.settings.stated(),
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


async def _filled(neon: Neon, draft: Draft, project: Record, wanted: NewProject) -> dict[str, Any]:
    """The answer, once there is all that a project begins with."""
    first = wanted.branch
    role_name, password = first.role_name or f"{first.database_name}_owner", new_password()
    branch = branch_record(project["id"], first.name, default=True)
    draft.put(BRANCHES, project["id"], branch["id"], branch)
    role = role_record(project, branch, role_name, await neon.physical.add_role(branch, role_name, password), password)
    draft.put(ROLES, branch["id"], role_name, role)
    physical = await neon.physical.add_database(branch, first.database_name, role_name)
    database = database_record(branch, first.database_name, role_name, physical)
    draft.put(DATABASES, branch["id"], database["name"], database)
    endpoint = await new_compute(neon, draft, project, branch, Compute())
    actions = [Action("create_timeline", branch["id"]), action("start_compute", endpoint)]
    endpoint, operations = begun(neon, draft, endpoint, actions)
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
    Route(ONE, show, methods=["GET"]),
    Route(ONE, change, methods=["PATCH"]),
    Route(ONE, remove, methods=["DELETE"]),
]
