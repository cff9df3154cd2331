"""Roles of a branch: `projects/{project}/branches/{branch}/roles`."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from edge_postgres.postgres.scram import scram_verifier
from localcloud.emulation.generated_values import now
from localcloud.emulation.store import Draft, Record
from localcloud.neon.bodies import RoleCreation, sent
from localcloud.neon.cloud import Neon
from localcloud.neon.computes import apply_actions, require_compute
from localcloud.neon.errors import ApiError
from localcloud.neon.names import new_password
from localcloud.neon.records import BRANCHES, DATABASES, ROLES, endpoint_of, get_or_404, view, views


def role_record(project: Record, branch: Record, name: str, name_on_server: str, password: str | None) -> Record:
    """Returns the record of a role. ``password`` is None if the role cannot log in or its password is not known."""
    is_told = password is not None and project["store_passwords"]
    return {
        "branch_id": branch["id"],
        "name": name,
        "protected": False,
        "authentication_method": "password",
        "created_at": now(),
        "updated_at": now(),
        "_physical": name_on_server,
        **({"_password": password} if is_told else {}),
    }


def with_password(role: Record, password: str | None) -> dict[str, Any]:
    """Returns a role for the response to a new password."""
    return {**view(role), **({} if password is None else {"password": password})}


def stored_password(role: Record) -> str:
    """Returns the password. Raises ``ApiError`` with 412 if it is not stored."""
    if "_password" not in role:
        raise ApiError(412, "storing passwords is disabled for the project")
    password: str = role["_password"]
    return password


async def index(request: Request) -> Response:
    neon, branch = await _branch(request)
    return JSONResponse({"roles": views(neon.store.owned(ROLES, branch["id"]))})


async def create(request: Request) -> Response:
    """Creates a role, and closes the sessions of the compute."""
    requested = (await sent(request, RoleCreation)).role
    neon, project = await Neon.for_project(request)
    async with neon.change(project["id"]) as draft:
        branch = get_or_404(draft, BRANCHES, project["id"], request.path_params["branch_id"])
        require_compute(draft, branch)
        if draft.get(ROLES, branch["id"], requested.name):
            raise ApiError(409, "role already exists")
        password = None if requested.no_login else new_password()
        name_on_server = await neon.server_objects.add_role(branch, requested.name, password)
        role = role_record(project, branch, requested.name, name_on_server, password)
        if requested.no_login:
            role["authentication_method"] = "no_login"
        operations = neon.operation_runner.schedule(draft, project["id"], apply_actions(draft, branch))
        draft.put(ROLES, branch["id"], role["name"], {**role, "_operation": operations[0]["id"]})
        _close_sessions(neon, draft, branch)
    return JSONResponse({"role": with_password(role, password), "operations": views(operations)}, 201)


async def show(request: Request) -> Response:
    _, _, role = await _role(request)
    return JSONResponse({"role": view(role)})


async def remove(request: Request) -> Response:
    neon, project = await Neon.for_project(request)
    async with neon.change(project["id"]) as draft:
        branch = get_or_404(draft, BRANCHES, project["id"], request.path_params["branch_id"])
        role = draft.get(ROLES, branch["id"], request.path_params["role_name"])
        if role is None:
            return Response(status_code=204)
        owned = [each["name"] for each in draft.owned(DATABASES, branch["id"]) if each["owner_name"] == role["name"]]
        if owned:
            # Neon's response is not known. Postgres does not drop a role that owns a database.
            raise ApiError(422, f"the role owns the databases {', '.join(owned)}")
        await neon.server_objects.remove_role(draft, branch, role)
        operations = neon.operation_runner.schedule(draft, project["id"], apply_actions(draft, branch))
    return JSONResponse({"role": view(role), "operations": views(operations)})


async def reveal_password(request: Request) -> Response:
    _, _, role = await _role(request)
    return JSONResponse({"password": stored_password(role)})


async def reset_password(request: Request) -> Response:
    """Sets a new password, and closes the sessions of the compute.

    The old password is valid until the last operation has finished.
    """
    neon, project = await Neon.for_project(request)
    async with neon.change(project["id"]) as draft:
        branch = get_or_404(draft, BRANCHES, project["id"], request.path_params["branch_id"])
        role = get_or_404(draft, ROLES, branch["id"], request.path_params["role_name"])
        require_compute(draft, branch)
        if role["authentication_method"] == "no_login":
            raise ApiError(422, "the role cannot log in")
        password = new_password()
        stored = {"_password": password} if project["store_passwords"] else {}
        role = {**role, **stored, "updated_at": now()}
        draft.put(ROLES, branch["id"], role["name"], role)
        change = apply_actions(draft, branch, role=role["name"], verifier=scram_verifier(password))
        operations = neon.operation_runner.schedule(draft, project["id"], change)
        _close_sessions(neon, draft, branch)
    return JSONResponse({"role": with_password(role, password), "operations": views(operations)})


def _close_sessions(neon: Neon, draft: Draft, branch: Record) -> None:
    endpoint = endpoint_of(draft, branch)
    if endpoint is not None:
        neon.listeners.disconnect(endpoint)


async def _branch(request: Request) -> tuple[Neon, Record]:
    neon, project = await Neon.for_project(request)
    return neon, get_or_404(neon.store, BRANCHES, project["id"], request.path_params["branch_id"])


async def _role(request: Request) -> tuple[Neon, Record, Record]:
    neon, branch = await _branch(request)
    return neon, branch, get_or_404(neon.store, ROLES, branch["id"], request.path_params["role_name"])


ALL = "/projects/{project_id}/branches/{branch_id}/roles"
ONE = ALL + "/{role_name}"
ROUTES = [
    Route(ALL, index, methods=["GET"]),
    Route(ALL, create, methods=["POST"]),
    Route(ONE, show, methods=["GET"]),
    Route(ONE, remove, methods=["DELETE"]),
    Route(ONE + "/reveal_password", reveal_password, methods=["GET"]),
    Route(ONE + "/reset_password", reset_password, methods=["POST"]),
]
