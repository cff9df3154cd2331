"""D1 databases: `accounts/{account}/d1/database`. Their rows are stored by the runtime, and have no endpoints.

The runtime creates a database for every id in a binding, so that a database that a deployed Worker is bound to exists.
Sources: https://developers.cloudflare.com/api/resources/d1/subresources/database/ (read 2026-11-30), and wrangler
4.164.0 for 7404 and 7502.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.bound_names import bound_names
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.emulation.generated_values import new_uuid, now
from localcloud.emulation.store import Record, Records

KIND = "d1_databases"

INVALID = 7400
NOT_FOUND = 7404
NAME_TAKEN = 7502

VERSION = "production"
"""The storage of all databases since the beta of D1."""
JURISDICTIONS = ("eu", "fedramp", "us")
MODES = ("auto", "disabled")
LISTED = ("uuid", "name", "version", "created_at", "jurisdiction")
"""Fields of a database in a list."""
UNKNOWN_TIME = "1970-01-01T00:00:00Z"
"""Creation time of a database that only a binding names."""


async def create(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    body = await json_object(request)
    name, jurisdiction = body.get("name"), body.get("jurisdiction")
    if not isinstance(name, str) or not name:
        raise ApiError(400, INVALID, "`name` must be a string that is not empty")
    if any(each["name"] == name for each in _databases(cloud.store, account)):
        raise ApiError(400, NAME_TAKEN, f"Database with name '{name}' already exists")
    if jurisdiction is not None and jurisdiction not in JURISDICTIONS:
        raise ApiError(400, INVALID, f"`jurisdiction` must be one of {', '.join(JURISDICTIONS)}")
    database = {
        **_new(new_uuid(), name, now()),
        "read_replication": _read_replication(body.get("read_replication") or {"mode": "disabled"}),
        **({"jurisdiction": jurisdiction} if jurisdiction else {}),
    }
    cloud.store.put(KIND, account, database["uuid"], database)
    return ok(database)


async def show(request: Request) -> Response:
    return ok(_get_or_404(Cloud.of(request).store, request))


async def index(request: Request) -> Response:
    name = request.query_params.get("name", "")
    databases = [each for each in _databases(Cloud.of(request).store, account_of(request)) if name in each["name"]]
    return page([{key: each[key] for key in LISTED if key in each} for each in databases], request)


async def change(request: Request) -> Response:
    """Changes the read replication. Nothing else can be changed."""
    cloud, body = Cloud.of(request), await json_object(request)
    database = _get_or_404(cloud.store, request)
    if body.get("read_replication") is not None:
        database = {**database, "read_replication": _read_replication(body["read_replication"])}
    cloud.store.put(KIND, account_of(request), database["uuid"], database)
    return ok(database)


async def remove(request: Request) -> Response:
    """Deletes a database. One that a Worker is bound to still exists for the runtime, and is listed again."""
    cloud = Cloud.of(request)
    cloud.store.delete(KIND, account_of(request), _get_or_404(cloud.store, request)["uuid"])
    return ok(None)


def _databases(records: Records, account: str) -> list[Record]:
    created = {database["uuid"]: database for database in records.owned(KIND, account)}
    bound = bound_names(records, account, "d1", lambda binding: str(binding.get("database_id") or binding["id"]))
    return list({**{id_: _new(id_, id_, UNKNOWN_TIME) for id_ in bound}, **created}.values())


def _new(id_: str, name: str, created_at: str) -> Record:
    measured = {"num_tables": 0, "file_size": 0}
    fixed = {"version": VERSION, "read_replication": {"mode": "disabled"}}
    return {"uuid": id_, "name": name, "created_at": created_at, **fixed, **measured}


def _read_replication(sent: Any) -> Json:
    mode = sent.get("mode") if isinstance(sent, dict) else None
    if mode not in MODES:
        raise ApiError(400, INVALID, f"`read_replication.mode` must be one of {', '.join(MODES)}, got '{mode}'")
    return {"mode": mode}


def _get_or_404(records: Records, request: Request) -> Record:
    """Returns the database of the path, by id or by name."""
    wanted = request.path_params["database"]
    for database in _databases(records, account_of(request)):
        if wanted in (database["uuid"], database["name"]):
            return database
    raise ApiError(404, NOT_FOUND, f"The database {wanted} could not be found")


DATABASES = "/accounts/{account_id}/d1/database"
ENDPOINTS = [
    Route(DATABASES, index, methods=["GET"]),
    Route(DATABASES, create, methods=["POST"]),
    Route(DATABASES + "/{database}", show, methods=["GET"]),
    Route(DATABASES + "/{database}", change, methods=["PUT", "PATCH"]),
    Route(DATABASES + "/{database}", remove, methods=["DELETE"]),
]
