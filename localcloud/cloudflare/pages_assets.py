"""Uploads of static files to a Pages project by wrangler: `.../upload-token` and `/pages/assets`.

A file is stored by its hash, once for all deployments of its project. The paths below `/pages/assets` contain no
account, because the token identifies it.
"""

import base64
import binascii
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.envelope import ApiError, json_body, json_object, ok
from localcloud.cloudflare.pages_projects import PROJECT, get_project_or_404
from localcloud.cloudflare.pages_serving import ASSETS
from localcloud.cloudflare.upload_tokens import claims_of, issue_token

INVALID = 8000001
UNAUTHORIZED = 8000013


async def token(request: Request) -> Response:
    cloud = Cloud.of(request)
    project = get_project_or_404(cloud.store, request)
    return ok({"jwt": issue_token(cloud.settings.api_token, {"project_id": project["id"]})})


async def check_missing(request: Request) -> Response:
    store, project_id = Cloud.of(request).store, _project_id(request)
    return ok([hash_ for hash_ in await _hashes(request) if store.get(ASSETS, project_id, hash_) is None])


async def receive(request: Request) -> Response:
    cloud, project_id, files = Cloud.of(request), _project_id(request), await json_body(request)
    if not isinstance(files, list) or not all(isinstance(file, dict) for file in files):
        raise ApiError(400, INVALID, "The body must be a list of files")
    draft = cloud.store.draft()
    for file in files:
        metadata = file.get("metadata") or {}
        content_type = metadata.get("contentType") or "application/octet-stream"
        stored = {"hash": str(file.get("key")), "content_base64": _validate_content(file), "content_type": content_type}
        draft.put(ASSETS, project_id, stored["hash"], stored)
    cloud.store.commit(draft)
    return ok({"successful_key_count": len(files), "unsuccessful_keys": []})


async def keep(request: Request) -> Response:
    """Accepts the request and does nothing, because files never expire here."""
    _project_id(request)
    await _hashes(request)
    return ok(None)


def _project_id(request: Request) -> str:
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    claims = claims_of(Cloud.of(request).settings.api_token, token)
    if claims is None:
        raise ApiError(401, UNAUTHORIZED, "Authorization failed")
    return str(claims["project_id"])


async def _hashes(request: Request) -> list[str]:
    hashes: Any = (await json_object(request)).get("hashes")
    if not isinstance(hashes, list):
        raise ApiError(400, INVALID, "`hashes` must be a list")
    return hashes


def _validate_content(file: Any) -> str:
    content = str(file.get("value"))
    if not file.get("base64"):
        return base64.b64encode(content.encode()).decode()
    try:
        base64.b64decode(content, validate=True)
    except binascii.Error:
        raise ApiError(400, INVALID, f"The file {file.get('key')} must be in base64") from None
    return content


ENDPOINTS = [
    Route(PROJECT + "/upload-token", token, methods=["GET"]),
    Route("/pages/assets/check-missing", check_missing, methods=["POST"]),
    Route("/pages/assets/upload", receive, methods=["POST"]),
    Route("/pages/assets/upsert-hashes", keep, methods=["POST"]),
]
