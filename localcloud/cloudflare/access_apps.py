"""Applications of Access, which protect host names: `{accounts/ID or zones/ID}/access/apps`.

The response for an application contains its complete policies, in the order of their precedence.
https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/ (November 2026)
"""

import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare import access
from localcloud.cloudflare.access import APPLICATIONS as KIND
from localcloud.cloudflare.access import POLICIES, SELF_HOSTED
from localcloud.cloudflare.access_scope import SCOPES, get_or_404, scope_of
from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.envelope import Json, json_object, ok, page
from localcloud.emulation.generated_values import new_uuid
from localcloud.emulation.store import Record, Records

TYPES = (
    *(SELF_HOSTED, "saas", "ssh", "vnc", "app_launcher", "warp", "biso", "bookmark", "dash_sso", "infrastructure"),
    *("rdp", "mcp", "mcp_portal", "proxy_endpoint"),
)
DEFAULTS: Json = {
    "session_duration": "24h",
    "app_launcher_visible": True,
    "allowed_idps": [],
    "auto_redirect_to_identity": False,
    "enable_binding_cookie": False,
    "http_only_cookie_attribute": True,
    "tags": [],
}
READ_ONLY_FIELDS = ("id", "aud", "self_hosted_domains")
"""Fields that only the API sets."""
NOT_IN_APPLICATION = ("reusable", "app_count")
"""Fields of a policy that the policies of an application do not have."""


async def create(request: Request) -> Response:
    return await _store(request, Cloud.of(request).store, {"id": new_uuid(), "aud": secrets.token_hex(32)})


async def replace(request: Request) -> Response:
    before = _get_or_404(Cloud.of(request).store, request)
    read_only = {name: before[name] for name in ("id", "aud")}
    return await _store(request, Cloud.of(request).store, read_only)


async def show(request: Request) -> Response:
    store = Cloud.of(request).store
    return ok(view(store, _get_or_404(store, request)))


async def index(request: Request) -> Response:
    store = Cloud.of(request).store
    return page([view(store, each) for each in store.owned(KIND, scope_of(request))], request)


async def remove(request: Request) -> Response:
    store = Cloud.of(request).store
    application = _get_or_404(store, request)
    store.delete(KIND, scope_of(request), application["id"])
    return ok({"id": application["id"]})


def view(records: Records, application: Record) -> Json:
    shown = [
        {
            **{name: value for name, value in policy.items() if name not in NOT_IN_APPLICATION},
            "precedence": reference["precedence"],
        }
        for reference in application["policies"]
        if (policy := access.found(records, POLICIES, reference["id"])) is not None
    ]
    return {**application, "policies": shown}


async def _store(request: Request, records: Records, read_only: Json) -> Response:
    content = _validate(records, await json_object(request))
    application = {**read_only, **content}
    _reject_duplicate_destination(records, application)
    Cloud.of(request).store.put(KIND, scope_of(request), application["id"], application)
    return ok(view(records, application))


def _validate(records: Records, body: Json) -> Json:
    sent = {name: value for name, value in body.items() if value is not None and name not in READ_ONLY_FIELDS}
    kind = sent.get("type")
    if kind not in TYPES:
        raise access.invalid(f"type '{kind}' is not one of {', '.join(TYPES)}")
    content = {**DEFAULTS, "name": "", **sent, "policies": _validate_policies(records, sent.get("policies") or [])}
    access.validate_duration(content["session_duration"], "session_duration")
    return content | _validate_destinations(sent) if kind == SELF_HOSTED else content | {"destinations": []}


def _validate_destinations(sent: Json) -> Json:
    """Fills in `domain` from `destinations` or the reverse, because they have the same meaning."""
    destinations, domain = sent.get("destinations"), sent.get("domain")
    if not destinations and not domain:
        raise access.invalid("a self-hosted application needs a domain or destinations")
    destinations = destinations or [{"type": "public", "uri": domain}]
    if not all(isinstance(each, dict) for each in destinations):
        raise access.invalid("destinations must be a list of objects")
    public = [each.get("uri") for each in destinations if each.get("type", "public") == "public"]
    if not all(isinstance(uri, str) and "." in uri for uri in public):
        raise access.invalid("a public destination needs a uri such as app.example.com")
    return {"destinations": destinations, "domain": domain or next(iter(public), ""), "self_hosted_domains": public}


def _validate_policies(records: Records, policies: Any) -> list[Json]:
    """Resolves references, which are ids with or without a precedence. The default precedence is their order."""
    if not isinstance(policies, list):
        raise access.invalid("policies must be a list")
    references = []
    for position, each in enumerate(policies, 1):
        reference = each if isinstance(each, dict) else {"id": each}
        if access.found(records, POLICIES, reference.get("id")) is None:
            raise access.not_found("policy", 400)
        references.append({"id": reference["id"], "precedence": reference.get("precedence") or position})
    if len({each["precedence"] for each in references}) < len(references):
        raise access.invalid("policy precedences must be unique")
    return sorted(references, key=lambda reference: int(reference["precedence"]))


def _reject_duplicate_destination(records: Records, application: Record) -> None:
    mine = set(application.get("self_hosted_domains", ()))
    for _, other in records.every(KIND):
        if other["id"] != application["id"] and mine & set(other.get("self_hosted_domains", ())):
            raise access.invalid(f"destination belongs to another application: '{other['name']}'")


def _get_or_404(records: Records, request: Request) -> Record:
    return get_or_404(records, KIND, request, "application")


ENDPOINTS = [
    route
    for scope in SCOPES
    for path in (scope + "/access/apps",)
    for route in (
        Route(path, index, methods=["GET"]),
        Route(path, create, methods=["POST"]),
        Route(path + "/{item_id}", show, methods=["GET"]),
        Route(path + "/{item_id}", replace, methods=["PUT"]),
        Route(path + "/{item_id}", remove, methods=["DELETE"]),
    )
]
