"""Versions of a Worker: `accounts/{account}/workers/workers/{worker}/versions`, in beta.

A version is not active until a deployment names it, or `deploy=true` deploys it. Then its migrations of Durable Objects
are applied. A version that also binds a new class is rejected (10061), unless `deploy=true` deploys it. Sources:
pulumi-cloudflare 6.23.1 (2026-10-21); fields `migrations` and `assets` of a version in
https://developers.cloudflare.com/api/resources/workers/, and `examples/self-host/terraform/main.tf` of
moda-labs/bobi-agent (both read 2026-11-30).
"""

import base64
import binascii
from collections.abc import Sequence
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
RULES = ("_headers", "_redirects")


async def create(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    upload = _upload(await json_object(request))
    deploys = request.query_params.get("deploy") == "true"
    strict = request.query_params.get("bindings_inherit") == "strict"
    async with cloud.change() as draft:
        script = with_upload(
            draft, account, get_worker_or_404(draft, request), upload, cloud.settings, strict=strict, deploys=deploys
        )
        if deploys:
            script = deploy_newest(script)
        draft.put("scripts", account, script["name"], script)
    version = newest(script)
    assert version is not None
    return ok(_view(version, cloud.settings.hidden_version_fields, with_modules=False))


async def show(request: Request) -> Response:
    cloud = Cloud.of(request)
    script = get_worker_or_404(cloud.store, request)
    version = script["versions"].get(request.path_params["version"])
    if version is None:
        raise ApiError(404, NOT_FOUND, "workers.api.error.version_not_found")
    hidden = cloud.settings.hidden_version_fields
    return ok(_view(version, hidden, with_modules=request.query_params.get("include") == "modules"))


async def index(request: Request) -> Response:
    """Lists the versions, newest first."""
    cloud = Cloud.of(request)
    versions, hidden = get_worker_or_404(cloud.store, request)["versions"], cloud.settings.hidden_version_fields
    return page([_view(version, hidden, with_modules=False) for version in reversed(versions.values())], request)


def _upload(body: Json) -> Upload:
    sent = body.get("modules") or []
    if not isinstance(sent, list) or not all(isinstance(each, dict) for each in sent):
        raise ApiError(400, INVALID, "`modules` must be a list of objects")
    modules = {each["name"]: each for each in map(_module, sent)}
    return validate_upload(_with_asset_rules(body, modules), modules)


def _with_asset_rules(body: Json, modules: dict[str, Record]) -> Json:
    """Returns the body with the modules `_headers` and `_redirects` as settings of the static assets."""
    assets = body.get("assets")
    rules = {name: base64.b64decode(modules[name]["content_base64"]).decode() for name in RULES if name in modules}
    if not rules or not isinstance(assets, dict):
        return body
    return {**body, "assets": {**assets, "config": {**(assets.get("config") or {}), **rules}}}


def _module(sent: dict[str, Any]) -> Record:
    fields = ("name", "content_type", "content_base64")
    if not all(isinstance(sent.get(field), str) for field in fields):
        raise ApiError(400, INVALID, f"A module needs the strings {', '.join(fields)}")
    try:
        base64.b64decode(sent["content_base64"], validate=True)
    except binascii.Error:
        raise ApiError(400, INVALID, f"The content of module '{sent['name']}' must be in base64") from None
    return {field: sent[field] for field in fields}


def _view(version: Record, hidden: Sequence[str], *, with_modules: bool) -> Json:
    """Returns bindings sorted by name, and no assets: cloudflare/terraform-provider-cloudflare#7115."""
    shown = {"migrations": version["migrations"], **version["settings"]}
    main = version["modules"][0]["content_base64"] if version["modules"] else None
    return {
        **{name: version[name] for name in ("id", "number", "created_on", "source", "main_module")},
        **{name: value for name, value in shown.items() if value not in (None, {}) and name not in hidden},
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
