"""Static files on their way to a Pages project: `.../upload-token` and `/pages/assets`, as wrangler uploads them.

A file is kept by its hash, once for all deployments of its project. The paths below `/pages/assets` name no account:
the token does.
"""

import base64
import binascii
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.envelope import ApiError, json_body, json_object, ok
from localcloud.cloudflare.pages_projects import PROJECT, known_project
from localcloud.cloudflare.pages_serving import ASSETS
from localcloud.cloudflare.upload_tokens import claims_of, issued

INVALID = 8000001
UNAUTHORIZED = 8000013


async def token(request: Request) -> Response:
    cloud = Cloud.of(request)
    project = known_project(cloud.store, request)
    return ok({"jwt": issued(cloud.settings.api_token, {"project_id": project["id"]})})


async def check_missing(request: Request) -> Response:
    store, project_id = Cloud.of(request).store, _project_id(request)
    return ok([hash_ for hash_ in await _hashes(request) if store.get(ASSETS, project_id, hash_) is None])


async def receive(request: Request) -> Response:
    cloud, project_id, files = Cloud.of(request), _project_id(request), await json_body(request)
    if not isinstance(files, list) or not all(isinstance(file, dict) for file in files):
        raise ApiError(400, INVALID, "The body is no list of files")
    draft = cloud.store.draft()
    for file in files:
        metadata = file.get("metadata") or {}
        content_type = metadata.get("contentType") or "application/octet-stream"
        stored = {"hash": str(file.get("key")), "content_base64": _checked_content(file), "content_type": content_type}
        draft.put(ASSETS, project_id, stored["hash"], stored)
    cloud.store.commit(draft)
    return ok({"successful_key_count": len(files), "unsuccessful_keys": []})


async def keep(request: Request) -> Response:
    """Here no file is ever forgotten."""
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
        raise ApiError(400, INVALID, "`hashes` is no list")
    return hashes


def _checked_content(file: Any) -> str:
    content = str(file.get("value"))
    if not file.get("base64"):
        return base64.b64encode(content.encode()).decode()
    try:
        base64.b64decode(content, validate=True)
    except binascii.Error:
        raise ApiError(400, INVALID, f"The file {file.get('key')} is not in base64") from None
    return content


ENDPOINTS = [
    Route(PROJECT + "/upload-token", token, methods=["GET"]),
    Route("/pages/assets/check-missing", check_missing, methods=["POST"]),
    Route("/pages/assets/upload", receive, methods=["POST"]),
    Route("/pages/assets/upsert-hashes", keep, methods=["POST"]),
]
