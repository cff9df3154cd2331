"""Required fields and targets of each type of binding."""

from typing import Any

import httpx
import pytest

from tests.localcloud.cloudflare.api import ACCOUNT, SCRIPTS, error_of, message, result, upload

STORES = f"/accounts/{ACCOUNT}/secrets_store/stores"
OPEN: list[dict[str, Any]] = [
    {"type": "ai"},
    {"type": "analytics_engine", "dataset": "visits"},
    {"type": "browser"},
    {"type": "d1", "id": "0" * 32},
    {"type": "d1", "database_id": "0" * 32},
    {"type": "queue", "queue_name": "jobs", "delivery_delay": 5},
    {"type": "r2_bucket", "bucket_name": "files", "jurisdiction": "eu"},
    {"type": "ratelimit", "namespace_id": "1001", "simple": {"limit": 100, "period": 60}},
    {"type": "vectorize", "index_name": "pages"},
    {"type": "vpc_network", "network_id": "cf1:network"},
    {"type": "workflow", "workflow_name": "orders", "class_name": "Orders"},
]
INCOMPLETE: list[tuple[dict[str, Any], str]] = [
    ({"type": "d1"}, "id or database_id"),
    ({"type": "durable_object_namespace"}, "class_name or namespace_id"),
    ({"type": "mtls_certificate"}, "certificate_id"),
    ({"type": "queue"}, "queue_name"),
    ({"type": "r2_bucket", "bucket_name": 7}, "bucket_name"),
    ({"type": "ratelimit", "simple": {"limit": 1, "period": 60}}, "namespace_id"),
    ({"type": "ratelimit", "namespace_id": "1", "simple": {"limit": 1, "period": 30}}, "simple"),
    ({"type": "secret_key", "format": "raw"}, "key_base64 or key_jwk"),
    ({"type": "secrets_store_secret", "store_id": "s"}, "secret_name"),
    ({"type": "vpc_network", "network_id": "a", "tunnel_id": "b"}, "tunnel_id or network_id"),
    ({"type": "vpc_service"}, "service_id"),
]
NOWHERE = [
    {"type": "mtls_certificate", "certificate_id": "0"},
    {"type": "vpc_service", "service_id": "0"},
    {"type": "secrets_store_secret", "store_id": "0", "secret_name": "KEY"},
]


def test_bindings_of_every_type_are_returned_unchanged(client: httpx.Client) -> None:
    bindings = [{"name": f"B{number}", **binding} for number, binding in enumerate(OPEN)]
    result(upload(client, "api", *bindings))
    assert result(client.get(f"{SCRIPTS}/api/settings"))["bindings"] == bindings


@pytest.mark.parametrize(("binding", "field"), INCOMPLETE)
def test_a_binding_without_a_required_field_is_rejected(
    client: httpx.Client, binding: dict[str, Any], field: str
) -> None:
    answer = upload(client, "api", {"name": "BOUND", **binding})
    assert error_of(answer) == (400, 10021)
    assert message(answer) == f"invalid or missing {field} property for binding BOUND"


@pytest.mark.parametrize("binding", NOWHERE, ids=lambda binding: binding["type"])
def test_a_binding_with_a_missing_target_is_rejected(client: httpx.Client, binding: dict[str, Any]) -> None:
    answer = upload(client, "api", {"name": "BOUND", **binding})
    assert error_of(answer) == (400, 10021)
    assert "binding BOUND" in message(answer)


def test_an_unknown_binding_type_is_rejected_by_the_api(client: httpx.Client) -> None:
    answer = upload(client, "api", {"type": "hyperdrvie", "name": "BOUND", "id": "0"})
    assert error_of(answer) == (400, 10021)
    assert "hyperdrvie" in message(answer)


def test_a_secret_of_the_store_can_be_bound(client: httpx.Client) -> None:
    store = result(client.post(STORES, json={"name": "default_secrets_store"}))["id"]
    secret = {"name": "KEY", "value": "s3cret", "scopes": ["workers"]}
    assert client.post(f"{STORES}/{store}/secrets", json=[secret]).is_success
    bound = {"type": "secrets_store_secret", "name": "BOUND", "store_id": store, "secret_name": "KEY"}
    result(upload(client, "api", bound))
