"""Secrets of a script: `.../workers/scripts/{script}/secrets` and `.../secrets-bulk`.

Each change deploys a version at once, which is rejected while the newest version is not deployed. Values are
write-only. Source: wrangler 4.164.0 (November 2026). The code of a secret that does not exist is not documented.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.binding_types import validate_binding
from localcloud.cloudflare.bindings import redact_bindings
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.cloudflare.scripts import INVALID, SCRIPTS, deploy_newest, get_script_or_404
from localcloud.cloudflare.versions import (
    NOT_DEPLOYED,
    SECRET_TYPES,
    active,
    reject_undeployed,
    secrets_of,
    with_change,
)
from localcloud.emulation.store import Draft, Record, Records

NOT_FOUND = 10056


async def index(request: Request) -> Response:
    return page(redact_bindings(list(_secrets(Cloud.of(request).store, request).values())), request)


async def show(request: Request) -> Response:
    return ok(_view(_get_or_404(Cloud.of(request).store, request)))


async def put(request: Request) -> Response:
    secret = _validate(await json_object(request))
    async with Cloud.of(request).change() as draft:
        _deploy(draft, request, {secret["name"]: secret})
    return ok(_view(secret))


async def remove(request: Request) -> Response:
    async with Cloud.of(request).change() as draft:
        _deploy(draft, request, {_get_or_404(draft, request)["name"]: None})
    return ok(None)


async def patch_all(request: Request) -> Response:
    """Changes several secrets with one version. A secret that is null is removed."""
    sent = (await json_object(request)).get("secrets")
    if not isinstance(sent, dict):
        raise ApiError(400, INVALID, "`secrets` must be an object")
    secrets = {name: secret if secret is None else _validate(secret, name) for name, secret in sent.items()}
    async with Cloud.of(request).change() as draft:
        script = _deploy(draft, request, secrets)
    return ok({name: _view(secret) for name, secret in secrets_of(active(script) or {"bindings": []}).items()})


def with_secrets(version: Record, secrets: Mapping[str, Json | None]) -> list[Record]:
    """Returns the bindings of a version with other secrets, of which those that are null are removed."""
    kept = [binding for binding in version["bindings"] if binding["name"] not in secrets]
    return [*kept, *(secret for secret in secrets.values() if secret is not None)]


def _deploy(draft: Draft, request: Request, secrets: Mapping[str, Json | None]) -> Record:
    script = get_script_or_404(draft, request)
    before = active(script)
    if before is None:
        raise ApiError(400, INVALID, f"Worker '{script['name']}' has no version")
    reject_undeployed(script, NOT_DEPLOYED)
    changed = with_change(script, before, bindings=with_secrets(before, secrets))
    script = deploy_newest(changed, annotations={"workers/triggered_by": "secret"})
    draft.put("scripts", account_of(request), script["name"], script)
    return script


def _validate(secret: Any, name: str | None = None) -> Json:
    if isinstance(secret, dict) and name is not None:
        secret = {"name": name, **secret}
    binding = validate_binding(secret)
    if binding["type"] not in SECRET_TYPES:
        raise ApiError(400, INVALID, f"`type` must be one of {', '.join(SECRET_TYPES)}, got '{binding['type']}'")
    return binding


def _view(secret: Record) -> Json:
    return redact_bindings([secret])[0]


def _secrets(records: Records, request: Request) -> dict[str, Json]:
    version = active(get_script_or_404(records, request))
    return {} if version is None else secrets_of(version)


def _get_or_404(records: Records, request: Request) -> Json:
    name = request.path_params["secret"]
    secret = _secrets(records, request).get(name)
    if secret is None:
        raise ApiError(404, NOT_FOUND, f"Binding '{name}' not found.")
    return secret


SECRETS = SCRIPTS + "/{script}/secrets"
ENDPOINTS = [
    Route(SECRETS, index, methods=["GET"]),
    Route(SECRETS, put, methods=["PUT"]),
    Route(SECRETS + "/{secret}", show, methods=["GET"]),
    Route(SECRETS + "/{secret}", remove, methods=["DELETE"]),
    Route(SCRIPTS + "/{script}/secrets-bulk", patch_all, methods=["PATCH"]),
]
