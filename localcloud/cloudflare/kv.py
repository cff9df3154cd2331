"""KV namespaces and their values: `accounts/{account}/storage/kv/namespaces`.

The runtime stores the values, so that Workers can read them. It cannot list keys, so that the list of keys here
contains only those that were written through this API.
"""

import time
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from edge_postgres.core.limits import AccountResource
from localcloud.cloudflare.account_limits import reject_above_limit
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.cloudflare.multipart import MultipartError, is_multipart, parse_multipart
from localcloud.emulation.generated_values import new_id
from localcloud.emulation.store import Record, Records
from localcloud.emulation.strict_json import parse_json

KIND = "kv_namespaces"
KEYS = "kv_keys"
"""Kind of record, owned by a namespace: `metadata` and `expiration` (seconds since the epoch) of each key."""

INVALID = 10021
KEY_NOT_FOUND = 10009
NAMESPACE_NOT_FOUND = 10013
TITLE_TAKEN = 10014
TITLE_MISSING = 10019


async def create(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    body = await json_object(request)
    count = len(cloud.store.owned(KIND, account)) + 1
    reject_above_limit(cloud.settings, AccountResource.KV_NAMESPACES, count, INVALID)
    namespace = {
        "id": new_id(),
        **body,
        "title": _validate_title(cloud.store, account, body, ""),
        "supports_url_encoding": True,
    }
    cloud.store.put(KIND, account, namespace["id"], namespace)
    return ok(namespace)


async def show(request: Request) -> Response:
    return ok(get_namespace_or_404(Cloud.of(request).store, request))


async def index(request: Request) -> Response:
    return page(Cloud.of(request).store.owned(KIND, account_of(request)), request)


async def rename(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    before = get_namespace_or_404(cloud.store, request)
    title = _validate_title(cloud.store, account, await json_object(request), before["id"])
    namespace = {**before, "title": title}
    cloud.store.put(KIND, account, namespace["id"], namespace)
    return ok(namespace)


async def remove(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    async with cloud.change() as draft:
        namespace_id = get_namespace_or_404(draft, request)["id"]
        for key in draft.owned(KEYS, namespace_id):
            draft.delete(KEYS, namespace_id, key["name"])
        draft.delete(KIND, account, namespace_id)
    await cloud.runtime.delete_namespace(namespace_id)
    return ok({})


async def put_value(request: Request) -> Response:
    """Writes a value. The body is the value, or a multipart message with the fields `value` and `metadata`."""
    cloud, name = Cloud.of(request), request.path_params["key"]
    namespace_id = get_namespace_or_404(cloud.store, request)["id"]
    fields = await _fields(request)
    key: Json = {"name": name}
    if metadata := fields.get("metadata"):
        key["metadata"] = _json(metadata)
    if (expiration := _expiration(request)) is not None:
        key["expiration"] = expiration
    await cloud.runtime.put_value(namespace_id, name, fields.get("value", b""))
    cloud.store.put(KEYS, namespace_id, name, key)
    return ok({})


async def show_value(request: Request) -> Response:
    cloud, name = Cloud.of(request), request.path_params["key"]
    namespace_id = get_namespace_or_404(cloud.store, request)["id"]
    key = cloud.store.get(KEYS, namespace_id, name)
    value = None if key and is_expired(key) else await cloud.runtime.value(namespace_id, name)
    if value is None:
        raise ApiError(404, KEY_NOT_FOUND, "get: 'key not found'")
    return Response(value, media_type="application/octet-stream")


async def remove_value(request: Request) -> Response:
    cloud, name = Cloud.of(request), request.path_params["key"]
    namespace_id = get_namespace_or_404(cloud.store, request)["id"]
    await cloud.runtime.delete_value(namespace_id, name)
    cloud.store.delete(KEYS, namespace_id, name)
    return ok({})


async def show_metadata(request: Request) -> Response:
    cloud = Cloud.of(request)
    key = cloud.store.get(KEYS, get_namespace_or_404(cloud.store, request)["id"], request.path_params["key"])
    if key is None or is_expired(key):
        raise ApiError(404, KEY_NOT_FOUND, "get: 'key not found'")
    return ok(key.get("metadata"))


async def index_keys(request: Request) -> Response:
    """Lists all keys. The cursor in the response is always empty."""
    cloud = Cloud.of(request)
    keys = cloud.store.owned(KEYS, get_namespace_or_404(cloud.store, request)["id"])
    prefix = request.query_params.get("prefix", "")
    found = [key for key in keys if key["name"].startswith(prefix) and not is_expired(key)]
    found.sort(key=lambda key: quote(key["name"]))
    information = {"count": len(found), "cursor": ""}
    return JSONResponse({"success": True, "errors": [], "messages": [], "result": found, "result_info": information})


def get_namespace_or_404(records: Records, request: Request) -> Record:
    """Returns the namespace of the path. Raises ``ApiError`` 404 if it does not exist."""
    namespace = records.get(KIND, account_of(request), request.path_params["namespace_id"])
    if namespace is None:
        raise ApiError(404, NAMESPACE_NOT_FOUND, "get namespace: 'namespace not found'")
    return namespace


def _validate_title(records: Records, account: str, body: Json, own_id: str) -> str:
    title = body.get("title")
    if not isinstance(title, str) or not title:
        raise ApiError(400, TITLE_MISSING, "a title is required")
    if any(each["title"] == title and each["id"] != own_id for each in records.owned(KIND, account)):
        raise ApiError(400, TITLE_TAKEN, "a namespace with this account ID and title already exists")
    return title


async def _fields(request: Request) -> dict[str, bytes]:
    content_type = request.headers.get("content-type", "")
    body = await request.body()
    if not is_multipart(content_type):
        return {"value": body}
    try:
        return {part.name: part.content for part in parse_multipart(body, content_type)}
    except MultipartError:
        raise ApiError(400, INVALID, "The body must be multipart/form-data") from None


def _json(text: bytes) -> Any:
    try:
        return parse_json(text)
    except ValueError:
        raise ApiError(400, INVALID, "`metadata` must be JSON") from None


def _expiration(request: Request) -> int | None:
    """Returns the expiration in seconds since the epoch, from `expiration`, or from `expiration_ttl` from now."""
    for name, start in (("expiration", 0), ("expiration_ttl", int(time.time()))):
        text = request.query_params.get(name)
        if text is None:
            continue
        if not text.isdecimal():
            raise ApiError(400, INVALID, f"`{name}` must be an integer number of seconds, got `{text}`")
        return start + int(text)
    return None


def is_expired(key: Record) -> bool:
    """Whether the expiration of a key has passed."""
    return "expiration" in key and bool(key["expiration"] <= time.time())


NAMESPACES = "/accounts/{account_id}/storage/kv/namespaces"
ENDPOINTS = [
    Route(NAMESPACES, index, methods=["GET"]),
    Route(NAMESPACES, create, methods=["POST"]),
    Route(NAMESPACES + "/{namespace_id}", show, methods=["GET"]),
    Route(NAMESPACES + "/{namespace_id}", rename, methods=["PUT"]),
    Route(NAMESPACES + "/{namespace_id}", remove, methods=["DELETE"]),
    Route(NAMESPACES + "/{namespace_id}/keys", index_keys, methods=["GET"]),
    Route(NAMESPACES + "/{namespace_id}/values/{key:path}", show_value, methods=["GET"]),
    Route(NAMESPACES + "/{namespace_id}/values/{key:path}", put_value, methods=["PUT"]),
    Route(NAMESPACES + "/{namespace_id}/values/{key:path}", remove_value, methods=["DELETE"]),
    Route(NAMESPACES + "/{namespace_id}/metadata/{key:path}", show_metadata, methods=["GET"]),
]
