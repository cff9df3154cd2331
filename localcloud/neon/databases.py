"""Databases of a branch: `projects/{project}/branches/{branch}/databases`."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.emulation.generated_values import now
from localcloud.emulation.store import Record
from localcloud.neon.bodies import DatabaseChange, DatabaseCreation, sent
from localcloud.neon.cloud import Neon
from localcloud.neon.computes import apply_actions, require_compute
from localcloud.neon.errors import ApiError
from localcloud.neon.names import new_database_id
from localcloud.neon.records import BRANCHES, DATABASES, ROLES, get_or_404, view, views
from localcloud.neon.server_objects import owner_of


def database_record(branch: Record, name: str, owner: str, name_on_server: str) -> Record:
    return {
        "id": new_database_id(),
        "branch_id": branch["id"],
        "name": name,
        "owner_name": owner,
        "created_at": now(),
        "updated_at": now(),
        "_physical": name_on_server,
    }


async def index(request: Request) -> Response:
    neon, branch = await _branch(request)
    return JSONResponse({"databases": views(neon.store.owned(DATABASES, branch["id"]))})


async def create(request: Request) -> Response:
    requested = (await sent(request, DatabaseCreation)).database
    neon, project = await Neon.for_project(request)
    async with neon.change(project["id"]) as draft:
        branch = get_or_404(draft, BRANCHES, project["id"], request.path_params["branch_id"])
        require_compute(draft, branch)
        get_or_404(draft, ROLES, branch["id"], requested.owner_name)
        if draft.get(DATABASES, branch["id"], requested.name):
            raise ApiError(409, "database already exists")
        name_on_server = await neon.server_objects.add_database(branch, requested.name, requested.owner_name)
        database = database_record(branch, requested.name, requested.owner_name, name_on_server)
        operations = neon.operation_runner.schedule(draft, project["id"], apply_actions(draft, branch))
        draft.put(DATABASES, branch["id"], database["name"], {**database, "_operation": operations[0]["id"]})
    return JSONResponse({"database": view(database), "operations": views(operations)}, 201)


async def show(request: Request) -> Response:
    neon, branch = await _branch(request)
    database = get_or_404(neon.store, DATABASES, branch["id"], request.path_params["database_name"])
    return JSONResponse({"database": view(database)})


async def change(request: Request) -> Response:
    """Changes a database. A new name terminates its sessions."""
    requested = (await sent(request, DatabaseChange)).database
    neon, project = await Neon.for_project(request)
    async with neon.change(project["id"]) as draft:
        branch = get_or_404(draft, BRANCHES, project["id"], request.path_params["branch_id"])
        old = get_or_404(draft, DATABASES, branch["id"], request.path_params["database_name"])
        new = {**old, "updated_at": now()}
        if requested.owner_name is not None:
            get_or_404(draft, ROLES, branch["id"], requested.owner_name)
            owner = owner_of(project["id"], requested.owner_name)
            await neon.server.set_database_owner(old["_physical"], owner)
            new["owner_name"] = requested.owner_name
        if requested.name not in (None, old["name"]):
            if draft.get(DATABASES, branch["id"], requested.name):
                raise ApiError(409, "database already exists")
            new["_physical"] = await neon.server_objects.rename_database(branch, old, requested.name)
            new["name"] = requested.name
            draft.delete(DATABASES, branch["id"], old["name"])
        operations = neon.operation_runner.schedule(draft, project["id"], apply_actions(draft, branch))
        draft.put(DATABASES, branch["id"], new["name"], new)
    return JSONResponse({"database": view(new), "operations": views(operations)})


async def remove(request: Request) -> Response:
    neon, project = await Neon.for_project(request)
    async with neon.change(project["id"]) as draft:
        branch = get_or_404(draft, BRANCHES, project["id"], request.path_params["branch_id"])
        database = draft.get(DATABASES, branch["id"], request.path_params["database_name"])
        if database is None:
            return Response(status_code=204)
        await neon.server_objects.remove_database(draft, branch, database)
        operations = neon.operation_runner.schedule(draft, project["id"], apply_actions(draft, branch))
    return JSONResponse({"database": view(database), "operations": views(operations)})


async def _branch(request: Request) -> tuple[Neon, Record]:
    neon, project = await Neon.for_project(request)
    return neon, get_or_404(neon.store, BRANCHES, project["id"], request.path_params["branch_id"])


ALL = "/projects/{project_id}/branches/{branch_id}/databases"
ONE = ALL + "/{database_name}"
ROUTES = [
    Route(ALL, index, methods=["GET"]),
    Route(ALL, create, methods=["POST"]),
    Route(ONE, show, methods=["GET"]),
    Route(ONE, change, methods=["PATCH"]),
    Route(ONE, remove, methods=["DELETE"]),
]
