"""VPC services, which name hosts behind a tunnel: `accounts/{account}/connectivity/directory/services`.

Sources: the API's OpenAPI description, and alchemy-run/distilled for 5101 and 5104 (October 2026).
"""

import ipaddress
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.cloudflare.private_routes import tunnel_id_of
from localcloud.cloudflare.tunnels import KIND as TUNNELS
from localcloud.emulation.generated_values import new_uuid, now
from localcloud.emulation.store import Record, Records

KIND = "connectivity_services"

INVALID = 5101
NOT_FOUND = 5104

TYPES = {"tcp": ("tcp_port",), "http": ("http_port", "https_port")}
"""Types of services, with the ports that each may have."""
PORTS = ("tcp_port", "http_port", "https_port")
PROTOCOLS = ("postgresql", "mysql")
VERIFICATION_MODES = ("verify_full", "verify_ca", "disabled")
FIELDS = ("name", "type", "host", *PORTS, "app_protocol", "tls_settings")


async def create(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    body = await json_object(request)
    service_id, created_at = new_uuid(), now()
    content = _validate(cloud.store, account, body, service_id)
    service = {"service_id": service_id, **content, "created_at": created_at, "updated_at": created_at}
    cloud.store.put(KIND, account, service_id, service)
    return ok(service)


async def show(request: Request) -> Response:
    return ok(_get_or_404(Cloud.of(request).store, request))


async def index(request: Request) -> Response:
    kind = request.query_params.get("type")
    services = Cloud.of(request).store.owned(KIND, account_of(request))
    return page([each for each in services if kind in (None, each["type"])], request)


async def replace(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    body = await json_object(request)
    async with cloud.change() as draft:
        before = _get_or_404(draft, request)
        content = _validate(draft, account, body, before["service_id"])
        read_only = {name: before[name] for name in ("service_id", "created_at")}
        service = {**read_only, **content, "updated_at": now()}
        draft.put(KIND, account, service["service_id"], service)
    return ok(service)


async def remove(request: Request) -> Response:
    async with Cloud.of(request).change() as draft:
        draft.delete(KIND, account_of(request), _get_or_404(draft, request)["service_id"])
    return Response(status_code=204)


def _validate(records: Records, account: str, body: Json, own_id: str) -> Json:
    content = {name: body[name] for name in FIELDS if body.get(name) is not None}
    if not isinstance(content.get("name"), str) or not content["name"]:
        raise _malformed("missing field `name`")
    if content.get("type") not in TYPES:
        raise _malformed(f"unknown variant `{content.get('type')}`, expected `tcp` or `http`")
    for port in PORTS:
        _validate_port(content, port)
    _validate_protocol(content)
    content["host"] = _validate_host(content.get("host"))
    others = [each for each in records.owned(KIND, account) if each["service_id"] != own_id]
    if any(each["name"] == content["name"] for each in others):
        raise ApiError(400, INVALID, f"Service with the name '{content['name']}' already exists")
    if records.get(TUNNELS, account, tunnel_id_of(content)) is None:
        raise ApiError(400, INVALID, f"Tunnel ID Not Found: {tunnel_id_of(content)}")
    return content


def _validate_port(content: Json, port: str) -> None:
    if port not in content:
        return
    if port not in TYPES[content["type"]]:
        raise _malformed(f"unknown field `{port}` of a service of type {content['type']}")
    number = content[port]
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= 65535:
        raise _malformed(f"invalid value for `{port}`: {number!r}, expected a port")


def _validate_protocol(content: Json) -> None:
    protocol = content.get("app_protocol")
    if protocol is not None and (protocol not in PROTOCOLS or content["type"] != "tcp"):
        raise _malformed(f"unknown variant `{protocol}`, expected `postgresql` or `mysql` of a service of type tcp")
    if "tls_settings" not in content:
        return
    settings = content["tls_settings"]
    mode = settings.get("cert_verification_mode") if isinstance(settings, dict) else None
    if mode not in VERIFICATION_MODES:
        raise _malformed(f"unknown variant `{mode}`, expected one of {', '.join(VERIFICATION_MODES)}")


def _validate_host(host: Any) -> Json:
    """Validates a host name with the network that resolves it, or addresses with their network."""
    fields = {key: value for key, value in host.items() if value is not None} if isinstance(host, dict) else {}
    shapes = (
        {"hostname", "resolver_network"},
        {"ipv4", "network"},
        {"ipv6", "network"},
        {"ipv4", "ipv6", "network"},
    )
    if set(fields) not in shapes:
        raise _malformed("`host` must be {hostname, resolver_network}, or {ipv4 or ipv6 or both, network}")
    network = fields.get("network") or fields.get("resolver_network")
    if not isinstance(network, dict) or not isinstance(network.get("tunnel_id"), str):
        raise _malformed("missing field `tunnel_id`")
    for field, version in (("ipv4", 4), ("ipv6", 6)):
        if field in fields and not _is_address(fields[field], version):
            raise _malformed(f"invalid value for `{field}`: {fields[field]!r}")
    return fields


def _is_address(text: Any, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False


def _malformed(reason: str) -> ApiError:
    return ApiError(400, INVALID, f"invalid json: bad json data: {reason}")


def _get_or_404(records: Records, request: Request) -> Record:
    service = records.get(KIND, account_of(request), request.path_params["service_id"])
    if service is None:
        raise ApiError(404, NOT_FOUND, "Service not found")
    return service


COLLECTION = "/accounts/{account_id}/connectivity/directory/services"
ENDPOINTS = [
    Route(COLLECTION, index, methods=["GET"]),
    Route(COLLECTION, create, methods=["POST"]),
    Route(COLLECTION + "/{service_id}", show, methods=["GET"]),
    Route(COLLECTION + "/{service_id}", replace, methods=["PUT"]),
    Route(COLLECTION + "/{service_id}", remove, methods=["DELETE"]),
]
