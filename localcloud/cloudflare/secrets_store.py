"""The Secrets Store: `accounts/{account}/secrets_store/stores` and the secrets of each.

Values are write-only, and Workers read them. Sources: alchemy-run/distilled (October 2026) for codes and messages;
alchemy-run/alchemy-async#377 for status 400 of 1003; the API's description for the 409 of a store with secrets.
"""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge_postgres.core.limits import AccountResource
from localcloud.cloudflare.account_limits import reject_above_limit
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_body, json_object, ok, page
from localcloud.cloudflare.settings import Settings
from localcloud.emulation.generated_values import new_id, now
from localcloud.emulation.store import Record, Records

STORES = "secrets_stores"
"""Kind of record. Owned by an account."""
SECRETS = "secrets_store_secrets"
"""Kind of record. Owned by a store, with `name` and `value`."""

SCOPES = ("access", "ai_gateway", "dex", "workers")
# https://developers.cloudflare.com/secrets-store/manage-secrets/, 2026-09-25.
MAX_VALUE_BYTES = 65536

INVALID = 1001
"""Also used for objects that do not exist."""
EXCEEDED = 1003
"""Also used for objects that already exist."""


async def create_store(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    name = (await json_object(request)).get("name")
    if not isinstance(name, str) or not name:
        raise ApiError(400, INVALID, "store_name_empty")
    if cloud.store.owned(STORES, account):
        raise ApiError(400, EXCEEDED, "maximum_stores_exceeded")
    created = now()
    store = {"id": new_id(), "account_id": account, "name": name, "created": created, "modified": created}
    cloud.store.put(STORES, account, store["id"], store)
    return ok(store)


async def show_store(request: Request) -> Response:
    return ok(_store(Cloud.of(request).store, request))


async def list_stores(request: Request) -> Response:
    return page(Cloud.of(request).store.owned(STORES, account_of(request)), request)


async def remove_store(request: Request) -> Response:
    async with Cloud.of(request).change() as draft:
        store = _store(draft, request)
        secrets = draft.owned(SECRETS, store["id"])
        if secrets and request.query_params.get("force") != "true":
            raise ApiError(409, EXCEEDED, "store_not_empty: delete its secrets first, or use `force`")
        for secret in secrets:
            draft.delete(SECRETS, store["id"], secret["id"])
        draft.delete(STORES, account_of(request), store["id"])
    return ok(store)


async def create_secrets(request: Request) -> Response:
    """Creates all secrets of a list, or none of them, and returns a list."""
    body = await json_body(request)
    if not isinstance(body, list) or not body or not all(isinstance(each, dict) for each in body):
        raise ApiError(400, INVALID, "invalid_json_body: expected a list of secrets")
    cloud = Cloud.of(request)
    async with cloud.change() as draft:
        store = _store(draft, request)
        created = [_create(draft, cloud.settings, store, each) for each in body]
    return ok([view(secret) for secret in created])


async def show_secret(request: Request) -> Response:
    return ok(view(_secret(Cloud.of(request).store, request)))


async def list_secrets(request: Request) -> Response:
    store = Cloud.of(request).store
    return page([view(secret) for secret in store.owned(SECRETS, _store(store, request)["id"])], request)


async def change_secret(request: Request) -> Response:
    """Changes value, scopes and comment, as far as the body contains them. The name cannot change."""
    body = await json_object(request)
    async with Cloud.of(request).change() as draft:
        before = _secret(draft, request)
        secret = {**before, **_validate({**before, **body}), "modified": now()}
        draft.put(SECRETS, before["store_id"], before["id"], secret)
    return ok(view(secret))


async def remove_secret(request: Request) -> Response:
    """Deletes a secret, even if a Worker has a binding to it, whose next `get()` fails."""
    async with Cloud.of(request).change() as draft:
        secret = _secret(draft, request)
        draft.delete(SECRETS, secret["store_id"], secret["id"])
    return ok(view(secret))


def view(secret: Record) -> Json:
    return {key: value for key, value in secret.items() if key != "value" and value is not None}


def _create(draft: Records, settings: Settings, store: Record, body: Json) -> Record:
    name = body.get("name")
    if not isinstance(name, str) or not name:
        raise ApiError(400, INVALID, "secret_name_empty")
    if any(character.isspace() for character in name):
        raise ApiError(400, INVALID, "secret_name_invalid: a name must not contain spaces")
    others = draft.owned(SECRETS, store["id"])
    if any(each["name"] == name for each in others):
        raise ApiError(400, EXCEEDED, f"secret_name_already_exists: {name}")
    reject_above_limit(settings, AccountResource.STORED_SECRETS, len(others) + 1, EXCEEDED)
    created = now()
    generated_values = {"status": "active", "store_id": store["id"], "created": created, "modified": created}
    secret = {"id": new_id(), "name": name, **_validate(body), **generated_values}
    draft.put(SECRETS, store["id"], secret["id"], secret)
    return secret


def _validate(body: Json) -> Json:
    """Validates value, scopes and comment."""
    value, comment = body.get("value"), body.get("comment")
    if not isinstance(value, str) or not value:
        raise ApiError(400, INVALID, "secret_value_empty")
    if len(value.encode()) > MAX_VALUE_BYTES:
        raise ApiError(400, INVALID, f"secret_value_too_large: a value must have at most {MAX_VALUE_BYTES} bytes")
    if comment is not None and not isinstance(comment, str):
        raise ApiError(400, INVALID, "secret_comment_invalid")
    return {"value": value, "scopes": _validate_scopes(body.get("scopes")), "comment": comment}


def _validate_scopes(scopes: Any) -> Sequence[str]:
    if not isinstance(scopes, list) or not scopes:
        raise ApiError(400, INVALID, "secret_scopes_empty")
    for scope in scopes:
        if scope not in SCOPES:
            raise ApiError(400, INVALID, f"secret_scope_invalid: {scope}")
    # The API always returns this order, and the provider requires programs to use it.
    return sorted(set(scopes))


def _store(records: Records, request: Request) -> Record:
    store = records.get(STORES, account_of(request), request.path_params["store_id"])
    if store is None:
        raise ApiError(404, INVALID, "store_not_found")
    return store


def _secret(records: Records, request: Request) -> Record:
    secret = records.get(SECRETS, _store(records, request)["id"], request.path_params["secret_id"])
    if secret is None:
        raise ApiError(404, INVALID, "secret_not_found")
    return secret


_STORES = "/accounts/{account_id}/secrets_store/stores"
_SECRETS = _STORES + "/{store_id}/secrets"
ENDPOINTS = [
    Route(_STORES, list_stores, methods=["GET"]),
    Route(_STORES, create_store, methods=["POST"]),
    Route(_STORES + "/{store_id}", show_store, methods=["GET"]),
    Route(_STORES + "/{store_id}", remove_store, methods=["DELETE"]),
    Route(_SECRETS, list_secrets, methods=["GET"]),
    Route(_SECRETS, create_secrets, methods=["POST"]),
    Route(_SECRETS + "/{secret_id}", show_secret, methods=["GET"]),
    Route(_SECRETS + "/{secret_id}", change_secret, methods=["PATCH"]),
    Route(_SECRETS + "/{secret_id}", remove_secret, methods=["DELETE"]),
]
