"""R2 buckets: `accounts/{account}/r2/buckets`. Their objects are stored by the runtime, and have no endpoints.

The runtime creates a bucket for every name in a binding, so that a bucket that a deployed Worker is bound to exists.
The objects are not known here, so that a bucket that a Worker is bound to counts as not empty. Sources:
https://developers.cloudflare.com/api/resources/r2/subresources/buckets/ and
https://developers.cloudflare.com/r2/api/error-codes/ (read 2026-11-30).
"""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.bound_names import bound_names
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok
from localcloud.emulation.generated_values import now
from localcloud.emulation.store import Record, Records

KIND = "r2_buckets"

INVALID = 10021
INVALID_NAME = 10005
NOT_FOUND = 10006
NOT_EMPTY = 10008
CONFLICT = 10073

NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
LOCATIONS = ("apac", "eeur", "enam", "oc", "weur", "wnam")
STORAGE_CLASSES = ("Standard", "InfrequentAccess")
JURISDICTIONS = ("default", "eu", "us", "fedramp", "fedramp-high")
UNKNOWN_DATE = "1970-01-01T00:00:00.000Z"
"""Creation date of a bucket that only a binding names."""


async def create(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    body = await json_object(request)
    name = body.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ApiError(400, INVALID_NAME, "The specified bucket name is not valid.")
    if cloud.store.get(KIND, account, name):
        raise ApiError(409, CONFLICT, "The bucket you tried to create already exists, and you own it.")
    bucket: Record = {
        "name": name,
        "creation_date": now(),
        "location": _one_of(body.get("locationHint") or "enam", "locationHint", LOCATIONS).lower(),
        "storage_class": _one_of(body.get("storageClass") or "Standard", "storageClass", STORAGE_CLASSES),
        "jurisdiction": _jurisdiction(request),
    }
    cloud.store.put(KIND, account, name, bucket)
    return ok(bucket)


async def show(request: Request) -> Response:
    return ok(_get_or_404(Cloud.of(request).store, request))


async def index(request: Request) -> Response:
    """Lists the buckets of a jurisdiction by name. The list has no pages."""
    jurisdiction, part = _jurisdiction(request), request.query_params.get("name_contains", "")
    buckets = _buckets(Cloud.of(request).store, account_of(request))
    found = [each for each in buckets if each["jurisdiction"] == jurisdiction and part in each["name"]]
    return ok({"buckets": sorted(found, key=lambda bucket: str(bucket["name"]))})


async def change(request: Request) -> Response:
    """Changes the storage class, which a header contains."""
    cloud = Cloud.of(request)
    storage_class = request.headers.get("cf-r2-storage-class")
    bucket = _get_or_404(cloud.store, request)
    bucket = {**bucket, "storage_class": _one_of(storage_class, "cf-r2-storage-class", STORAGE_CLASSES)}
    cloud.store.put(KIND, account_of(request), bucket["name"], bucket)
    return ok(bucket)


async def remove(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    name = _get_or_404(cloud.store, request)["name"]
    if name in _bound(cloud.store, account):
        raise ApiError(409, NOT_EMPTY, "The bucket you tried to delete is not empty.")
    cloud.store.delete(KIND, account, name)
    return ok({})


def _buckets(records: Records, account: str) -> list[Record]:
    created = {bucket["name"]: bucket for bucket in records.owned(KIND, account)}
    implied = {name: _implied(name) for name in _bound(records, account)}
    return list({**implied, **created}.values())


def _bound(records: Records, account: str) -> list[str]:
    return bound_names(records, account, "r2_bucket", lambda binding: str(binding["bucket_name"]))


def _implied(name: str) -> Record:
    """Returns a bucket that only a binding names."""
    fixed = {"location": "enam", "storage_class": "Standard", "jurisdiction": "default"}
    return {"name": name, "creation_date": UNKNOWN_DATE, **fixed}


def _get_or_404(records: Records, request: Request) -> Json:
    jurisdiction = _jurisdiction(request)
    for bucket in _buckets(records, account_of(request)):
        if bucket["name"] == request.path_params["bucket"] and bucket["jurisdiction"] == jurisdiction:
            return bucket
    raise ApiError(404, NOT_FOUND, "The specified bucket does not exist.")


def _jurisdiction(request: Request) -> str:
    return _one_of(request.headers.get("cf-r2-jurisdiction", "default"), "cf-r2-jurisdiction", JURISDICTIONS)


def _one_of(value: Any, name: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ApiError(400, INVALID, f"`{name}` must be one of {', '.join(allowed)}, got '{value}'")
    return str(value)


BUCKETS = "/accounts/{account_id}/r2/buckets"
ENDPOINTS = [
    Route(BUCKETS, index, methods=["GET"]),
    Route(BUCKETS, create, methods=["POST"]),
    Route(BUCKETS + "/{bucket}", show, methods=["GET"]),
    Route(BUCKETS + "/{bucket}", change, methods=["PATCH"]),
    Route(BUCKETS + "/{bucket}", remove, methods=["DELETE"]),
]
