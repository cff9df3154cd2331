"""Policies of Access, to which applications refer: `accounts/{account}/access/policies`.

Only a policy with the decision `non_identity` ("Service Auth" in the dashboard) or `bypass` admits a service token.
With the decision `allow` the token is redirected to a login page.
https://developers.cloudflare.com/cloudflare-one/access-controls/policies/ (November 2026)
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare import access
from localcloud.cloudflare.access import APPLICATIONS, RULE_LISTS, TOKENS
from localcloud.cloudflare.access import POLICIES as KIND
from localcloud.cloudflare.access_scope import get_or_404
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import Json, json_object, ok, page
from localcloud.emulation.generated_values import new_uuid, now
from localcloud.emulation.store import Record, Records

DECISIONS = ("allow", "deny", "non_identity", "bypass")
DEFAULT_SESSION = "24h"
READ_ONLY_FIELDS = ("id", "created_at", "updated_at", "reusable", "app_count")
"""Fields that only the API sets."""


async def create(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    content = _validate(cloud.store, await json_object(request))
    created_at = now()
    policy = {"id": new_uuid(), "created_at": created_at, "updated_at": created_at, "reusable": True, **content}
    cloud.store.put(KIND, account, policy["id"], policy)
    return ok(view(cloud.store, policy))


async def show(request: Request) -> Response:
    store = Cloud.of(request).store
    return ok(view(store, _get_or_404(store, request)))


async def index(request: Request) -> Response:
    store = Cloud.of(request).store
    return page([view(store, each) for each in store.owned(KIND, account_of(request))], request)


async def replace(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    before = _get_or_404(cloud.store, request)
    content = _validate(cloud.store, await json_object(request))
    read_only = {name: before[name] for name in ("id", "created_at", "reusable")}
    policy = {**read_only, **content, "updated_at": now()}
    cloud.store.put(KIND, account, policy["id"], policy)
    return ok(view(cloud.store, policy))


async def remove(request: Request) -> Response:
    """Rejected while an application refers to it. The message and the code are an assumption."""
    cloud = Cloud.of(request)
    policy = _get_or_404(cloud.store, request)
    if _application_count(cloud.store, policy):
        raise access.invalid("cannot delete policy because it is used by an application")
    cloud.store.delete(KIND, account_of(request), policy["id"])
    return ok({"id": policy["id"]})


def view(records: Records, policy: Record) -> Json:
    return {**policy, "app_count": _application_count(records, policy)}


def _application_count(records: Records, policy: Record) -> int:
    applications = [application for _, application in records.every(APPLICATIONS)]
    return sum(policy["id"] in (each["id"] for each in application["policies"]) for application in applications)


def _validate(records: Records, body: Json) -> Json:
    decision = body.get("decision")
    if decision not in DECISIONS:
        raise access.invalid(f"decision '{decision}' is not one of {', '.join(DECISIONS)}")
    rules = {rule_list: _validate_rules(records, body.get(rule_list) or [], rule_list) for rule_list in RULE_LISTS}
    if not rules["include"]:
        raise access.invalid("a policy needs at least one rule to include")
    session = access.validate_duration(body.get("session_duration") or DEFAULT_SESSION, "session_duration")
    sent = {name: value for name, value in body.items() if value is not None and name not in READ_ONLY_FIELDS}
    return {**sent, **rules, "name": access.validate_name(body), "decision": decision, "session_duration": session}


def _validate_rules(records: Records, rules: Any, rule_list: str) -> list[Json]:
    if not isinstance(rules, list) or not all(isinstance(rule, dict) and len(rule) == 1 for rule in rules):
        raise access.invalid(f"{rule_list} must be a list of objects with one rule each")
    for rule in rules:
        if "service_token" in rule:
            token_id = (rule["service_token"] or {}).get("token_id")
            if access.found(records, TOKENS, token_id) is None:
                raise access.not_found("service_token", 400)
    return rules


def _get_or_404(records: Records, request: Request) -> Record:
    return get_or_404(records, KIND, request, "policy")


COLLECTION = "/accounts/{account_id}/access/policies"
ENDPOINTS = [
    Route(COLLECTION, index, methods=["GET"]),
    Route(COLLECTION, create, methods=["POST"]),
    Route(COLLECTION + "/{item_id}", show, methods=["GET"]),
    Route(COLLECTION + "/{item_id}", replace, methods=["PUT"]),
    Route(COLLECTION + "/{item_id}", remove, methods=["DELETE"]),
]
