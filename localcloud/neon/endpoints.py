"""Computes: `projects/{project}/endpoints`. One for each branch; the local cloud has no read replicas."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.emulation.generated_values import now
from localcloud.emulation.store import Record
from localcloud.neon.bodies import BranchEndpoint, EndpointChange, EndpointCreation, sent
from localcloud.neon.cloud import Neon
from localcloud.neon.computes import action, begun, kept, new_compute, sizes_of
from localcloud.neon.errors import ApiError
from localcloud.neon.records import BRANCHES, ENDPOINTS, endpoint_of, known, view, views
from localcloud.neon.work import Action


def checked_type(wanted: BranchEndpoint) -> None:
    if wanted.type == "read_only":
        raise ApiError(422, "the local cloud has no read_only endpoints")


async def index(request: Request) -> Response:
    neon, project = await Neon.looked_at(request)
    return JSONResponse({"endpoints": views(neon.store.owned(ENDPOINTS, project["id"]))})


async def index_of_branch(request: Request) -> Response:
    neon, project = await Neon.looked_at(request)
    branch = known(neon.store, BRANCHES, project["id"], request.path_params["branch_id"])
    endpoint = endpoint_of(neon.store, branch)
    return JSONResponse({"endpoints": views([endpoint] if endpoint else [])})


async def create(request: Request) -> Response:
    wanted = (await sent(request, EndpointCreation)).endpoint
    checked_type(wanted)
    neon, project = await Neon.at(request)
    if wanted.region_id not in (None, project["region_id"]):
        raise ApiError(400, f"region `{wanted.region_id}` is not the project's")
    async with neon.change(project["id"]) as draft:
        branch = known(draft, BRANCHES, project["id"], wanted.branch_id)
        if endpoint_of(draft, branch):
            raise ApiError(409, "read_write endpoint already exists on the branch")
        endpoint = await new_compute(neon, draft, project, branch, wanted)
        actions = [] if wanted.disabled else [action("start_compute", endpoint)]
        endpoint, operations = begun(neon, draft, endpoint, actions)
    return _answer(endpoint, operations, 201)


async def show(request: Request) -> Response:
    neon, project = await Neon.looked_at(request)
    return JSONResponse({"endpoint": view(known(neon.store, ENDPOINTS, project["id"], request.path_params["id"]))})


async def change(request: Request) -> Response:
    """The compute is not usable until the last operation has finished. One that sleeps wakes, and sleeps again."""
    wanted = (await sent(request, EndpointChange)).endpoint
    neon, project = await Neon.at(request)
    async with neon.change(project["id"]) as draft:
        old = known(draft, ENDPOINTS, project["id"], request.path_params["id"])
        new = {**old, **sizes_of(old, wanted), **kept(wanted), "updated_at": now()}
        endpoint, operations = begun(neon, draft, new, _actions(old, new))
    return _answer(endpoint, operations)


async def remove(request: Request) -> Response:
    """Ends all sessions at the compute."""
    neon, project = await Neon.at(request)
    async with neon.change(project["id"]) as draft:
        endpoint = draft.get(ENDPOINTS, project["id"], request.path_params["id"])
        if endpoint is None:
            return Response(status_code=204)
        if known(draft, BRANCHES, project["id"], endpoint["branch_id"])["protected"]:
            raise ApiError(422, "an endpoint of a protected branch cannot be deleted")
        await neon.physical.remove_endpoint(draft, endpoint)
        operations = neon.work.begin(draft, project["id"], [action("suspend_compute", endpoint)])
    return _answer(endpoint, operations)


async def start(request: Request) -> Response:
    return await _switched(request, "start_compute")


async def suspend(request: Request) -> Response:
    return await _switched(request, "suspend_compute")


async def restart(request: Request) -> Response:
    return await _switched(request, "suspend_compute", "start_compute")


async def _switched(request: Request, *actions: str) -> Response:
    neon, project = await Neon.at(request)
    async with neon.change(project["id"]) as draft:
        endpoint = known(draft, ENDPOINTS, project["id"], request.path_params["id"])
        if endpoint["disabled"] and "start_compute" in actions:
            raise ApiError(422, "the endpoint is disabled")
        endpoint, operations = begun(neon, draft, endpoint, [action(name, endpoint) for name in actions])
    return _answer(endpoint, operations)


def _actions(old: Record, new: Record) -> list[Action]:
    """What a change asks of the compute: nothing where only its name is another."""
    if new["disabled"]:
        return [] if old["disabled"] else [action("suspend_compute", new)]
    silent = ("name", "disabled", "updated_at")
    if all(old.get(key) == new.get(key) for key in new if key not in silent):
        return []
    if old["current_state"] == "active":
        return [action("apply_config", new)]
    return [action(name, new) for name in ("start_compute", "apply_config", "suspend_compute")]


def _answer(endpoint: Record, operations: list[Record], status: int = 200) -> Response:
    return JSONResponse({"endpoint": view(endpoint), "operations": views(operations)}, status)


ALL = "/projects/{project_id}/endpoints"
ONE = ALL + "/{id}"
ROUTES = [
    Route("/projects/{project_id}/branches/{branch_id}/endpoints", index_of_branch, methods=["GET"]),
    Route(ALL, index, methods=["GET"]),
    Route(ALL, create, methods=["POST"]),
    Route(ONE, show, methods=["GET"]),
    Route(ONE, change, methods=["PATCH"]),
    Route(ONE, remove, methods=["DELETE"]),
    Route(ONE + "/start", start, methods=["POST"]),
    Route(ONE + "/suspend", suspend, methods=["POST"]),
    Route(ONE + "/restart", restart, methods=["POST"]),
]
