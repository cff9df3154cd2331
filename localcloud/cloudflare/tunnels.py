"""Tunnels: `accounts/{account}/cfd_tunnel`, and the token of a connector.

No connector runs here. `POST /__localcloud/tunnels/{tunnel}` sets whether one is connected, for one tunnel, and
`POST /__localcloud/tunnels` for all existing and new tunnels.
Sources of 1002, 1013 and 1022: alchemy-run/distilled and users of cloudflared (2026).
"""

import base64
import binascii
import json
import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge_postgres.core.limits import AccountResource
from localcloud.cloudflare import private_routes
from localcloud.cloudflare.account_limits import reject_above_limit
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.cloudflare.settings import TunnelStatus
from localcloud.emulation.generated_values import new_uuid, now
from localcloud.emulation.store import Record, Records

KIND = "tunnels"
CONFIGURATIONS = "tunnel_configurations"
DELETED = "deleted_tunnels"
"""Deleted tunnels stay readable, with `deleted_at`. They are in no list."""

NOT_FOUND = 1002
NAME_TAKEN = 1013
IN_USE = 1022
INVALID = 1001

SOURCES = ("local", "cloudflare")
SECRET_BYTES = 32
HIDDEN = ("tunnel_secret", "config_src")
"""Fields that are not returned: the secret, and the configuration source, which is returned as `remote_config`."""


async def create(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    body = await json_object(request)
    source = body.get("config_src") or "local"
    if source not in SOURCES:
        raise ApiError(400, INVALID, f"`config_src` must be one of {', '.join(SOURCES)}, got '{source}'")
    count = len(cloud.store.owned(KIND, account)) + 1
    reject_above_limit(cloud.settings, AccountResource.TUNNELS, count, INVALID)
    tunnel: Json = {
        "id": new_uuid(),
        "account_tag": account,
        "name": _validate_name(cloud.store, account, body.get("name"), ""),
        "config_src": source,
        "tunnel_secret": _validate_secret(body.get("tunnel_secret") or _new_secret()),
        "remote_config": source == "cloudflare",
        "tun_type": "cfd_tunnel",
        "metadata": {},
        "created_at": now(),
        "deleted_at": None,
    }
    tunnel = with_status(tunnel, cloud.tunnel_status)
    cloud.store.put(KIND, account, tunnel["id"], tunnel)
    return ok(view(tunnel))


async def show(request: Request) -> Response:
    """Returns a tunnel, also a deleted one.

    Source: https://developers.cloudflare.com/api/resources/zero_trust/subresources/tunnels/ (`deleted_at`, read
    2026-11-30). That the API returns deleted tunnels by id is an assumption.
    """
    store = Cloud.of(request).store
    deleted = store.get(DELETED, account_of(request), request.path_params["tunnel_id"])
    return ok(view(deleted or get_tunnel_or_404(store, request)))


async def index(request: Request) -> Response:
    name = request.query_params.get("name")
    tunnels = Cloud.of(request).store.owned(KIND, account_of(request))
    return page([view(each) for each in tunnels if name in (None, each["name"])], request)


async def patch(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    before, body = get_tunnel_or_404(cloud.store, request), await json_object(request)
    tunnel = {**before}
    if body.get("name") is not None:
        tunnel["name"] = _validate_name(cloud.store, account, body["name"], before["id"])
    if body.get("tunnel_secret") is not None:
        tunnel["tunnel_secret"] = _validate_secret(body["tunnel_secret"])
    cloud.store.put(KIND, account, tunnel["id"], tunnel)
    return ok(view(tunnel))


async def remove(request: Request) -> Response:
    """Deletes a tunnel. Rejected if a connector is connected, or if a VPC service uses it (an assumption)."""
    cloud, account = Cloud.of(request), account_of(request)
    tunnel = get_tunnel_or_404(cloud.store, request)
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
                400, IN_USE, f"Cannot delete tunnel '{tunnel['name']}': VPC service '{service['name']}' uses it."
            )
    deleted = {**tunnel, "deleted_at": now()}
    async with cloud.change() as draft:
        draft.delete(CONFIGURATIONS, account, tunnel["id"])
        draft.delete(KIND, account, tunnel["id"])
        draft.put(DELETED, account, tunnel["id"], deleted)
    return ok(view(deleted))


async def show_token(request: Request) -> Response:
    """Returns the token of a connector: a secret, with which any process can run the tunnel."""
    tunnel = get_tunnel_or_404(Cloud.of(request).store, request)
    parts = {"a": tunnel["account_tag"], "t": tunnel["id"], "s": tunnel["tunnel_secret"]}
    return ok(base64.b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode())


def view(tunnel: Record) -> Json:
    return {key: value for key, value in tunnel.items() if key not in HIDDEN} | {"connections": _connections(tunnel)}


def with_status(tunnel: Record, status: TunnelStatus) -> Record:
    """Returns the tunnel with another status, and the corresponding times."""
    if status.is_connected:
        return {**tunnel, "status": status, "conns_active_at": now(), "conns_inactive_at": None}
    since = None if status is TunnelStatus.INACTIVE else now()
    return {**tunnel, "status": status, "conns_active_at": None, "conns_inactive_at": since}


def get_tunnel_or_404(records: Records, request: Request) -> Record:
    tunnel = records.get(KIND, account_of(request), request.path_params["tunnel_id"])
    if tunnel is None:
        raise ApiError(404, NOT_FOUND, "Tunnel not found")
    return tunnel


def _validate_name(records: Records, account: str, name: object, own_id: str) -> str:
    if not isinstance(name, str) or not name:
        raise ApiError(400, INVALID, "`name` is required")
    if any(each["name"] == name and each["id"] != own_id for each in records.owned(KIND, account)):
        raise ApiError(409, NAME_TAKEN, "You already have a tunnel with this name.")
    return name


def _validate_secret(secret: object) -> str:
    try:
        if isinstance(secret, str) and len(base64.b64decode(secret, validate=True)) >= SECRET_BYTES:
            return secret
    except binascii.Error:
        pass
    raise ApiError(400, INVALID, f"`tunnel_secret` must have at least {SECRET_BYTES} bytes in base64")


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
