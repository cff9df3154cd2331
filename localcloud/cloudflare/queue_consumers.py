"""Consumers of queues: `accounts/{account}/queues/{queue}/consumers`.

Sources: https://developers.cloudflare.com/api/resources/queues/subresources/consumers/ and
https://developers.cloudflare.com/queues/platform/limits/ (read 2026-11-30); cloudflare/workers-sdk#5347 (11004: a queue
has at most one Worker as consumer) and #3370 (10064: a Worker that consumes a queue cannot be deleted).
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.cloudflare.queue_records import CONSUMERS, consumed_by, consumers_of
from localcloud.cloudflare.queues import (
    INVALID,
    MAX_DELAY_SECONDS,
    consumer_view,
    get_queue_or_404,
    reject_outside,
)
from localcloud.cloudflare.queues import PATH as QUEUE_PATH
from localcloud.emulation.generated_values import new_id, now
from localcloud.emulation.store import Record, Records

SCRIPT_NOT_FOUND = 10007
IN_USE = 10064
CONSUMER_EXISTS = 11004
CONSUMER_NOT_FOUND = 11002

WORKER = "worker"
HTTP_PULL = "http_pull"
DEFAULTS: dict[str, Json] = {
    WORKER: {"batch_size": 10, "max_concurrency": None, "max_retries": 3, "max_wait_time_ms": 5_000, "retry_delay": 0},
    HTTP_PULL: {"batch_size": 10, "max_retries": 3, "retry_delay": 0, "visibility_timeout_ms": 30_000},
}
"""Settings by type of consumer, with their defaults."""
RANGES = {
    "batch_size": (1, 100),
    "max_concurrency": (1, 250),
    "max_retries": (0, 100),
    "max_wait_time_ms": (0, 60_000),
    "retry_delay": (0, MAX_DELAY_SECONDS),
    "visibility_timeout_ms": (0, 43_200_000),
}


async def create(request: Request) -> Response:
    account, body = account_of(request), await json_object(request)
    async with Cloud.of(request).change() as draft:
        queue = get_queue_or_404(draft, request)
        fields = _fields(draft, account, body)
        if any(each["type"] == fields["type"] for each in consumers_of(draft, account, queue["queue_id"])):
            raise ApiError(400, CONSUMER_EXISTS, "workers.api.error.consumer_exists")
        identity = {"consumer_id": new_id(), "queue_id": queue["queue_id"], "created_on": now()}
        consumer = {**identity, **fields}
        draft.put(CONSUMERS, account, consumer["consumer_id"], consumer)
    return ok(consumer_view(draft, account, consumer))


async def index(request: Request) -> Response:
    store, account = Cloud.of(request).store, account_of(request)
    queue_id = get_queue_or_404(store, request)["queue_id"]
    return page([consumer_view(store, account, each) for each in consumers_of(store, account, queue_id)], request)


async def show(request: Request) -> Response:
    store, account = Cloud.of(request).store, account_of(request)
    return ok(consumer_view(store, account, _get_or_404(store, request)))


async def replace(request: Request) -> Response:
    """Replaces a consumer. Omitted settings get their defaults."""
    account, body = account_of(request), await json_object(request)
    async with Cloud.of(request).change() as draft:
        before = _get_or_404(draft, request)
        kept = {name: before[name] for name in ("type", "script_name") if before.get(name) is not None}
        consumer = {
            **{name: before[name] for name in ("consumer_id", "queue_id", "created_on")},
            **_fields(draft, account, {**kept, **body}),
        }
        draft.put(CONSUMERS, account, consumer["consumer_id"], consumer)
    return ok(consumer_view(draft, account, consumer))


async def remove(request: Request) -> Response:
    async with Cloud.of(request).change() as draft:
        draft.delete(CONSUMERS, account_of(request), _get_or_404(draft, request)["consumer_id"])
    return ok(None)


def reject_if_consumer(records: Records, account: str, script: str) -> None:
    """Raises ``ApiError`` if the Worker consumes a queue."""
    if consumed_by(records, account, script):
        raise ApiError(400, IN_USE, "script still in use as a consumer for a queue")


def _get_or_404(records: Records, request: Request) -> Record:
    queue_id = get_queue_or_404(records, request)["queue_id"]
    consumer = records.get(CONSUMERS, account_of(request), request.path_params["consumer_id"])
    if consumer is None or consumer["queue_id"] != queue_id:
        raise ApiError(404, CONSUMER_NOT_FOUND, "workers.api.error.consumer_not_found")
    return consumer


def _fields(records: Records, account: str, body: Json) -> Json:
    kind = body.get("type")
    if kind not in DEFAULTS:
        raise ApiError(400, INVALID, f"`type` must be one of: {', '.join(DEFAULTS)}")
    script = body.get("script_name")
    if kind == WORKER and (not isinstance(script, str) or not records.get("scripts", account, script)):
        raise ApiError(400, SCRIPT_NOT_FOUND, "workers.api.error.script_not_found: `script_name` is not a Worker")
    dead_letters = body.get("dead_letter_queue") or None
    if dead_letters is not None and not isinstance(dead_letters, str):
        raise ApiError(400, INVALID, "`dead_letter_queue` must be the name of a queue")
    return {
        "type": kind,
        **({"script_name": script} if kind == WORKER else {}),
        **({"dead_letter_queue": dead_letters} if dead_letters else {}),
        "settings": _settings(kind, body.get("settings") or {}),
    }


def _settings(kind: str, settings: Any) -> Json:
    if not isinstance(settings, dict):
        raise ApiError(400, INVALID, "`settings` must be an object")
    found = {
        name: default if settings.get(name) is None else settings[name] for name, default in DEFAULTS[kind].items()
    }
    for name in found:
        reject_outside(found, name, *RANGES[name])
    return found


PATH = QUEUE_PATH + "/{queue_id}/consumers"
ENDPOINTS = [
    Route(PATH, index, methods=["GET"]),
    Route(PATH, create, methods=["POST"]),
    Route(PATH + "/{consumer_id}", show, methods=["GET"]),
    Route(PATH + "/{consumer_id}", replace, methods=["PUT"]),
    Route(PATH + "/{consumer_id}", remove, methods=["DELETE"]),
]
