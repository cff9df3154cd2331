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
from localcloud.neon.computes import applied, needed_compute
from localcloud.neon.errors import ApiError
from localcloud.neon.names import new_password
from localcloud.neon.records import BRANCHES, DATABASES, ROLES, endpoint_of, known, view, views


def role_record(project: Record, branch: Record, name: str, physical: str, password: str | None) -> Record:
    """``password`` is None for a role that cannot sign in, and for one whose password nobody can tell."""
    is_told = password is not None and project["store_passwords"]
    return {
        "branch_id": branch["id"],
        "name": name,
        "protected": False,
        "authentication_method": "password",
        "created_at": now(),
        "updated_at": now(),
        "_physical": physical,
        **({"_password": password} if is_told else {}),
    }


def with_password(role: Record, password: str | None) -> dict[str, Any]:
    """As an answer shows it that made the password."""
    return {**view(role), **({} if password is None else {"password": password})}


def stored_password(role: Record) -> str:
    """Raises ``ApiError`` with 412 where it is not stored."""
    if "_password" not in role:
        raise ApiError(412, "storing passwords is disabled for the project")
    password: str = role["_password"]
    return password


async def index(request: Request) -> Response:
    neon, branch = await _branch(request)
    return JSONResponse({"roles": views(neon.store.owned(ROLES, branch["id"]))})


async def create(request: Request) -> Response:
    """Ends the sessions at the compute."""
    wanted = (await sent(request, RoleCreation)).role
    neon, project = await Neon.at(request)
    async with neon.change(project["id"]) as draft:
        branch = known(draft, BRANCHES, project["id"], request.path_params["branch_id"])
        needed_compute(draft, branch)
        if draft.get(ROLES, branch["id"], wanted.name):
            raise ApiError(409, "role already exists")
        password = None if wanted.no_login else new_password()
        physical = await neon.physical.add_role(branch, wanted.name, password)
        role = role_record(project, branch, wanted.name, physical, password)
        if wanted.no_login:
            role["authentication_method"] = "no_login"
        operations = neon.work.begin(draft, project["id"], applied(draft, branch))
        draft.put(ROLES, branch["id"], role["name"], {**role, "_operation": operations[0]["id"]})
        _cut(neon, draft, branch)
    return JSONResponse({"role": with_password(role, password), "operations": views(operations)}, 201)


async def show(request: Request) -> Response:
    _, _, role = await _role(request)
    return JSONResponse({"role": view(role)})


async def remove(request: Request) -> Response:
    neon, project = await Neon.at(request)
    async with neon.change(project["id"]) as draft:
        branch = known(draft, BRANCHES, project["id"], request.path_params["branch_id"])
        role = draft.get(ROLES, branch["id"], request.path_params["role_name"])
        if role is None:
            return Response(status_code=204)
        owned = [each["name"] for each in draft.owned(DATABASES, branch["id"]) if each["owner_name"] == role["name"]]
        if owned:
            # What Neon answers is not known; Postgres drops no role that owns a database.
            raise ApiError(422, f"the role owns the databases {', '.join(owned)}")
        await neon.physical.remove_role(draft, branch, role)
        operations = neon.work.begin(draft, project["id"], applied(draft, branch))
    return JSONResponse({"role": view(role), "operations": views(operations)})


async def reveal_password(request: Request) -> Response:
    _, _, role = await _role(request)
    return JSONResponse({"password": stored_password(role)})


async def reset_password(request: Request) -> Response:
    """The old password holds until the last operation has finished. Ends the sessions at the compute."""
    neon, project = await Neon.at(request)
    async with neon.change(project["id"]) as draft:
        branch = known(draft, BRANCHES, project["id"], request.path_params["branch_id"])
        role = known(draft, ROLES, branch["id"], request.path_params["role_name"])
        needed_compute(draft, branch)
        if role["authentication_method"] == "no_login":
            raise ApiError(422, "the role cannot log in")
        password = new_password()
        stored = {"_password": password} if project["store_passwords"] else {}
        role = {**role, **stored, "updated_at": now()}
        draft.put(ROLES, branch["id"], role["name"], role)
        change = applied(draft, branch, role=role["name"], password_verifier=scram_verifier(password))
        operations = neon.work.begin(draft, project["id"], change)
        _cut(neon, draft, branch)
    return JSONResponse({"role": with_password(role, password), "operations": views(operations)})


def _cut(neon: Neon, draft: Draft, branch: Record) -> None:
    endpoint = endpoint_of(draft, branch)
    if endpoint is not None:
        neon.doors.disconnect(endpoint)


async def _branch(request: Request) -> tuple[Neon, Record]:
    neon, project = await Neon.at(request)
    return neon, known(neon.store, BRANCHES, project["id"], request.path_params["branch_id"])


async def _role(request: Request) -> tuple[Neon, Record, Record]:
    neon, branch = await _branch(request)
    return neon, branch, known(neon.store, ROLES, branch["id"], request.path_params["role_name"])


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
