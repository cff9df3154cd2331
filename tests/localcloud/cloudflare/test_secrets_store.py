"""The Secrets Store over the wire: stored, returned and rejected values."""

from typing import Any

import httpx
import pytest

from tests.localcloud.cloudflare.api import ACCOUNT, error_of, message, result
from tests.localcloud.cloudflare.conftest import Start

STORES = f"/accounts/{ACCOUNT}/secrets_store/stores"
MISSING = f"{STORES}/{'0' * 32}"
VALUE = "sk_live_correct_horse"


@pytest.fixture
def store(client: httpx.Client) -> str:
    """Path of a store."""
    return f"{STORES}/{result(client.post(STORES, json={'name': 'default_secrets_store'}))['id']}"


@pytest.fixture
def secrets(store: str) -> str:
    """Path of its secrets."""
    return f"{store}/secrets"


def secret(name: str = "stripe-key", **changes: Any) -> dict[str, Any]:
    return {"name": name, "value": VALUE, "scopes": ["workers"], **changes}


def created(client: httpx.Client, secrets: str, *requested: dict[str, Any]) -> Any:
    return result(client.post(secrets, json=list(requested or [secret()])))


# Stores.


def test_a_store_is_created_read_listed_and_deleted(client: httpx.Client) -> None:
    record = result(client.post(STORES, json={"name": "mine"}))
    path = f"{STORES}/{record['id']}"
    assert (record["name"], len(record["id"])) == ("mine", 32)
    assert record["created"] == record["modified"]
    assert result(client.get(path)) == record
    assert result(client.get(STORES)) == [record]
    result(client.delete(path))
    assert error_of(client.get(path)) == (404, 1001)


def test_an_account_has_one_store(client: httpx.Client, store: str) -> None:
    answer = client.post(STORES, json={"name": "another"})
    assert error_of(answer) == (400, 1003)
    assert message(answer) == "maximum_stores_exceeded"


@pytest.mark.parametrize("name", [None, "", 7])
def test_a_store_needs_a_name(client: httpx.Client, name: Any) -> None:
    assert error_of(client.post(STORES, json={"name": name})) == (400, 1001)


def test_a_store_with_secrets_is_deleted_only_with_force(client: httpx.Client, store: str, secrets: str) -> None:
    created(client, secrets)
    assert error_of(client.delete(store))[0] == 409
    assert len(result(client.get(secrets))) == 1
    result(client.delete(store, params={"force": "true"}))
    assert not any(client.get("/__localcloud/store").json().values())


# Secrets.


def test_a_secret_is_created_read_listed_and_deleted(client: httpx.Client, store: str, secrets: str) -> None:
    (record,) = created(client, secrets, secret(comment="of the shop"))
    path = f"{secrets}/{record['id']}"
    shown = {key: value for key, value in record.items() if key not in ("id", "created", "modified")}
    assert shown == {
        "name": "stripe-key",
        "scopes": ["workers"],
        "comment": "of the shop",
        "status": "active",
        "store_id": store.rsplit("/", 1)[1],
    }
    assert len(record["id"]) == 32
    assert result(client.get(path)) == record
    assert result(client.get(secrets)) == [record]
    result(client.delete(path))
    assert error_of(client.get(path)) == (404, 1001)


def test_a_secret_value_is_never_returned(client: httpx.Client, secrets: str) -> None:
    answers = [client.post(secrets, json=[secret()])]
    path = f"{secrets}/{result(answers[0])[0]['id']}"
    answers.append(client.patch(path, json={"value": VALUE + "2"}))
    answers += [client.get(path), client.get(secrets), client.get("/__localcloud/requests"), client.delete(path)]
    assert [answer.request.url.path for answer in answers if VALUE in answer.text] == []


def test_a_patch_changes_only_the_given_fields(client: httpx.Client, secrets: str) -> None:
    (record,) = created(client, secrets, secret(comment="of the shop"))
    path = f"{secrets}/{record['id']}"
    changed = result(client.patch(path, json={"scopes": ["access", "workers"]}))
    assert {**changed, "modified": ""} == {**record, "scopes": ["access", "workers"], "modified": ""}
    assert "comment" not in result(client.patch(path, json={"comment": None}))


def test_either_all_secrets_of_a_list_are_created_or_none(client: httpx.Client, secrets: str) -> None:
    assert error_of(client.post(secrets, json=[secret("a"), secret("b", scopes=[])])) == (400, 1001)
    assert result(client.get(secrets)) == []
    assert [record["name"] for record in created(client, secrets, secret("a"), secret("b"))] == ["a", "b"]


def test_a_name_must_be_unique(client: httpx.Client, secrets: str) -> None:
    created(client, secrets)
    answer = client.post(secrets, json=[secret()])
    assert error_of(answer) == (400, 1003)
    assert message(answer) == "secret_name_already_exists: stripe-key"


@pytest.mark.parametrize("name", [None, "", 7, "stripe key"])
def test_a_secret_needs_a_name_without_spaces(client: httpx.Client, secrets: str, name: Any) -> None:
    assert error_of(client.post(secrets, json=[{**secret(), "name": name}])) == (400, 1001)


@pytest.mark.parametrize(
    ("scopes", "problem"),
    [([], "secret_scopes_empty"), (None, "secret_scopes_empty"), (["worker"], "secret_scope_invalid: worker"),
     ([["workers"]], "secret_scope_invalid")],
)  # fmt: skip
def test_scopes_must_be_known_and_present(client: httpx.Client, secrets: str, scopes: Any, problem: str) -> None:
    answer = client.post(secrets, json=[secret(scopes=scopes)])
    assert error_of(answer) == (400, 1001)
    assert problem in message(answer)


def test_scopes_are_returned_in_alphabetical_order(client: httpx.Client, secrets: str) -> None:
    (record,) = created(client, secrets, secret(scopes=["workers", "access"]))
    assert record["scopes"] == ["access", "workers"]


@pytest.mark.parametrize("value", [None, "", 7, "x" * 65537])
def test_a_value_must_be_a_string_of_limited_length(client: httpx.Client, secrets: str, value: Any) -> None:
    answer = client.post(secrets, json=[secret(value=value)])
    assert error_of(answer) == (400, 1001)
    assert "xxx" not in answer.text


def test_the_largest_value_is_accepted(client: httpx.Client, secrets: str) -> None:
    created(client, secrets, secret(value="x" * 65536))


def test_an_account_has_at_most_a_hundred_secrets(client: httpx.Client, secrets: str) -> None:
    created(client, secrets, *(secret(f"key-{number}") for number in range(100)))
    assert error_of(client.post(secrets, json=[secret()])) == (400, 1003)


@pytest.mark.parametrize("body", [{}, [], "text", [7]])
def test_the_body_for_new_secrets_must_be_a_list(client: httpx.Client, secrets: str, body: Any) -> None:
    assert error_of(client.post(secrets, json=body)) == (400, 1001)


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("GET", "/secrets"), ("POST", "/secrets")])
def test_an_unknown_store_is_404(client: httpx.Client, method: str, path: str) -> None:
    answer = client.request(method, MISSING + path, json=[secret()])
    assert error_of(answer) == (404, 1001)
    assert message(answer) == "store_not_found"


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_an_unknown_secret_is_404(client: httpx.Client, secrets: str, method: str) -> None:
    answer = client.request(method, f"{secrets}/{'0' * 32}", json={})
    assert error_of(answer) == (404, 1001)
    assert message(answer) == "secret_not_found"


def test_stored_secrets_survive_a_restart(start: Start) -> None:
    client = start().client
    secrets = f"{STORES}/{result(client.post(STORES, json={'name': 'mine'}))['id']}/secrets"
    records = created(client, secrets)
    assert result(start().client.get(secrets)) == records
