"""Deployments, which distribute requests to versions: `accounts/{account}/workers/scripts/{script}/deployments`.

Source: https://developers.cloudflare.com/workers/versions-and-deployments/gradual-deployments/ (read 2026-11-21).
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok
from localcloud.cloudflare.scripts import INVALID, SCRIPTS, get_script_or_404
from localcloud.cloudflare.versions import deploy, reject_changed_secrets
from localcloud.emulation.store import Record

NOT_FOUND = 10007
LISTED = 10
"""The API lists the 10 newest deployments (wrangler 4.164.0, `deployments list`)."""


async def create(request: Request) -> Response:
    """Replaces the current deployment. It is active as soon as the response is sent."""
    body = await json_object(request)
    versions = body.get("versions")
    if body.get("strategy") != "percentage":
        raise ApiError(400, INVALID, f"`strategy` must be `percentage`, got '{body.get('strategy')}'")
    if not isinstance(versions, list) or not all(isinstance(each, dict) for each in versions):
        raise ApiError(400, INVALID, "`versions` must be a list of objects")
    async with Cloud.of(request).change() as draft:
        before = get_script_or_404(draft, request)
        if request.query_params.get("force") != "true":
            reject_changed_secrets(before, versions)
        script = deploy(before, versions, annotations=body.get("annotations") or {})
        draft.put("scripts", account_of(request), script["name"], script)
    return ok(script["deployments"][0])


async def index(request: Request) -> Response:
    """Lists the newest deployments. The first one is active."""
    deployments = get_script_or_404(Cloud.of(request).store, request)["deployments"]
    return ok({"deployments": deployments[:LISTED]})


async def show(request: Request) -> Response:
    return ok(_get_or_404(get_script_or_404(Cloud.of(request).store, request), request))


async def remove(request: Request) -> Response:
    """Deletes a deployment from the history. The active deployment cannot be deleted."""
    async with Cloud.of(request).change() as draft:
        script = get_script_or_404(draft, request)
        deployment = _get_or_404(script, request)
        if deployment["id"] == script["deployments"][0]["id"]:
            raise ApiError(400, INVALID, "The latest deployment is active and cannot be deleted")
        rest = [each for each in script["deployments"] if each["id"] != deployment["id"]]
        draft.put("scripts", account_of(request), script["name"], {**script, "deployments": rest})
    return ok(None)


def _get_or_404(script: Record, request: Request) -> Json:
    for deployment in script["deployments"]:
        if deployment["id"] == request.path_params["deployment"]:
            return dict(deployment)
    raise ApiError(404, NOT_FOUND, "workers.api.error.deployment_not_found")


ENDPOINTS = [
    Route(SCRIPTS + "/{script}/deployments", create, methods=["POST"]),
    Route(SCRIPTS + "/{script}/deployments", index, methods=["GET"]),
    Route(SCRIPTS + "/{script}/deployments/{deployment}", show, methods=["GET"]),
    Route(SCRIPTS + "/{script}/deployments/{deployment}", remove, methods=["DELETE"]),
]
