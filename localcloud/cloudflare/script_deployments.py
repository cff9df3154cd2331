"""Which versions of a script get its requests: `accounts/{account}/workers/scripts/{script}/deployments`.

Source: https://developers.cloudflare.com/workers/versions-and-deployments/gradual-deployments/ (read 2026-11-21).
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, json_object, ok
from localcloud.cloudflare.scripts import INVALID, SCRIPTS, known_script
from localcloud.cloudflare.versions import deployed

NOT_FOUND = 10007


async def create(request: Request) -> Response:
    """Takes the place of the deployment before, in service as soon as it is answered."""
    body = await json_object(request)
    versions = body.get("versions")
    if body.get("strategy") != "percentage":
        raise ApiError(400, INVALID, f"`strategy` is '{body.get('strategy')}'; there is `percentage` only")
    if not isinstance(versions, list) or not all(isinstance(each, dict) for each in versions):
        raise ApiError(400, INVALID, "`versions` is a list of objects")
    async with Cloud.of(request).change() as draft:
        script = deployed(known_script(draft, request), versions, annotations=body.get("annotations") or {})
        draft.put("scripts", account_of(request), script["name"], script)
    return ok(script["deployments"][0])


async def index(request: Request) -> Response:
    """The first is in service."""
    return ok({"deployments": known_script(Cloud.of(request).store, request)["deployments"]})


async def show(request: Request) -> Response:
    for deployment in known_script(Cloud.of(request).store, request)["deployments"]:
        if deployment["id"] == request.path_params["deployment"]:
            return ok(deployment)
    raise ApiError(404, NOT_FOUND, "workers.api.error.deployment_not_found")


ENDPOINTS = [
    Route(SCRIPTS + "/{script}/deployments", create, methods=["POST"]),
    Route(SCRIPTS + "/{script}/deployments", index, methods=["GET"]),
    Route(SCRIPTS + "/{script}/deployments/{deployment}", show, methods=["GET"]),
]
