"""Databases of a branch: `projects/{project}/branches/{branch}/databases`."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.emulation.generated_values import now
from localcloud.emulation.store import Record
from localcloud.neon.bodies import DatabaseChange, DatabaseCreation, sent
from localcloud.neon.cloud import Neon
from localcloud.neon.computes import applied, needed_compute
from localcloud.neon.errors import ApiError
from localcloud.neon.names import new_database_id
from localcloud.neon.physical import owner_of
from localcloud.neon.records import BRANCHES, DATABASES, ROLES, known, view, views


def database_record(branch: Record, name: str, owner: str, physical: str) -> Record:
    return {
        "id": new_database_id(),
        "branch_id": branch["id"],
        "name": name,
        "owner_name": owner,
        "created_at": now(),
        "updated_at": now(),
        "_physical": physical,
    }


async def index(request: Request) -> Response:
    neon, branch = await _branch(request)
    return JSONResponse({"databases": views(neon.store.owned(DATABASES, branch["id"]))})


async def create(request: Request) -> Response:
    wanted = (await sent(request, DatabaseCreation)).database
    neon, project = await Neon.at(request)
    async with neon.change(project["id"]) as draft:
        branch = known(draft, BRANCHES, project["id"], request.path_params["branch_id"])
        needed_compute(draft, branch)
        known(draft, ROLES, branch["id"], wanted.owner_name)
        if draft.get(DATABASES, branch["id"], wanted.name):
            raise ApiError(409, "database already exists")
        physical = await neon.physical.add_database(branch, wanted.name, wanted.owner_name)
        database = database_record(branch, wanted.name, wanted.owner_name, physical)
        operations = neon.work.begin(draft, project["id"], applied(draft, branch))
        draft.put(DATABASES, branch["id"], database["name"], {**database, "_operation": operations[0]["id"]})
    return JSONResponse({"database": view(database), "operations": views(operations)}, 201)


async def show(request: Request) -> Response:
    neon, branch = await _branch(request)
    database = known(neon.store, DATABASES, branch["id"], request.path_params["database_name"])
    return JSONResponse({"database": view(database)})


async def change(request: Request) -> Response:
    """Another name ends the sessions in the database."""
    wanted = (await sent(request, DatabaseChange)).database
    neon, project = await Neon.at(request)
    async with neon.change(project["id"]) as draft:
        branch = known(draft, BRANCHES, project["id"], request.path_params["branch_id"])
        old = known(draft, DATABASES, branch["id"], request.path_params["database_name"])
        new = {**old, "updated_at": now()}
        if wanted.owner_name is not None:
            known(draft, ROLES, branch["id"], wanted.owner_name)
            owner = owner_of(project["id"], wanted.owner_name)
            await neon.server.set_database_owner(old["_physical"], owner)
            new["owner_name"] = wanted.owner_name
        if wanted.name not in (None, old["name"]):
            if draft.get(DATABASES, branch["id"], wanted.name):
                raise ApiError(409, "database already exists")
            new["_physical"] = await neon.physical.rename_database(branch, old, wanted.name)
            new["name"] = wanted.name
            draft.delete(DATABASES, branch["id"], old["name"])
        operations = neon.work.begin(draft, project["id"], applied(draft, branch))
        draft.put(DATABASES, branch["id"], new["name"], new)
    return JSONResponse({"database": view(new), "operations": views(operations)})


async def remove(request: Request) -> Response:
    neon, project = await Neon.at(request)
    async with neon.change(project["id"]) as draft:
        branch = known(draft, BRANCHES, project["id"], request.path_params["branch_id"])
        database = draft.get(DATABASES, branch["id"], request.path_params["database_name"])
        if database is None:
            return Response(status_code=204)
        await neon.physical.remove_database(draft, branch, database)
        operations = neon.work.begin(draft, project["id"], applied(draft, branch))
    return JSONResponse({"database": view(database), "operations": views(operations)})


async def _branch(request: Request) -> tuple[Neon, Record]:
    neon, project = await Neon.at(request)
    return neon, known(neon.store, BRANCHES, project["id"], request.path_params["branch_id"])


ALL = "/projects/{project_id}/branches/{branch_id}/databases"
ONE = ALL + "/{database_name}"
ROUTES = [
    Route(ALL, index, methods=["GET"]),
    Route(ALL, create, methods=["POST"]),
    Route(ONE, show, methods=["GET"]),
    Route(ONE, change, methods=["PATCH"]),
    Route(ONE, remove, methods=["DELETE"]),
]
