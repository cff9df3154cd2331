"""Cloudflare's Python SDK with strict validation of responses, for every endpoint that it knows."""

from collections.abc import Callable
from typing import Any

import pytest

from localcloud.cloudflare.app import RESOURCES
from tests.localcloud.clients import network_calls, pages_calls, scripts_calls, storage_calls
from tests.localcloud.clients.sdk import KNOWN, Sdk
from tests.localcloud.clients.typescript_calls import endpoints_not_called
from tests.localcloud.cloudflare.conftest import Emulator

ACCOUNT_PATH = "/accounts/{account_id}"
CALLS = (*scripts_calls.CALLS, *storage_calls.CALLS, *pages_calls.CALLS, *network_calls.CALLS)
NOT_IN_SDK = {
    ("POST", "/graphql"),
    ("GET", f"{ACCOUNT_PATH}/workers/services/{{script}}"),
    ("DELETE", f"{ACCOUNT_PATH}/workers/services/{{script}}"),
    ("DELETE", f"{ACCOUNT_PATH}/storage/kv/namespaces/{{namespace_id}}/bulk"),
    ("PATCH", f"{ACCOUNT_PATH}/workers/workers/{{worker}}/versions/latest"),
    ("POST", "/zones/{zone_id}/access/service_tokens/{item_id}/rotate"),
    ("POST", "/zones/{zone_id}/access/service_tokens/{item_id}/refresh"),
}
"""Endpoints that only wrangler and Cloudflare's providers call."""


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
def test_the_answers_have_the_fields_of_the_sdk_s_models(sdk: Sdk, call: Callable[[Sdk], None]) -> None:
    call(sdk)
    assert sdk.differences == []


@pytest.fixture(scope="module")
def all_calls(shared: Emulator) -> Sdk:
    """The SDK after all calls."""
    sdk = Sdk(str(shared.client.base_url))
    for call in CALLS:
        call(sdk)
        shared.client.post("/__localcloud/reset").raise_for_status()
    return sdk


def test_the_sdk_calls_every_endpoint_of_the_emulator(all_calls: Sdk) -> None:
    requests = [{"method": request.method, "path": request.url.path} for request in all_calls.requests]
    assert endpoints_not_called(RESOURCES, requests, "/client/v4") == NOT_IN_SDK


def test_every_known_difference_exists(all_calls: Sdk) -> None:
    assert all_calls.known == set(KNOWN)


def test_a_field_that_is_not_in_a_model_is_reported(sdk: Sdk, shared: Emulator) -> None:
    namespace: dict[str, Any] = {"id": "0" * 32, "title": "cache", "supports_url_encoding": True, "colour": "blue"}
    shared.cloud.store.put("kv_namespaces", "local", namespace["id"], namespace)
    list(sdk.kv.namespaces.list(account_id="local"))
    assert sdk.differences == ["GET /client/v4/accounts/local/storage/kv/namespaces: result.0.colour: unknown field"]


def test_a_field_that_a_model_requires_is_reported_if_it_is_missing(sdk: Sdk, shared: Emulator) -> None:
    shared.cloud.store.put("kv_namespaces", "local", "a", {"id": "a"})
    list(sdk.kv.namespaces.list(account_id="local"))
    assert sdk.differences == ["GET /client/v4/accounts/local/storage/kv/namespaces: result.0.title: Field required"]
