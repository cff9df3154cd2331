"""Computes: `projects/{project}/endpoints`. Each branch has one, because there are no read replicas here."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.emulation.generated_values import now
from localcloud.emulation.store import Record
from localcloud.neon.bodies import BranchEndpoint, EndpointChange, EndpointCreation, sent
from localcloud.neon.cloud import Neon
from localcloud.neon.computes import action, create_compute, schedule_operations, sizes_of, stored_settings
from localcloud.neon.errors import ApiError
from localcloud.neon.operation_runner import Action
from localcloud.neon.plan_limits import check_compute
from localcloud.neon.records import BRANCHES, ENDPOINTS, endpoint_of, get_or_404, view, views


def validate_type(requested: BranchEndpoint) -> None:
    if requested.type == "read_only":
        raise ApiError(422, "the local cloud has no read_only endpoints")


async def index(request: Request) -> Response:
    neon, project = await Neon.advance_project(request)
    return JSONResponse({"endpoints": views(neon.store.owned(ENDPOINTS, project["id"]))})


async def index_of_branch(request: Request) -> Response:
    neon, project = await Neon.advance_project(request)
    branch = get_or_404(neon.store, BRANCHES, project["id"], request.path_params["branch_id"])
    endpoint = endpoint_of(neon.store, branch)
    return JSONResponse({"endpoints": views([endpoint] if endpoint else [])})


async def create(request: Request) -> Response:
    requested = (await sent(request, EndpointCreation)).endpoint
    validate_type(requested)
    neon, project = await Neon.for_project(request)
    if requested.region_id not in (None, project["region_id"]):
        raise ApiError(400, f"region `{requested.region_id}` is not the project's")
    async with neon.change(project["id"]) as draft:
        branch = get_or_404(draft, BRANCHES, project["id"], requested.branch_id)
        if endpoint_of(draft, branch):
            raise ApiError(409, "read_write endpoint already exists on the branch")
        endpoint = await create_compute(neon, draft, project, branch, requested)
        actions = [] if requested.disabled else [action("start_compute", endpoint)]
        endpoint, operations = schedule_operations(neon, draft, endpoint, actions)
    return _respond(endpoint, operations, 201)


async def show(request: Request) -> Response:
    neon, project = await Neon.advance_project(request)
    return JSONResponse({"endpoint": view(get_or_404(neon.store, ENDPOINTS, project["id"], request.path_params["id"]))})


async def change(request: Request) -> Response:
    """Changes a compute, which is unusable until the last operation has finished.

    A suspended one starts and stops again.
    """
    requested = (await sent(request, EndpointChange)).endpoint
    neon, project = await Neon.for_project(request)
    async with neon.change(project["id"]) as draft:
        old = get_or_404(draft, ENDPOINTS, project["id"], request.path_params["id"])
        new = {**old, **sizes_of(old, requested), **stored_settings(requested), "updated_at": now()}
        check_compute(neon.settings.plan, new)
        if requested.branch_id not in (None, old["branch_id"]):
            branch = get_or_404(draft, BRANCHES, project["id"], requested.branch_id)
            if endpoint_of(draft, branch):
                raise ApiError(409, "read_write endpoint already exists on the branch")
            new["branch_id"] = branch["id"]
        endpoint, operations = schedule_operations(neon, draft, new, _actions(old, new))
    return _respond(endpoint, operations)


async def remove(request: Request) -> Response:
    """Deletes a compute and closes its sessions."""
    neon, project = await Neon.for_project(request)
    async with neon.change(project["id"]) as draft:
        endpoint = draft.get(ENDPOINTS, project["id"], request.path_params["id"])
        if endpoint is None:
            return Response(status_code=204)
        if get_or_404(draft, BRANCHES, project["id"], endpoint["branch_id"])["protected"]:
            raise ApiError(422, "an endpoint of a protected branch cannot be deleted")
        await neon.server_objects.remove_endpoint(draft, endpoint)
        operations = neon.operation_runner.schedule(draft, project["id"], [action("suspend_compute", endpoint)])
    return _respond(endpoint, operations)


async def start(request: Request) -> Response:
    return await _switch(request, "start_compute")


async def suspend(request: Request) -> Response:
    return await _switch(request, "suspend_compute")


async def restart(request: Request) -> Response:
    return await _switch(request, "suspend_compute", "start_compute")


async def _switch(request: Request, *actions: str) -> Response:
    neon, project = await Neon.for_project(request)
    async with neon.change(project["id"]) as draft:
        endpoint = get_or_404(draft, ENDPOINTS, project["id"], request.path_params["id"])
        if endpoint["disabled"] and "start_compute" in actions:
            raise ApiError(422, "the endpoint is disabled")
        if len(actions) > 1 and endpoint["current_state"] != "active":
            # https://neon.com/docs/manage/computes (not checked). The status is not known.
            raise ApiError(422, "only an active endpoint can be restarted")
        endpoint, operations = schedule_operations(neon, draft, endpoint, [action(name, endpoint) for name in actions])
    return _respond(endpoint, operations)


def _actions(old: Record, new: Record) -> list[Action]:
    """Returns the actions of a change. A new name needs none."""
    if new["disabled"]:
        return [] if old["disabled"] else [action("suspend_compute", new)]
    silent = ("name", "disabled", "updated_at")
    if all(old.get(key) == new.get(key) for key in new if key not in silent):
        return []
    if old["current_state"] == "active":
        return [action("apply_config", new)]
    return [action(name, new) for name in ("start_compute", "apply_config", "suspend_compute")]


def _respond(endpoint: Record, operations: list[Record], status: int = 200) -> Response:
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
