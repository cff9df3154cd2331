"""Tunnels: `accounts/{account}/cfd_tunnel`, and the token that a connector runs with.

No connector runs here. Whether one is connected is stated by `POST /__localcloud/tunnels/{tunnel}`, for one tunnel, or
by `POST /__localcloud/tunnels`, for all there are and will be.
1002, 1013 and 1022 were seen by alchemy-run/distilled and by users of cloudflared (2026).
"""

import base64
import binascii
import json
import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare import private_routes
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.cloudflare.settings import TunnelStatus
from localcloud.emulation.generated_values import new_uuid, now
from localcloud.emulation.store import Record, Records

KIND = "tunnels"
CONFIGURATIONS = "tunnel_configurations"

NOT_FOUND = 1002
NAME_TAKEN = 1013
IN_USE = 1022
INVALID = 1001

SOURCES = ("local", "cloudflare")
SECRET_BYTES = 32
HIDDEN = ("tunnel_secret", "config_src")
"""The secret is one; where the configuration is kept comes back as `remote_config` alone."""


async def create(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    body = await json_object(request)
    source = body.get("config_src") or "local"
    if source not in SOURCES:
        raise ApiError(400, INVALID, f"`config_src` is '{source}'; use one of {', '.join(SOURCES)}")
    tunnel: Json = {
        "id": new_uuid(),
        "account_tag": account,
        "name": _checked_name(cloud.store, account, body.get("name"), ""),
        "config_src": source,
        "tunnel_secret": _checked_secret(body.get("tunnel_secret") or _new_secret()),
        "remote_config": source == "cloudflare",
        "tun_type": "cfd_tunnel",
        "metadata": {},
        "created_at": now(),
        "deleted_at": None,
    }
    tunnel = turned(tunnel, cloud.tunnel_status)
    cloud.store.put(KIND, account, tunnel["id"], tunnel)
    return ok(view(tunnel))


async def show(request: Request) -> Response:
    return ok(view(known_tunnel(Cloud.of(request).store, request)))


async def index(request: Request) -> Response:
    name = request.query_params.get("name")
    tunnels = Cloud.of(request).store.owned(KIND, account_of(request))
    return page([view(each) for each in tunnels if name in (None, each["name"])], request)


async def patch(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    before, body = known_tunnel(cloud.store, request), await json_object(request)
    tunnel = {**before}
    if body.get("name") is not None:
        tunnel["name"] = _checked_name(cloud.store, account, body["name"], before["id"])
    if body.get("tunnel_secret") is not None:
        tunnel["tunnel_secret"] = _checked_secret(body["tunnel_secret"])
    cloud.store.put(KIND, account, tunnel["id"], tunnel)
    return ok(view(tunnel))


async def remove(request: Request) -> Response:
    """Refused while a connector is connected, and while a VPC service leads there (the latter is an assumption)."""
    cloud, account = Cloud.of(request), account_of(request)
    tunnel = known_tunnel(cloud.store, request)
    if TunnelStatus(tunnel["status"]).is_connected:
        raise ApiError(
            400,
            IN_USE,
            f"Cannot delete tunnel '{tunnel['name']}' because it has active connections. Stop all cloudflared replicas "
            "first.",
        )
    for service in cloud.store.owned("connectivity_services", account):
        if private_routes.tunnel_id_of(service) == tunnel["id"]:
            raise ApiError(
                400, IN_USE, f"Cannot delete tunnel '{tunnel['name']}': VPC service '{service['name']}' leads there."
            )
    async with cloud.change() as draft:
        draft.delete(CONFIGURATIONS, account, tunnel["id"])
        draft.delete(KIND, account, tunnel["id"])
    return ok({**view(tunnel), "deleted_at": now()})


async def show_token(request: Request) -> Response:
    """A secret: whoever has it can be the tunnel."""
    tunnel = known_tunnel(Cloud.of(request).store, request)
    parts = {"a": tunnel["account_tag"], "t": tunnel["id"], "s": tunnel["tunnel_secret"]}
    return ok(base64.b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode())


def view(tunnel: Record) -> Json:
    return {key: value for key, value in tunnel.items() if key not in HIDDEN} | {"connections": _connections(tunnel)}


def turned(tunnel: Record, status: TunnelStatus) -> Record:
    """The tunnel with another status, and the times that go with it."""
    if status.is_connected:
        return {**tunnel, "status": status, "conns_active_at": now(), "conns_inactive_at": None}
    since = None if status is TunnelStatus.INACTIVE else now()
    return {**tunnel, "status": status, "conns_active_at": None, "conns_inactive_at": since}


def known_tunnel(records: Records, request: Request) -> Record:
    tunnel = records.get(KIND, account_of(request), request.path_params["tunnel_id"])
    if tunnel is None:
        raise ApiError(404, NOT_FOUND, "Tunnel not found")
    return tunnel


def _checked_name(records: Records, account: str, name: object, own_id: str) -> str:
    if not isinstance(name, str) or not name:
        raise ApiError(400, INVALID, "`name` is mandatory")
    if any(each["name"] == name and each["id"] != own_id for each in records.owned(KIND, account)):
        raise ApiError(409, NAME_TAKEN, "You already have a tunnel with this name.")
    return name


def _checked_secret(secret: object) -> str:
    try:
        if isinstance(secret, str) and len(base64.b64decode(secret, validate=True)) >= SECRET_BYTES:
            return secret
    except binascii.Error:
        pass
    raise ApiError(400, INVALID, f"`tunnel_secret` is not {SECRET_BYTES} bytes or more in base64")


def _new_secret() -> str:
    return base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _connections(tunnel: Record) -> list[Json]:
    if not TunnelStatus(tunnel["status"]).is_connected:
        return []
    return [
        {
            "id": tunnel["id"],
            "uuid": tunnel["id"],
            "client_id": tunnel["id"],
            "client_version": "local cloud",
            "colo_name": "local",
            "is_pending_reconnect": False,
            "opened_at": tunnel["conns_active_at"],
            "origin_ip": "127.0.0.1",
        }
    ]


TUNNELS = "/accounts/{account_id}/cfd_tunnel"
TUNNEL = TUNNELS + "/{tunnel_id}"
ENDPOINTS = [
    Route(TUNNELS, index, methods=["GET"]),
    Route(TUNNELS, create, methods=["POST"]),
    Route(TUNNEL, show, methods=["GET"]),
    Route(TUNNEL, patch, methods=["PATCH"]),
    Route(TUNNEL, remove, methods=["DELETE"]),
    Route(TUNNEL + "/token", show_token, methods=["GET"]),
]
