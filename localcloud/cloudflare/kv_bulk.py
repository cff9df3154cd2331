"""Several values of a KV namespace at once: `accounts/{account}/storage/kv/namespaces/{namespace}/bulk`.

Source: wrangler 4.164.0 (November 2026), `kv bulk`, and
https://developers.cloudflare.com/api/resources/kv/subresources/namespaces/ (November 2026) for the limits.
"""

import base64
import binascii
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.envelope import ApiError, Json, json_body, json_object, ok
from localcloud.cloudflare.kv import INVALID, KEYS, NAMESPACES, get_namespace_or_404, is_expired
from localcloud.emulation.strict_json import parse_json

MAX_KEYS = 10_000
MAX_READ_KEYS = 100


async def put(request: Request) -> Response:
    """Writes several values, with expiration and metadata."""
    cloud = Cloud.of(request)
    namespace_id = get_namespace_or_404(cloud.store, request)["id"]
    pairs = [_pair(each) for each in _list(await json_body(request))]
    draft = cloud.store.draft()
    for key, value in pairs:
        await cloud.runtime.put_value(namespace_id, key["name"], value)
        draft.put(KEYS, namespace_id, key["name"], key)
    cloud.store.commit(draft)
    return ok(_counts(len(pairs)))


async def read(request: Request) -> Response:
    """Returns the values of several keys, without the keys that do not exist."""
    cloud = Cloud.of(request)
    namespace_id = get_namespace_or_404(cloud.store, request)["id"]
    body = await json_object(request)
    keys = _names(body.get("keys"), MAX_READ_KEYS)
    as_json, with_metadata = body.get("type") == "json", body.get("withMetadata") is True
    values: Json = {}
    for name in keys:
        key = cloud.store.get(KEYS, namespace_id, name)
        found = None if key and is_expired(key) else await cloud.runtime.value(namespace_id, name)
        if found is not None:
            value = _decode(name, found, as_json=as_json)
            values[name] = {"value": value, "metadata": (key or {}).get("metadata")} if with_metadata else value
    return ok({"values": values})


async def remove(request: Request) -> Response:
    cloud = Cloud.of(request)
    namespace_id = get_namespace_or_404(cloud.store, request)["id"]
    names = _names(await json_body(request), MAX_KEYS)
    draft = cloud.store.draft()
    for name in names:
        await cloud.runtime.delete_value(namespace_id, name)
        draft.delete(KEYS, namespace_id, name)
    cloud.store.commit(draft)
    return ok(_counts(len(names)))


def _list(body: Any) -> list[Any]:
    if not isinstance(body, list) or len(body) > MAX_KEYS:
        raise ApiError(400, INVALID, f"The body must be a list of at most {MAX_KEYS} items")
    return body


def _names(names: Any, most: int) -> list[str]:
    if not isinstance(names, list) or len(names) > most or not all(isinstance(name, str) and name for name in names):
        raise ApiError(400, INVALID, f"The keys must be a list of at most {most} strings")
    return names


def _pair(pair: Any) -> tuple[Json, bytes]:
    """Returns the record of a key, and its value."""
    if not isinstance(pair, dict) or not all(isinstance(pair.get(field), str) for field in ("key", "value")):
        raise ApiError(400, INVALID, "Each pair needs the strings `key` and `value`")
    key: Json = {"name": pair["key"]}
    if pair.get("metadata") is not None:
        key["metadata"] = pair["metadata"]
    for field, start in (("expiration", 0), ("expiration_ttl", int(time.time()))):
        if pair.get(field) is not None:
            key["expiration"] = start + _seconds(pair[field], field)
    try:
        return key, base64.b64decode(pair["value"], validate=True) if pair.get("base64") else pair["value"].encode()
    except binascii.Error:
        raise ApiError(400, INVALID, f"The value of `{pair['key']}` must be in base64") from None


def _seconds(value: Any, field: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ApiError(400, INVALID, f"`{field}` must be an integer number of seconds, got {value!r}")
    return value


def _decode(name: str, value: bytes, *, as_json: bool) -> Any:
    try:
        return parse_json(value) if as_json else value.decode()
    except ValueError:
        raise ApiError(400, INVALID, f"The value of `{name}` is not {'JSON' if as_json else 'a string'}") from None


def _counts(successful: int) -> Json:
    return {"successful_key_count": successful, "unsuccessful_keys": []}


ENDPOINTS = [
    Route(NAMESPACES + "/{namespace_id}/bulk", put, methods=["PUT"]),
    Route(NAMESPACES + "/{namespace_id}/bulk/get", read, methods=["POST"]),
    Route(NAMESPACES + "/{namespace_id}/bulk/delete", remove, methods=["POST"]),
    Route(NAMESPACES + "/{namespace_id}/bulk", remove, methods=["DELETE"]),
]
