"""Zones: `zones`.

The zones of the settings are listed. Every other name and every well-formed id is accepted as a zone, so that a
program can use the ids of its real zones.
"""

import hashlib
from collections.abc import Collection

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.envelope import ApiError, Json, ok, page

CREATED_ON = "2026-01-01T00:00:00Z"
NAME_SERVERS = ("ada.ns.cloudflare.com", "bob.ns.cloudflare.com")


async def index(request: Request) -> Response:
    name = request.query_params.get("name")
    names = (name,) if name else Cloud.of(request).settings.zones
    return page([_view(zone_id_of(each), each) for each in names], request)


async def show(request: Request) -> Response:
    zone_id = zone_of(request)
    name = zone_name(zone_id, Cloud.of(request).settings.zones) or f"zone-{zone_id[:8]}.example"
    return ok(_view(zone_id, name))


def zone_of(request: Request) -> str:
    """Returns the id of the zone of the path. Raises ``ApiError``."""
    zone_id: str = request.path_params["zone_id"]
    if len(zone_id) != 32 or not set(zone_id) <= set("0123456789abcdef"):
        raise ApiError(404, 7003, f"Could not route to /zones/{zone_id}, perhaps your object identifier is invalid?")
    return zone_id


def zone_id_of(name: str) -> str:
    """Returns the id of a zone, which is the same in every run."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def zone_name(zone_id: str, names: Collection[str]) -> str | None:
    """Returns the name of a listed zone, or None for another."""
    return next((name for name in names if zone_id_of(name) == zone_id), None)


def zone_of_host(host: str, names: Collection[str]) -> str:
    """Returns the zone name of a host: a listed zone, or its last two labels."""
    known = [name for name in names if is_below(host, name)]
    return max(known, key=len) if known else ".".join(host.split(".")[-2:])


def is_below(host: str, zone: str) -> bool:
    return host == zone or host.endswith(f".{zone}")


def _view(zone_id: str, name: str) -> Json:
    return {
        "id": zone_id,
        "name": name,
        "status": "active",
        "paused": False,
        "type": "full",
        "account": {"id": "local", "name": "local cloud"},
        "created_on": CREATED_ON,
        "modified_on": CREATED_ON,
        "development_mode": 0,
        "name_servers": NAME_SERVERS,
        "owner": {"id": None, "type": "user", "name": None},
        "plan": {"name": "Free Website", "legacy_id": "free"},
        "meta": {"step": 2, "page_rule_quota": 3, "phishing_detected": False},
    }


ENDPOINTS = [Route("/zones", index, methods=["GET"]), Route("/zones/{zone_id}", show, methods=["GET"])]
