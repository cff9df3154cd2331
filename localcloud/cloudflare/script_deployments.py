"""Deployments, which distribute requests to versions: `accounts/{account}/workers/scripts/{script}/deployments`.

Source: https://developers.cloudflare.com/workers/versions-and-deployments/gradual-deployments/ (read 2026-11-21).
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, json_object, ok
from localcloud.cloudflare.scripts import INVALID, SCRIPTS, get_script_or_404
from localcloud.cloudflare.versions import deploy

NOT_FOUND = 10007


async def create(request: Request) -> Response:
    """Replaces the current deployment. It is active as soon as the response is sent."""
    body = await json_object(request)
    versions = body.get("versions")
    if body.get("strategy") != "percentage":
        raise ApiError(400, INVALID, f"`strategy` must be `percentage`, got '{body.get('strategy')}'")
    if not isinstance(versions, list) or not all(isinstance(each, dict) for each in versions):
        raise ApiError(400, INVALID, "`versions` must be a list of objects")
    async with Cloud.of(request).change() as draft:
        script = deploy(get_script_or_404(draft, request), versions, annotations=body.get("annotations") or {})
        draft.put("scripts", account_of(request), script["name"], script)
    return ok(script["deployments"][0])


async def index(request: Request) -> Response:
    """Lists the deployments. The first one is active."""
    return ok({"deployments": get_script_or_404(Cloud.of(request).store, request)["deployments"]})


async def show(request: Request) -> Response:
    for deployment in get_script_or_404(Cloud.of(request).store, request)["deployments"]:
        if deployment["id"] == request.path_params["deployment"]:
            return ok(deployment)
    raise ApiError(404, NOT_FOUND, "workers.api.error.deployment_not_found")


ENDPOINTS = [
    Route(SCRIPTS + "/{script}/deployments", create, methods=["POST"]),
    Route(SCRIPTS + "/{script}/deployments", index, methods=["GET"]),
    Route(SCRIPTS + "/{script}/deployments/{deployment}", show, methods=["GET"]),
]
