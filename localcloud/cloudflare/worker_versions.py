"""Versions of a Worker: `accounts/{account}/workers/workers/{worker}/versions`, in beta.

A version runs nowhere until a deployment names it, or `deploy=true` does at once. Source: pulumi-cloudflare 6.23.1
(2026-10-21); code 10211 as in cloudflare/cloudflare-docs#33058.
"""

import base64
import binascii
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.bindings import shown
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.cloudflare.new_version import with_upload
from localcloud.cloudflare.script_upload import Upload, checked_upload
from localcloud.cloudflare.scripts import INVALID, in_service
from localcloud.cloudflare.versions import newest
from localcloud.cloudflare.worker_objects import WORKERS, known_worker
from localcloud.emulation.store import Record

NOT_FOUND = 10007
MIGRATION_WITHOUT_DEPLOYMENT = 10211


async def create(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    upload = _upload(await json_object(request))
    deploys = request.query_params.get("deploy") == "true"
    if upload.metadata.get("migrations") and not deploys:
        raise ApiError(
            400,
            MIGRATION_WITHOUT_DEPLOYMENT,
            "Migrations of Durable Objects cannot be in a version that is not deployed at once. Send `deploy=true`.",
        )
    strict = request.query_params.get("bindings_inherit") == "strict"
    async with cloud.change() as draft:
        script = with_upload(draft, account, known_worker(draft, request), upload, cloud.settings, strict=strict)
        if deploys:
            script = in_service(script)
        draft.put("scripts", account, script["name"], script)
    version = newest(script)
    assert version is not None
    return ok(_view(version, with_modules=False))


async def show(request: Request) -> Response:
    script = known_worker(Cloud.of(request).store, request)
    version = script["versions"].get(request.path_params["version"])
    if version is None:
        raise ApiError(404, NOT_FOUND, "workers.api.error.version_not_found")
    return ok(_view(version, with_modules=request.query_params.get("include") == "modules"))


async def index(request: Request) -> Response:
    """Newest first."""
    versions = known_worker(Cloud.of(request).store, request)["versions"]
    return page([_view(version, with_modules=False) for version in reversed(versions.values())], request)


def _upload(body: Json) -> Upload:
    stated = body.get("modules") or []
    if not isinstance(stated, list) or not all(isinstance(each, dict) for each in stated):
        raise ApiError(400, INVALID, "`modules` is a list of objects")
    modules = [_module(each) for each in stated]
    return checked_upload(body, {each["name"]: each for each in modules})


def _module(stated: dict[str, Any]) -> Record:
    fields = ("name", "content_type", "content_base64")
    if not all(isinstance(stated.get(field), str) for field in fields):
        raise ApiError(400, INVALID, f"A module has the texts {', '.join(fields)}")
    try:
        base64.b64decode(stated["content_base64"], validate=True)
    except binascii.Error:
        raise ApiError(400, INVALID, f"The content of module '{stated['name']}' is not in base64") from None
    return {field: stated[field] for field in fields}


def _view(version: Record, *, with_modules: bool) -> Json:
    """Bindings by name, whatever order they were sent in; no assets: cloudflare/terraform-provider-cloudflare#7115."""
    main = version["modules"][0]["content_base64"] if version["modules"] else None
    return {
        **{name: version[name] for name in ("id", "number", "created_on", "source", "main_module")},
        **{name: value for name, value in version["settings"].items() if value not in (None, {})},
        "bindings": sorted(shown(version["bindings"]), key=lambda binding: str(binding["name"])),
        "startup_time_ms": 1,
        "main_script_base64": main,
        **({"modules": version["modules"]} if with_modules else {}),
    }


ENDPOINTS = [
    Route(WORKERS + "/{worker}/versions", create, methods=["POST"]),
    Route(WORKERS + "/{worker}/versions", index, methods=["GET"]),
    Route(WORKERS + "/{worker}/versions/{version}", show, methods=["GET"]),
]
