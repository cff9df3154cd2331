"""The status of the connectors of tunnels, which do not run here.

`POST /__localcloud/tunnels` sets it for all existing tunnels, and for new ones until a reset. `.../tunnels/{tunnel}`
sets it for one tunnel. The body is `{"status": "healthy"}`.
"""

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.settings import TunnelStatus
from localcloud.cloudflare.tunnels import KIND, with_status


class Connectors(BaseModel):
    model_config = ConfigDict(extra="forbid")

    status: TunnelStatus


async def set_all_statuses(request: Request) -> Response:
    cloud = Cloud.of(request)
    status = await _requested_status(request)
    if status is None:
        return NO_STATUS
    cloud.tunnel_status = status
    async with cloud.change() as draft:
        for account, tunnel in list(draft.every(KIND)):
            draft.put(KIND, account, tunnel["id"], with_status(tunnel, status))
    return JSONResponse({})


async def set_status(request: Request) -> Response:
    tunnel_id, status = request.path_params["tunnel_id"], await _requested_status(request)
    if status is None:
        return NO_STATUS
    async with Cloud.of(request).change() as draft:
        found = next(((owner, each) for owner, each in draft.every(KIND) if each["id"] == tunnel_id), None)
        if found is None:
            return JSONResponse({"error": f"there is no tunnel '{tunnel_id}'"}, 404)
        draft.put(KIND, found[0], tunnel_id, with_status(found[1], status))
    return JSONResponse({})


async def _requested_status(request: Request) -> TunnelStatus | None:
    try:
        return Connectors.model_validate_json(await request.body()).status
    except ValidationError:
        return None


NO_STATUS = JSONResponse({"error": f'the body must be {{"status": one of {", ".join(TunnelStatus)}}}'}, 400)
ENDPOINTS = [
    Route("/tunnels", set_all_statuses, methods=["POST"]),
    Route("/tunnels/{tunnel_id}", set_status, methods=["POST"]),
]
