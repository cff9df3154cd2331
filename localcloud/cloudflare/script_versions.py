"""Versions of a script: `accounts/{account}/workers/scripts/{script}/versions`.

These are the versions of `worker_versions.py` in another format. Source: wrangler 4.164.0 (November 2026), which
uploads and lists them.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.cloudflare.bindings import redact_bindings
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, ok, slice_of
from localcloud.cloudflare.new_version import with_upload
from localcloud.cloudflare.script_upload import read_upload
from localcloud.cloudflare.scripts import SCRIPTS, get_script_or_404
from localcloud.cloudflare.versions import AUTHOR, is_deployable, newest
from localcloud.cloudflare.worker_versions import NOT_FOUND
from localcloud.emulation.store import Record

MIGRATION_WITHOUT_DEPLOYMENT = 10211
"""wrangler cannot upload such a version either:
https://developers.cloudflare.com/workers/versions-and-deployments/gradual-deployments/ (read 2026-11-30)."""


async def create(request: Request) -> Response:
    """Creates a version, which no request reaches until a deployment names it."""
    cloud, upload = Cloud.of(request), await read_upload(request)
    if upload.metadata.get("migrations"):
        raise ApiError(
            400,
            MIGRATION_WITHOUT_DEPLOYMENT,
            "A version with migrations of Durable Objects cannot be uploaded without its deployment.",
        )
    strict = request.query_params.get("bindings_inherit") == "strict"
    async with cloud.change() as draft:
        before = get_script_or_404(draft, request)
        script = with_upload(draft, account_of(request), before, upload, cloud.settings, strict=strict, deploys=False)
        draft.put("scripts", account_of(request), script["name"], script)
    version = newest(script)
    assert version is not None
    return ok({**_view(script, version), "startup_time_ms": 1})


async def show(request: Request) -> Response:
    script = get_script_or_404(Cloud.of(request).store, request)
    version = script["versions"].get(request.path_params["version"])
    if version is None:
        raise ApiError(404, NOT_FOUND, "workers.api.error.version_not_found")
    return ok(_view(script, version))


async def index(request: Request) -> Response:
    """Lists the versions, newest first. With `deployable=true` they contain their resources."""
    script = get_script_or_404(Cloud.of(request).store, request)
    versions = list(reversed(script["versions"].values()))
    if request.query_params.get("deployable") == "true":
        items = [_view(script, version) for version in versions if is_deployable(version)]
    else:
        items = [_summary(version) for version in versions]
    shown, information = slice_of(items, request)
    envelope = {"success": True, "errors": [], "messages": [], "result": {"items": shown}, "result_info": information}
    return JSONResponse(envelope)


def _summary(version: Record) -> Json:
    created_on = version["created_on"]
    return {
        "id": version["id"],
        "number": version["number"],
        "metadata": {
            "author_email": AUTHOR,
            "author_id": "",
            "created_on": created_on,
            "modified_on": created_on,
            "source": version["source"],
            "hasPreview": False,
        },
        "annotations": version["settings"]["annotations"],
    }


def _view(script: Record, version: Record) -> Json:
    settings = version["settings"]
    return {
        **_summary(version),
        "resources": {
            "bindings": redact_bindings(version["bindings"]),
            "script": {
                "etag": version["etag"],
                "handlers": ["fetch"] if version["main_module"] else [],
                "named_handlers": [],
                "last_deployed_from": "api",
            },
            "script_runtime": {
                "compatibility_date": settings["compatibility_date"],
                "compatibility_flags": settings["compatibility_flags"],
                "usage_model": settings["usage_model"],
                **({"limits": settings["limits"]} if settings["limits"] else {}),
                **({"migration_tag": script["migration_tag"]} if script["migration_tag"] else {}),
            },
        },
    }


VERSIONS = SCRIPTS + "/{script}/versions"
ENDPOINTS = [
    Route(VERSIONS, index, methods=["GET"]),
    Route(VERSIONS, create, methods=["POST"]),
    Route(VERSIONS + "/{version}", show, methods=["GET"]),
]
