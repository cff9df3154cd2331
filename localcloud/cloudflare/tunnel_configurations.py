"""Ingress rules of remotely managed tunnels: `accounts/{account}/cfd_tunnel/{tunnel}/configurations`.

There is no delete. Source of 1055: alchemy-run/distilled (2026).
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare import ingress
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok
from localcloud.cloudflare.tunnels import CONFIGURATIONS, TUNNEL, get_tunnel_or_404
from localcloud.emulation.generated_values import now

NOT_FOUND = 1055


async def show(request: Request) -> Response:
    store = Cloud.of(request).store
    found = store.get(CONFIGURATIONS, account_of(request), get_tunnel_or_404(store, request)["id"])
    if found is None:
        raise ApiError(404, NOT_FOUND, "Tunnel configuration not found")
    return ok(found)


async def replace(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    body = await json_object(request)
    config = ingress.validate_config(body.get("config") or {})
    async with cloud.change() as draft:
        tunnel = get_tunnel_or_404(draft, request)
        before = draft.get(CONFIGURATIONS, account, tunnel["id"]) or {"version": 0, "created_at": now()}
        configuration: Json = {
            "account_id": account,
            "tunnel_id": tunnel["id"],
            "version": before["version"] + 1,
            "config": config,
            "source": "cloudflare",
            "created_at": before["created_at"],
        }
        draft.put(CONFIGURATIONS, account, tunnel["id"], configuration)
    return ok(configuration)


ENDPOINTS = [
    Route(TUNNEL + "/configurations", show, methods=["GET"]),
    Route(TUNNEL + "/configurations", replace, methods=["PUT"]),
]
