"""Workers apart from their versions: `accounts/{account}/workers/workers`, in beta.

These are the Workers of `workers/scripts`, by id or name. Source: pulumi-cloudflare 6.23.1 (2026-10-21).
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge_postgres.core.limits import AccountResource
from localcloud.cloudflare.account_limits import reject_above_limit
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.deployment import account_subdomain
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.cloudflare.queue_consumers import reject_if_consumer
from localcloud.cloudflare.queue_records import consumed_by
from localcloud.cloudflare.script_removal import reject_if_bound, remove_with_addresses
from localcloud.cloudflare.scripts import (
    INVALID,
    NOT_FOUND,
    validate_script_name,
)
from localcloud.cloudflare.versions import UNVERSIONED, new_script
from localcloud.emulation.generated_values import now
from localcloud.emulation.store import Draft, Record, Records

NAME_TAKEN = 10040
OBSERVABILITY: Json = {"enabled": False, "head_sampling_rate": 1}
"""Observability of a Worker for which nothing was set."""


async def create(request: Request) -> Response:
    cloud, body = Cloud.of(request), await json_object(request)
    async with cloud.change() as draft:
        count = len(draft.owned("scripts", account_of(request))) + 1
        reject_above_limit(cloud.settings, AccountResource.WORKERS, count, INVALID)
        script = _with_settings(new_script(_free_name(draft, request, body, current_name=None)), body)
        draft.put("scripts", account_of(request), script["name"], script)
    return ok(view(draft, account_of(request), script))


async def show(request: Request) -> Response:
    store = Cloud.of(request).store
    return ok(view(store, account_of(request), get_worker_or_404(store, request)))


async def index(request: Request) -> Response:
    store, account = Cloud.of(request).store, account_of(request)
    return page([view(store, account, script) for script in store.owned("scripts", account)], request)


async def replace(request: Request) -> Response:
    """Replaces the settings.

    Omitted ones get their defaults. A new name renames the Worker with its routes and domains.
    """
    account, body = account_of(request), await json_object(request)
    async with Cloud.of(request).change() as draft:
        before = get_worker_or_404(draft, request)
        name = _free_name(draft, request, body, current_name=before["name"])
        script = {**_with_settings(before, body), "name": name, "modified_on": now()}
        if name != before["name"]:
            _move_addresses(draft, account, before["name"], name)
            draft.delete("scripts", account, before["name"])
        draft.put("scripts", account, name, script)
    return ok(view(draft, account, script))


async def patch(request: Request) -> Response:
    """Changes settings. Omitted ones are kept. The name cannot change."""
    account, body = account_of(request), await json_object(request)
    async with Cloud.of(request).change() as draft:
        before = get_worker_or_404(draft, request)
        kept = {**before["settings"], "subdomain": before["subdomain"]}
        script = {**_with_settings(before, {**kept, **body}), "modified_on": now()}
        draft.put("scripts", account, script["name"], script)
    return ok(view(draft, account, script))


async def remove(request: Request) -> Response:
    account = account_of(request)
    async with Cloud.of(request).change() as draft:
        name = get_worker_or_404(draft, request)["name"]
        if request.query_params.get("force") != "true":
            reject_if_bound(draft, account, name)
        reject_if_consumer(draft, account, name)
        remove_with_addresses(draft, account, name)
    return ok(None)


def get_worker_or_404(records: Records, request: Request) -> Record:
    """Returns the Worker of the path, by id or name. Raises ``ApiError`` 404 if it does not exist."""
    id_or_name = request.path_params["worker"]
    for script in records.owned("scripts", account_of(request)):
        if id_or_name in (script["tag"], script["name"]):
            return script
    raise ApiError(404, NOT_FOUND, "workers.api.error.script_not_found: This Worker does not exist on your account.")


def view(records: Records, account: str, script: Record) -> Json:
    deployments = script["deployments"]
    domains = [each for each in records.owned("domains", account) if each["service"] == script["name"]]
    return {
        "id": script["tag"],
        "name": script["name"],
        "created_on": script["created_on"],
        "updated_on": script["modified_on"],
        "deployed_on": deployments[0]["created_on"] if deployments else None,
        "subdomain": {**script["subdomain"], "url": _workers_dev_url(records, account, script)},
        **script["settings"],
        "observability": script["settings"]["observability"] or OBSERVABILITY,
        "tail_consumers": script["settings"]["tail_consumers"] or [],
        "references": {
            "domains": [{"hostname": each["hostname"], "id": each["id"]} for each in domains],
            "queues": [
                {"queue_id": each["queue_id"], "queue_consumer_id": each["consumer_id"], "queue_name": queue}
                for queue, each in consumed_by(records, account, script["name"])
            ],
            **{name: [] for name in ("dispatch_namespace_outbounds", "durable_objects", "workers")},
        },
    }


def _workers_dev_url(records: Records, account: str, script: Record) -> str:
    """Returns the URL below workers.dev, which the API also returns while workers.dev is disabled."""
    return f"https://{script['name']}.{account_subdomain(records, account)}.workers.dev"


def _with_settings(script: Record, body: Mapping[str, Any]) -> Record:
    subdomain = body.get("subdomain") or {}
    enabled = bool(subdomain.get("enabled"))
    previews = subdomain.get("previews_enabled")
    defaults = new_script(script["name"])["settings"]
    return {
        **script,
        "settings": {name: defaults[name] if body.get(name) is None else body[name] for name in UNVERSIONED},
        "subdomain": {"enabled": enabled, "previews_enabled": enabled if previews is None else previews},
    }


def _free_name(records: Records, request: Request, body: Mapping[str, Any], current_name: str | None) -> str:
    name = body.get("name")
    if not isinstance(name, str):
        raise ApiError(400, INVALID, "`name` is required")
    if name != current_name and records.get("scripts", account_of(request), name):
        raise ApiError(409, NAME_TAKEN, f"A Worker named '{name}' already exists")
    return validate_script_name(name)


def _move_addresses(draft: Draft, account: str, old: str, new: str) -> None:
    for domain in draft.owned("domains", account):
        if domain["service"] == old:
            draft.put("domains", account, domain["id"], {**domain, "service": new})
    for zone, route in list(draft.every("routes")):
        if route.get("script") == old:
            draft.put("routes", zone, route["id"], {**route, "script": new})


WORKERS = "/accounts/{account_id}/workers/workers"
ENDPOINTS = [
    Route(WORKERS, create, methods=["POST"]),
    Route(WORKERS, index, methods=["GET"]),
    Route(WORKERS + "/{worker}", show, methods=["GET"]),
    Route(WORKERS + "/{worker}", replace, methods=["PUT"]),
    Route(WORKERS + "/{worker}", patch, methods=["PATCH"]),
    Route(WORKERS + "/{worker}", remove, methods=["DELETE"]),
]
