"""Versions of a Worker: `accounts/{account}/workers/workers/{worker}/versions`, in beta.

A version is not active until a deployment names it, or `deploy=true` deploys it. Sources: pulumi-cloudflare 6.23.1
(2026-10-21), and cloudflare/cloudflare-docs#33058 for code 10211.
"""

import base64
import binascii
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.bindings import redact_bindings
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.cloudflare.new_version import with_upload
from localcloud.cloudflare.script_upload import Upload, validate_upload
from localcloud.cloudflare.scripts import INVALID, deploy_newest
from localcloud.cloudflare.versions import newest
from localcloud.cloudflare.worker_objects import WORKERS, get_worker_or_404
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
            "A version with migrations of Durable Objects must be deployed at once. Send `deploy=true`.",
        )
    strict = request.query_params.get("bindings_inherit") == "strict"
    async with cloud.change() as draft:
        script = with_upload(draft, account, get_worker_or_404(draft, request), upload, cloud.settings, strict=strict)
        if deploys:
            script = deploy_newest(script)
        draft.put("scripts", account, script["name"], script)
    version = newest(script)
    assert version is not None
    return ok(_view(version, with_modules=False))


async def show(request: Request) -> Response:
    script = get_worker_or_404(Cloud.of(request).store, request)
    version = script["versions"].get(request.path_params["version"])
    if version is None:
        raise ApiError(404, NOT_FOUND, "workers.api.error.version_not_found")
    return ok(_view(version, with_modules=request.query_params.get("include") == "modules"))


async def index(request: Request) -> Response:
    """Lists the versions, newest first."""
    versions = get_worker_or_404(Cloud.of(request).store, request)["versions"]
    return page([_view(version, with_modules=False) for version in reversed(versions.values())], request)


def _upload(body: Json) -> Upload:
    sent = body.get("modules") or []
    if not isinstance(sent, list) or not all(isinstance(each, dict) for each in sent):
        raise ApiError(400, INVALID, "`modules` must be a list of objects")
    modules = [_module(each) for each in sent]
    return validate_upload(body, {each["name"]: each for each in modules})


def _module(sent: dict[str, Any]) -> Record:
    fields = ("name", "content_type", "content_base64")
    if not all(isinstance(sent.get(field), str) for field in fields):
        raise ApiError(400, INVALID, f"A module needs the strings {', '.join(fields)}")
    try:
        base64.b64decode(sent["content_base64"], validate=True)
    except binascii.Error:
        raise ApiError(400, INVALID, f"The content of module '{sent['name']}' must be in base64") from None
    return {field: sent[field] for field in fields}


def _view(version: Record, *, with_modules: bool) -> Json:
    """Returns bindings sorted by name, and no assets: cloudflare/terraform-provider-cloudflare#7115."""
    main = version["modules"][0]["content_base64"] if version["modules"] else None
    return {
        **{name: version[name] for name in ("id", "number", "created_on", "source", "main_module")},
        **{name: value for name, value in version["settings"].items() if value not in (None, {})},
        "bindings": sorted(redact_bindings(version["bindings"]), key=lambda binding: str(binding["name"])),
        "startup_time_ms": 1,
        "main_script_base64": main,
        **({"modules": version["modules"]} if with_modules else {}),
    }


ENDPOINTS = [
    Route(WORKERS + "/{worker}/versions", create, methods=["POST"]),
    Route(WORKERS + "/{worker}/versions", index, methods=["GET"]),
    Route(WORKERS + "/{worker}/versions/{version}", show, methods=["GET"]),
]
