"""Service tokens of Access: `{accounts/ID or zones/ID}/access/service_tokens`.

Only the responses to a create and a rotation contain the secret. After a rotation the previous secret is valid until
`previous_client_secret_expires_at`, or becomes invalid at once if that is not set.
https://developers.cloudflare.com/cloudflare-one/access-controls/service-credentials/service-tokens/ (November 2026)
"""

import datetime
import secrets
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge_postgres.core.limits import AccountResource
from localcloud.cloudflare import access
from localcloud.cloudflare.access import INVALID, POLICIES, RULE_LISTS
from localcloud.cloudflare.access import TOKENS as KIND
from localcloud.cloudflare.access_scope import SCOPES, get_or_404, scope_of
from localcloud.cloudflare.account_limits import reject_above_limit
from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.emulation.generated_values import new_id, new_uuid
from localcloud.emulation.store import Record, Records

FOREVER = "forever"
DEFAULT_DURATION = "8760h"
HIDDEN = (
    *("client_secret", "client_secret_version"),
    *("previous_client_secret", "previous_client_secret_expires_at"),
)


async def create(request: Request) -> Response:
    cloud, scope = Cloud.of(request), scope_of(request)
    body = await json_object(request)
    count = len(cloud.store.owned(KIND, scope)) + 1
    reject_above_limit(cloud.settings, AccountResource.ACCESS_SERVICE_TOKENS, count, INVALID)
    token = {
        "id": new_uuid(),
        "client_id": f"{new_id()}.access",
        "client_secret": secrets.token_hex(32),
        "client_secret_version": body.get("client_secret_version") or 1,
        **_validate(body, {}),
    }
    token = _extended(token)
    cloud.store.put(KIND, scope, token["id"], token)
    return ok(_with_secret(token))


async def show(request: Request) -> Response:
    return ok(view(_get_or_404(Cloud.of(request).store, request)))


async def index(request: Request) -> Response:
    return page([view(each) for each in Cloud.of(request).store.owned(KIND, scope_of(request))], request)


async def replace(request: Request) -> Response:
    """Replaces a token. A higher `client_secret_version` rotates the secret."""
    before, body = _get_or_404(Cloud.of(request).store, request), await json_object(request)
    token = {**before, **_validate(body, before)}
    if token["duration"] != before["duration"]:
        token = _extended(token)
    version = body.get("client_secret_version") or before["client_secret_version"]
    if version < before["client_secret_version"]:
        raise access.invalid(f"client_secret_version {version} is below {before['client_secret_version']}")
    if version == before["client_secret_version"]:
        return _stored(request, token, view)
    return _stored(request, _rotated(token, version, body), _with_secret)


async def rotate(request: Request) -> Response:
    before = _get_or_404(Cloud.of(request).store, request)
    body = await json_object(request) if await request.body() else {}
    return _stored(request, _rotated(before, before["client_secret_version"] + 1, body), _with_secret)


async def refresh(request: Request) -> Response:
    """Extends the validity to the token's duration from now."""
    return _stored(request, _extended(_get_or_404(Cloud.of(request).store, request)), view)


async def remove(request: Request) -> Response:
    cloud = Cloud.of(request)
    token = _get_or_404(cloud.store, request)
    if any(
        token["id"] in access.token_ids(policy, rule_list)
        for _, policy in cloud.store.every(POLICIES)
        for rule_list in RULE_LISTS
    ):
        raise ApiError(
            400,
            access.TOKEN_IN_USE,
            "access.api.error.service_token_in_use: cannot delete service token because it is used by a policy, "
            "group, or app SCIM configuration.",
        )
    cloud.store.delete(KIND, scope_of(request), token["id"])
    return ok(view(token))


def view(token: Record) -> Json:
    return {key: value for key, value in token.items() if key not in HIDDEN}


def _with_secret(token: Record) -> Json:
    return {**view(token), "client_secret": token["client_secret"]}


def _validate(body: Json, before: Json) -> Json:
    duration = body.get("duration") or before.get("duration") or DEFAULT_DURATION
    enabled = body.get("enabled")
    return {
        "name": access.validate_name(body),
        "duration": duration if duration == FOREVER else access.validate_duration(duration, "duration"),
        "enabled": before.get("enabled", True) if enabled is None else bool(enabled),
    }


def _extended(token: Record) -> Record:
    """Sets `expires_at` to the token's duration from now. A token that never expires has none."""
    if token["duration"] == FOREVER:
        return {**token, "expires_at": None}
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=access.hours(token["duration"]))
    return {**token, "expires_at": end.isoformat().replace("+00:00", "Z")}


def _rotated(token: Record, version: int, body: Json) -> Record:
    until = body.get("previous_client_secret_expires_at")
    if until is not None:
        access.is_past(until)  # raises an error if it is not a time
    return {
        **token,
        "client_secret": secrets.token_hex(32),
        "client_secret_version": version,
        "previous_client_secret": token["client_secret"],
        "previous_client_secret_expires_at": until,
    }


def _stored(request: Request, token: Record, shown: Callable[[Record], Json]) -> Response:
    Cloud.of(request).store.put(KIND, scope_of(request), token["id"], token)
    return ok(shown(token))


def _get_or_404(records: Records, request: Request) -> Record:
    return get_or_404(records, KIND, request, "service_token")


ENDPOINTS = [
    route
    for scope in SCOPES
    for path in (scope + "/access/service_tokens",)
    for route in (
        Route(path, index, methods=["GET"]),
        Route(path, create, methods=["POST"]),
        Route(path + "/{item_id}", show, methods=["GET"]),
        Route(path + "/{item_id}", replace, methods=["PUT"]),
        Route(path + "/{item_id}", remove, methods=["DELETE"]),
        Route(path + "/{item_id}/rotate", rotate, methods=["POST"]),
        Route(path + "/{item_id}/refresh", refresh, methods=["POST"]),
    )
]
