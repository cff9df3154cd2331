"""Routes of a zone to scripts: `zones/{zone}/workers/routes`."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge_postgres.core.limits import AccountResource
from localcloud.cloudflare.account_limits import reject_above_limit
from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.deployment import route_host
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.cloudflare.zones import is_below, zone_name, zone_of
from localcloud.emulation.generated_values import new_id
from localcloud.emulation.store import Draft, Record, Records

KIND = "routes"
NOT_FOUND = 10009
NO_SUCH_SCRIPT = 10019
PATTERN_TAKEN = 10020
BAD_PATTERN = 10022


async def create(request: Request) -> Response:
    return await _store(request, new_id())


async def replace(request: Request) -> Response:
    return await _store(request, _get_or_404(Cloud.of(request).store, request)["id"])


async def show(request: Request) -> Response:
    return ok(_get_or_404(Cloud.of(request).store, request))


async def index(request: Request) -> Response:
    return page(Cloud.of(request).store.owned(KIND, zone_of(request)), request)


async def remove(request: Request) -> Response:
    async with Cloud.of(request).change() as draft:
        route_id = _get_or_404(draft, request)["id"]
        draft.delete(KIND, zone_of(request), route_id)
    return ok({"id": route_id})


async def _store(request: Request, route_id: str) -> Response:
    cloud, zone = Cloud.of(request), zone_of(request)
    body = await json_object(request)
    async with cloud.change() as draft:
        pattern = _validate_pattern(body.get("pattern"), zone_name(zone, cloud.settings.zones))
        if any(each["pattern"] == pattern and each["id"] != route_id for each in draft.owned(KIND, zone)):
            raise ApiError(409, PATTERN_TAKEN, "A route with the same pattern already exists")
        others = [each for each in draft.owned(KIND, zone) if each["id"] != route_id]
        reject_above_limit(cloud.settings, AccountResource.ROUTES_PER_ZONE, len(others) + 1, BAD_PATTERN)
        route: Json = {"id": route_id, "pattern": pattern}
        if body.get("script"):
            route["script"] = _validate_script(draft, body["script"])
        draft.put(KIND, zone, route_id, route)
    return ok(route)


def _validate_pattern(pattern: object, zone: str | None) -> str:
    """Validates a pattern.

    Source: https://developers.cloudflare.com/workers/configuration/routing/routes/ (November 2026).
    """
    host = route_host(pattern) if isinstance(pattern, str) else ""
    if not isinstance(pattern, str) or not host or "*" in host.lstrip("*") or "?" in pattern:
        raise ApiError(
            400, BAD_PATTERN, f"Could not understand route pattern [{pattern}], please try a different pattern"
        )
    if zone is not None and not is_below(host.lstrip("*").lstrip("."), zone):
        raise ApiError(400, BAD_PATTERN, f"Route pattern must include zone name: {zone}")
    return pattern


def _validate_script(draft: Draft, script: str) -> str:
    if all(each["name"] != script for _, each in draft.every("scripts")):
        raise ApiError(400, NO_SUCH_SCRIPT, f"The route's script '{script}' does not exist.")
    return script


def _get_or_404(records: Records, request: Request) -> Record:
    route = records.get(KIND, zone_of(request), request.path_params["route_id"])
    if route is None:
        raise ApiError(404, NOT_FOUND, f"Route '{request.path_params['route_id']}' was not found.")
    return route


ROUTES = "/zones/{zone_id}/workers/routes"
ENDPOINTS = [
    Route(ROUTES, index, methods=["GET"]),
    Route(ROUTES, create, methods=["POST"]),
    Route(ROUTES + "/{route_id}", show, methods=["GET"]),
    Route(ROUTES + "/{route_id}", replace, methods=["PUT"]),
    Route(ROUTES + "/{route_id}", remove, methods=["DELETE"]),
]
