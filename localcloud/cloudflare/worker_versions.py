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

from localcloud.cloudflare.binding_types import validate_binding
from localcloud.cloudflare.bindings import redact_bindings
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.cloudflare.new_version import with_upload
from localcloud.cloudflare.script_secrets import with_secrets
from localcloud.cloudflare.script_upload import Upload, validate_upload
from localcloud.cloudflare.scripts import INVALID, deploy_newest
from localcloud.cloudflare.versions import newest, shares, with_change
from localcloud.cloudflare.worker_objects import WORKERS, get_worker_or_404
from localcloud.emulation.store import Record

NOT_FOUND = 10007
RULES = ("_headers", "_redirects")
NO_VERSIONS = 10222
"""Source: wrangler 4.164.0 (November 2026), `versions secret put`."""


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
    version = _get_or_404(get_worker_or_404(cloud.store, request), request)
    hidden = cloud.settings.hidden_version_fields
    return ok(_view(version, hidden, with_modules=request.query_params.get("include") == "modules"))


async def index(request: Request) -> Response:
    """Lists the versions, newest first."""
    cloud = Cloud.of(request)
    versions, hidden = get_worker_or_404(cloud.store, request)["versions"], cloud.settings.hidden_version_fields
    return page([_view(version, hidden, with_modules=False) for version in reversed(versions.values())], request)


async def change_latest(request: Request) -> Response:
    """Creates a version with other variables and secrets than the latest, without a deployment.

    This is how `wrangler versions secret put` works. The body is a merge patch of `env`, an object of bindings by name.
    """
    body = await json_object(request)
    if not isinstance(body.get("env"), dict):
        raise ApiError(400, INVALID, "`env` must be an object of bindings by name")
    changes = {
        name: None if binding is None else validate_binding({"name": name, **binding})
        for name, binding in body["env"].items()
    }
    cloud = Cloud.of(request)
    async with cloud.change() as draft:
        script = get_worker_or_404(draft, request)
        before = newest(script)
        if before is None:
            raise ApiError(400, NO_VERSIONS, f"Worker '{script['name']}' has no version")
        annotations = {name: value for name, value in (body.get("annotations") or {}).items() if value is not None}
        settings = {**before["settings"], "annotations": annotations}
        script = with_change(script, before, bindings=with_secrets(before, changes), settings=settings)
        draft.put("scripts", account_of(request), script["name"], script)
    version = newest(script)
    assert version is not None
    return ok(_view(version, cloud.settings.hidden_version_fields, with_modules=False))


async def remove(request: Request) -> Response:
    """Deletes a version. Rejected while it is deployed."""
    async with Cloud.of(request).change() as draft:
        script = get_worker_or_404(draft, request)
        version = _get_or_404(script, request)
        if version["id"] in [each["id"] for each, _ in shares(script)]:
            raise ApiError(400, INVALID, f"Version '{version['id']}' is deployed and cannot be deleted")
        rest = {id_: each for id_, each in script["versions"].items() if id_ != version["id"]}
        draft.put("scripts", account_of(request), script["name"], {**script, "versions": rest})
    return ok(None)


def _get_or_404(script: Record, request: Request) -> Record:
    id_ = request.path_params["version"]
    version: Record | None = newest(script) if id_ == "latest" else script["versions"].get(id_)
    if version is None:
        raise ApiError(404, NOT_FOUND, "workers.api.error.version_not_found")
    return version


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
        "urls": [],  # the local runtime serves no version at a separate URL
        **({"modules": version["modules"] or []} if with_modules else {}),
    }


ENDPOINTS = [
    Route(WORKERS + "/{worker}/versions", create, methods=["POST"]),
    Route(WORKERS + "/{worker}/versions", index, methods=["GET"]),
    Route(WORKERS + "/{worker}/versions/latest", change_latest, methods=["PATCH"]),
    Route(WORKERS + "/{worker}/versions/{version}", show, methods=["GET"]),
    Route(WORKERS + "/{worker}/versions/{version}", remove, methods=["DELETE"]),
]
