"""Queues: `accounts/{account}/queues`. The runtime stores the messages, in memory.

Sources: https://developers.cloudflare.com/api/resources/queues/ and
https://developers.cloudflare.com/queues/platform/limits/ (read 2026-11-30); alchemy-run/distilled#432 for code 11005 (a
Worker is bound to the queue), and messages of wrangler 4.129 for 11009 (the name is taken).
"""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.cloudflare.queue_records import CONSUMERS, QUEUES, consumers_of, producers_of
from localcloud.emulation.generated_values import new_id, now
from localcloud.emulation.store import Record, Records

INVALID = 10021
QUEUE_NOT_FOUND = 11000
BOUND = 11005
NAME_TAKEN = 11009

NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
MAX_DELAY_SECONDS = 86_400
RETENTION_SECONDS = (60, 1_209_600)
DEFAULT_SETTINGS: Json = {"delivery_delay": 0, "delivery_paused": False, "message_retention_period": 345_600}


async def create(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    body = await json_object(request)
    created_on = now()
    queue: Record = {
        "queue_id": new_id(),
        "queue_name": _free_name(cloud.store, account, body.get("queue_name"), own_id=""),
        "created_on": created_on,
        "modified_on": created_on,
        "settings": {**DEFAULT_SETTINGS, **_settings(body)},
    }
    cloud.store.put(QUEUES, account, queue["queue_id"], queue)
    return ok(view(cloud.store, account, queue))


async def show(request: Request) -> Response:
    store, account = Cloud.of(request).store, account_of(request)
    return ok(view(store, account, get_queue_or_404(store, request)))


async def index(request: Request) -> Response:
    """Lists the queues. The query parameter `name`, which can be repeated, selects them by name."""
    store, account = Cloud.of(request).store, account_of(request)
    names = request.query_params.getlist("name")
    found = [each for each in store.owned(QUEUES, account) if not names or each["queue_name"] in names]
    return page([view(store, account, each) for each in found], request)


async def replace(request: Request) -> Response:
    """Replaces the settings. Omitted ones get their defaults."""
    return await _update(request, kept=DEFAULT_SETTINGS)


async def edit(request: Request) -> Response:
    """Changes settings. Omitted ones are kept."""
    return await _update(request, kept=None)


async def _update(request: Request, kept: Json | None) -> Response:
    account, body = account_of(request), await json_object(request)
    async with Cloud.of(request).change() as draft:
        before = get_queue_or_404(draft, request)
        name = body.get("queue_name", before["queue_name"])
        settings = {**(before["settings"] if kept is None else kept), **_settings(body)}
        queue = {
            **before,
            "queue_name": _free_name(draft, account, name, own_id=before["queue_id"]),
            "settings": settings,
            "modified_on": now(),
        }
        draft.put(QUEUES, account, queue["queue_id"], queue)
    return ok(view(draft, account, queue))


async def remove(request: Request) -> Response:
    """Deletes a queue with its consumers. Rejected while a Worker is bound to it."""
    account = account_of(request)
    async with Cloud.of(request).change() as draft:
        queue = get_queue_or_404(draft, request)
        if bound := producers_of(draft, account, queue["queue_name"]):
            raise ApiError(
                400,
                BOUND,
                f"Queue '{queue['queue_name']}' is bound to: {', '.join(bound)}. Remove the bindings first.",
            )
        for consumer in consumers_of(draft, account, queue["queue_id"]):
            draft.delete(CONSUMERS, account, consumer["consumer_id"])
        draft.delete(QUEUES, account, queue["queue_id"])
    return ok(None)


def get_queue_or_404(records: Records, request: Request) -> Record:
    """Returns the queue of the path. Raises ``ApiError`` 404 if it does not exist."""
    queue = records.get(QUEUES, account_of(request), request.path_params["queue_id"])
    if queue is None:
        raise ApiError(404, QUEUE_NOT_FOUND, "workers.api.error.queue_not_found: This queue does not exist.")
    return queue


def consumer_view(records: Records, account: str, consumer: Record) -> Json:
    """Returns a consumer for a response.

    The API returns the Worker as `script`, and its schema has `script_name`. Source: `FixInconsistentCRUDResponses` of
    github.com/cloudflare/terraform-provider-cloudflare, internal/services/queue_consumer/custom.go (read 2026-11-30).
    """
    queue = records.get(QUEUES, account, consumer["queue_id"])
    script = consumer.get("script_name")
    return {
        **{name: value for name, value in consumer.items() if name != "queue_id" and value is not None},
        **({"script": script} if script else {}),
        "queue_name": queue["queue_name"] if queue else "",
    }


def view(records: Records, account: str, queue: Record) -> Json:
    consumers = [consumer_view(records, account, each) for each in consumers_of(records, account, queue["queue_id"])]
    producers = producers_of(records, account, queue["queue_name"])
    return {
        **queue,
        "consumers": consumers,
        "consumers_total_count": len(consumers),
        "producers": [{"type": "worker", "script": name} for name in producers],
        "producers_total_count": len(producers),
    }


def _free_name(records: Records, account: str, name: Any, own_id: str) -> str:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ApiError(
            400, INVALID, "`queue_name` must have 1 to 63 letters, digits, '-' and '_', and no '-' at the start or end"
        )
    if any(each["queue_name"] == name and each["queue_id"] != own_id for each in records.owned(QUEUES, account)):
        raise ApiError(
            400, NAME_TAKEN, f"Queue name '{name}' is already taken. Please use a different name and try again."
        )
    return name


def _settings(body: Json) -> Json:
    settings = body.get("settings") or {}
    if not isinstance(settings, dict):
        raise ApiError(400, INVALID, "`settings` must be an object")
    found = {name: settings[name] for name in DEFAULT_SETTINGS if settings.get(name) is not None}
    reject_outside(found, "delivery_delay", 0, MAX_DELAY_SECONDS)
    reject_outside(found, "message_retention_period", *RETENTION_SECONDS)
    return found


def reject_outside(settings: Json, name: str, low: int, high: int) -> None:
    """Raises ``ApiError`` if a setting is present and not a number in the range."""
    value = settings.get(name)
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ApiError(400, INVALID, f"`settings.{name}` must be a number from {low} to {high}, got {value!r}")


PATH = "/accounts/{account_id}/queues"
ENDPOINTS = [
    Route(PATH, index, methods=["GET"]),
    Route(PATH, create, methods=["POST"]),
    Route(PATH + "/{queue_id}", show, methods=["GET"]),
    Route(PATH + "/{queue_id}", replace, methods=["PUT"]),
    Route(PATH + "/{queue_id}", edit, methods=["PATCH"]),
    Route(PATH + "/{queue_id}", remove, methods=["DELETE"]),
]
