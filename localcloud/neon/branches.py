"""Branches: `projects/{project}/branches`.

A deleted branch cannot be recovered here.
"""

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.emulation.generated_values import now
from localcloud.emulation.store import Draft, Record, Records
from localcloud.neon.bodies import BranchChange, BranchCreation, NewBranch, in_seconds, sent
from localcloud.neon.branch_copies import copy_databases, copy_roles
from localcloud.neon.cloud import Neon
from localcloud.neon.computes import action, create_compute, schedule_operations
from localcloud.neon.connection_uri import connection
from localcloud.neon.endpoints import validate_type
from localcloud.neon.errors import ApiError
from localcloud.neon.names import new_branch_id, new_branch_name
from localcloud.neon.operation_runner import Action
from localcloud.neon.pages import page, search
from localcloud.neon.plan_limits import check_new_branch, check_protection
from localcloud.neon.records import (
    BRANCHES,
    DATABASES,
    ROLES,
    children,
    default_branch,
    endpoint_of,
    get_or_404,
    view,
    views,
)
from localcloud.neon.roles import with_password

# Maximum and default size of a page. The values are not verified.
PAGE = 100
LARGEST_PAGE = 10_000
SORTS = ("updated_at", "created_at", "name")


def branch_record(project_id: str, name: str, *, default: bool = False, protected: bool = False) -> Record:
    """Returns the record of a branch that is being created."""
    used = ("cpu_used_sec", "active_time_seconds", "compute_time_seconds", "written_data_bytes", "data_transfer_bytes")
    return {
        "id": new_branch_id(),
        "project_id": project_id,
        "name": name,
        "current_state": "init",
        "pending_state": "ready",
        "state_changed_at": now(),
        "creation_source": "console",
        "default": default,
        "primary": default,
        "protected": protected,
        "created_at": now(),
        "updated_at": now(),
        **dict.fromkeys(used, 0),
    }


async def index(request: Request) -> Response:
    """Lists the branches. By default the most recently changed one is first."""
    neon, project = await Neon.advance_project(request)
    key = request.query_params.get("sort_by", SORTS[0])
    if key not in SORTS:
        raise ApiError(400, f"`sort_by` must be one of {', '.join(SORTS)}, got `{key}`")
    found = sorted(search(neon.store.owned(BRANCHES, project["id"]), request), key=lambda each: str(each[key]))
    if request.query_params.get("sort_order", "desc") == "desc":
        found.reverse()
    shown, cursor = page(found, request, size=PAGE, max_size=LARGEST_PAGE)
    is_last = not shown or shown[-1] is found[-1]
    pagination = {} if is_last else {"next": cursor}
    return JSONResponse({"branches": views(shown), "annotations": {}, "pagination": pagination})


async def create(request: Request) -> Response:
    requested = await sent(request, BranchCreation, may_be_empty=True)
    neon, project = await Neon.for_project(request)
    _check(requested)
    async with neon.change(project["id"]) as draft:
        parent_id = requested.branch.parent_id
        parent = (
            get_or_404(draft, BRANCHES, project["id"], parent_id) if parent_id else default_branch(draft, project["id"])
        )
        if "expires_at" in parent:
            raise ApiError(422, "a branch that expires cannot have children")
        name = requested.branch.name or new_branch_name()
        _check_name(draft, project["id"], name)
        branch = {
            **branch_record(project["id"], name, protected=requested.branch.protected),
            **_origin(requested, parent),
        }
        check_new_branch(neon.settings.plan, draft, branch)
        draft.put(BRANCHES, project["id"], branch["id"], branch)
        try:
            answer = await _filled(neon, draft, project, parent, branch, requested)
        except BaseException:
            await neon.server_objects.remove_branch(draft, branch)
            raise
    return JSONResponse(answer, 201)


async def show(request: Request) -> Response:
    neon, project = await Neon.advance_project(request)
    branch = get_or_404(neon.store, BRANCHES, project["id"], request.path_params["branch_id"])
    annotation = {"object": {"type": "console/branch", "id": branch["id"]}, "value": branch.get("_annotation", {})}
    return JSONResponse({"branch": view(branch), "annotation": annotation})


async def change(request: Request) -> Response:
    requested = (await sent(request, BranchChange)).branch
    neon, project = await Neon.for_project(request)
    async with neon.change(project["id"]) as draft:
        branch = get_or_404(draft, BRANCHES, project["id"], request.path_params["branch_id"])
        changed = {**branch, **requested.given_fields(), "updated_at": now()}
        if requested.name not in (None, branch["name"]):
            _check_name(draft, project["id"], changed["name"])
        if "expires_at" in requested.model_fields_set:
            for key in ("expires_at", "ttl_interval_seconds"):
                changed.pop(key, None)
        if requested.expires_at is not None:
            changed |= _expiry(requested.expires_at)
            if children(draft, branch):
                raise ApiError(422, "a branch that has children cannot expire")
        _check_expiry(changed)
        if changed["protected"] and not branch["protected"]:
            check_protection(neon.settings.plan, draft, changed)
        draft.put(BRANCHES, project["id"], branch["id"], changed)
        is_other = changed["protected"] != branch["protected"]
        actions = [Action("timeline_update_protected_config", branch["id"])] if is_other else []
        operations = neon.operation_runner.schedule(draft, project["id"], actions)
    return JSONResponse({"branch": view(changed), "operations": views(operations)})


async def set_as_default(request: Request) -> Response:
    neon, project = await Neon.for_project(request)
    async with neon.change(project["id"]) as draft:
        branch = get_or_404(draft, BRANCHES, project["id"], request.path_params["branch_id"])
        old = default_branch(draft, project["id"])
        for each, is_default in ((old, False), (branch, True)):
            changed = {**each, "default": is_default, "primary": is_default, "updated_at": now()}
            _check_expiry(changed)
            draft.put(BRANCHES, project["id"], each["id"], changed)
    return JSONResponse({"branch": view(changed), "operations": []})


async def remove(request: Request) -> Response:
    neon, project = await Neon.for_project(request)
    async with neon.change(project["id"]) as draft:
        branch = draft.get(BRANCHES, project["id"], request.path_params["branch_id"])
        if branch is None:
            return Response(status_code=204)
        _check_removal(draft, branch)
        endpoint = endpoint_of(draft, branch)
        await neon.server_objects.remove_branch(draft, branch)
        stopped = [action("suspend_compute", endpoint)] if endpoint else []
        operations = neon.operation_runner.schedule(
            draft, project["id"], [*stopped, Action("delete_timeline", branch["id"])]
        )
    return JSONResponse({"branch": view(branch), "operations": views(operations)})


def _check(requested: BranchCreation) -> None:
    """Rejects requests that the local cloud does not support, and invalid ones."""
    branch = requested.branch
    if branch.parent_lsn or branch.parent_timestamp:
        raise ApiError(422, "the local cloud has no history: a branch starts with the current data of its parent")
    if branch.archived:
        raise ApiError(422, "the local cloud has no archive")
    if branch.init_source == "import":
        raise ApiError(422, "the local cloud imports no databases")
    for endpoint in requested.endpoints:
        validate_type(endpoint)
    if len(requested.endpoints) > 1:
        raise ApiError(422, "a branch can have only one read_write endpoint")
    _check_expiry({"default": False, **branch.given_fields()})


def _check_name(records: Records, project_id: str, name: str) -> None:
    if any(each["name"] == name for each in records.owned(BRANCHES, project_id)):
        raise ApiError(409, f'branch already exists; branch_name:"{name}"', "BRANCH_ALREADY_EXISTS")


def _check_expiry(branch: dict[str, Any]) -> None:
    """Source: https://neon.com/docs/guides/branch-expiration. The error is not verified."""
    if branch.get("expires_at") and (branch["default"] or branch.get("protected")):
        raise ApiError(422, "the default branch and protected branches cannot expire")


def _check_removal(draft: Draft, branch: Record) -> None:
    if branch["default"]:
        raise ApiError(422, "the default branch cannot be deleted")
    if branch["protected"]:
        raise ApiError(422, "a protected branch cannot be deleted")
    if children(draft, branch):
        raise ApiError(422, "a branch that has children cannot be deleted")
    # A root branch with only the schema of another branch can be deleted:
    # https://neon.com/docs/manage/branches (not checked)
    if "parent_id" not in branch and branch.get("init_source") != "schema-only":
        raise ApiError(422, "a root branch cannot be deleted")


def _origin(requested: BranchCreation, parent: Record) -> dict[str, Any]:
    """Returns the origin of a branch. A schema-only branch is a new root branch."""
    branch: NewBranch = requested.branch
    expiry = {} if branch.expires_at is None else _expiry(branch.expires_at)
    annotation = {"_annotation": requested.annotation_value} if requested.annotation_value else {}
    parentage = {} if branch.init_source == "schema-only" else {"parent_id": parent["id"], "parent_timestamp": now()}
    return {"init_source": branch.init_source, **parentage, **expiry, **annotation}


def _expiry(moment: datetime) -> dict[str, Any]:
    """Returns the expiry of a branch, and the seconds until then."""
    return {
        "expires_at": in_seconds(moment),
        "ttl_interval_seconds": round((moment - datetime.now(UTC)).total_seconds()),
    }


async def _filled(
    neon: Neon, draft: Draft, project: Record, parent: Record, branch: Record, requested: BranchCreation
) -> dict[str, Any]:
    """The answer, once the branch holds what its parent holds."""
    made = await copy_roles(neon, draft, project, parent, branch)
    await copy_databases(neon, draft, parent, branch, schema_only=requested.branch.init_source != "parent-data")
    actions, endpoint = [Action("create_branch", branch["id"])], None
    if requested.endpoints:
        endpoint = await create_compute(neon, draft, project, branch, requested.endpoints[0])
        endpoint, operations = schedule_operations(neon, draft, endpoint, [*actions, action("start_compute", endpoint)])
    else:
        operations = neon.operation_runner.schedule(draft, project["id"], actions)
    roles, databases = draft.owned(ROLES, branch["id"]), draft.owned(DATABASES, branch["id"])
    answer = {
        "branch": view(branch),
        "endpoints": views([endpoint] if endpoint else []),
        "operations": views(operations),
        "roles": [with_password(role, made.get(role["name"])) for role in roles],
        "databases": views(databases),
    }
    if endpoint and len(roles) == len(databases) == 1:
        password = made.get(roles[0]["name"]) or roles[0].get("_password")
        if password is not None:
            answer["connection_uris"] = [connection(endpoint, roles[0]["name"], password, databases[0]["name"])]
    return answer


ALL = "/projects/{project_id}/branches"
ONE = ALL + "/{branch_id}"
ROUTES = [
    Route(ALL, index, methods=["GET"]),
    Route(ALL, create, methods=["POST"]),
    Route(ONE, show, methods=["GET"]),
    Route(ONE, change, methods=["PATCH"]),
    Route(ONE, remove, methods=["DELETE"]),
    Route(ONE + "/set_as_default", set_as_default, methods=["POST"]),
]
