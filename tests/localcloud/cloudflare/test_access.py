"""Cloudflare Access: service tokens, policies and applications."""

import datetime
import uuid
from typing import Any

import httpx
import pytest

from tests.localcloud.cloudflare.api import ACCOUNT, error_of, message, result

ZONE = "0" * 32
TOKENS = f"/accounts/{ACCOUNT}/access/service_tokens"
POLICIES = f"/accounts/{ACCOUNT}/access/policies"
APPS = f"/accounts/{ACCOUNT}/access/apps"


def token(client: httpx.Client, **changes: Any) -> dict[str, Any]:
    added: dict[str, Any] = result(client.post(TOKENS, json={"name": "hyperdrive", **changes}))
    return added


def policy(client: httpx.Client, *rules: dict[str, Any], **changes: Any) -> dict[str, Any]:
    include = list(rules) or [{"any_valid_service_token": {}}]
    sent = {"name": "db", "decision": "non_identity", "include": include, **changes}
    added: dict[str, Any] = result(client.post(POLICIES, json=sent))
    return added


def named(token: dict[str, Any]) -> dict[str, Any]:
    """Returns the rule that includes a token."""
    return {"service_token": {"token_id": token["id"]}}


def app(**changes: Any) -> dict[str, Any]:
    return {"name": "db", "type": "self_hosted", "domain": "db.example.com", **changes}


def hours_until(moment: str) -> int:
    return round((datetime.datetime.fromisoformat(moment) - datetime.datetime.now(datetime.UTC)).total_seconds() / 3600)


def test_the_secret_of_a_token_is_returned_only_on_creation(client: httpx.Client) -> None:
    created = token(client)
    secret = created.pop("client_secret")
    assert len(secret) == 64
    assert created["client_id"].endswith(".access")
    path = f"{TOKENS}/{created['id']}"
    assert result(client.get(path)) == created
    assert result(client.get(TOKENS)) == [created]
    others = [client.put(path, json={"name": "renamed"}), client.post(f"{path}/refresh"), client.delete(path)]
    assert all(secret not in answer.text for answer in others)
    assert error_of(client.get(path)) == (404, 12135)


@pytest.mark.parametrize(("duration", "hours"), [(None, 8760), ("720h", 720), ("30m", 0)])
def test_a_token_expires_after_its_duration(client: httpx.Client, duration: str | None, hours: int) -> None:
    created = token(client, duration=duration)
    assert hours_until(created["expires_at"]) == hours


def test_a_token_may_never_expire(client: httpx.Client) -> None:
    created = token(client, duration="forever")
    assert (created["duration"], created["expires_at"]) == ("forever", None)


def test_a_refresh_extends_the_expiration(client: httpx.Client) -> None:
    created = token(client)
    refreshed = result(client.post(f"{TOKENS}/{created['id']}/refresh"))
    assert refreshed["expires_at"] > created["expires_at"]


@pytest.mark.parametrize("operation", ["rotate", "update"])
def test_a_rotation_returns_a_new_secret(client: httpx.Client, operation: str) -> None:
    created = token(client)
    path = f"{TOKENS}/{created['id']}"
    if operation == "rotate":
        rotated = result(client.post(f"{path}/rotate"))
    else:
        rotated = result(client.put(path, json={"name": "hyperdrive", "client_secret_version": 2}))
    assert rotated["client_secret"] != created["client_secret"]
    assert rotated["client_id"] == created["client_id"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"duration": "a year"},
        {"client_secret_version": 2, "previous_client_secret_expires_at": "tomorrow"},
        {"client_secret_version": -1},
    ],
)
def test_a_token_with_invalid_content_is_rejected(client: httpx.Client, wrong: dict[str, Any]) -> None:
    path = f"{TOKENS}/{token(client)['id']}"
    assert error_of(client.put(path, json={"name": "hyperdrive", **wrong})) == (400, 12130)


def test_a_token_in_a_policy_cannot_be_deleted(client: httpx.Client) -> None:
    used = token(client)
    rule = policy(client, named(used))
    answer = client.delete(f"{TOKENS}/{used['id']}")
    assert error_of(answer) == (400, 12139)
    assert "service_token_in_use" in message(answer)
    result(client.delete(f"{POLICIES}/{rule['id']}"))
    result(client.delete(f"{TOKENS}/{used['id']}"))


def test_a_policy_is_created_read_changed_and_deleted(client: httpx.Client) -> None:
    created = policy(client, named(token(client)))
    assert (created["session_duration"], created["reusable"], created["app_count"]) == ("24h", True, 0)
    path = f"{POLICIES}/{created['id']}"
    assert result(client.get(path)) == created
    sent: dict[str, Any] = {"name": "db", "decision": "allow", "include": [{"everyone": {}}], "exclude": None}
    changed = result(client.put(path, json=sent))
    assert (changed["decision"], changed["include"], changed["exclude"]) == ("allow", [{"everyone": {}}], [])
    assert changed["created_at"] == created["created_at"]
    assert result(client.delete(path)) == {"id": created["id"]}
    assert error_of(client.get(path)) == (404, 12135)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"decision": "service_auth"}, 12130),
        ({"name": None}, 12130),
        ({"include": []}, 12130),
        ({"include": [{"everyone": {}, "group": {}}]}, 12130),
        ({"session_duration": "long"}, 12130),
        ({"include": [{"service_token": {"token_id": "unknown"}}]}, 12135),
    ],
)
def test_a_policy_with_invalid_content_is_rejected(client: httpx.Client, wrong: dict[str, Any], code: int) -> None:
    sent = {"name": "db", "decision": "non_identity", "include": [{"everyone": {}}], **wrong}
    assert error_of(client.post(POLICIES, json=sent)) == (400, code)


def test_an_application_is_returned_with_its_policies(client: httpx.Client) -> None:
    first, second = policy(client, name="first"), policy(client, name="second")
    references = [{"id": second["id"], "precedence": 2}, {"id": first["id"], "precedence": 1}]
    created = result(client.post(APPS, json=app(policies=references)))
    assert [(each["name"], each["precedence"]) for each in created["policies"]] == [("first", 1), ("second", 2)]
    assert created["destinations"] == [{"type": "public", "uri": "db.example.com"}]
    assert (len(created["aud"]), created["session_duration"]) == (64, "24h")
    assert result(client.get(f"{APPS}/{created['id']}")) == created
    assert result(client.get(f"{POLICIES}/{first['id']}"))["app_count"] == 1


def test_an_application_keeps_its_audience_after_a_change(client: httpx.Client) -> None:
    created = result(client.post(APPS, json=app(policies=[policy(client)["id"]])))
    changed = result(client.put(f"{APPS}/{created['id']}", json=app(policies=[], app_launcher_visible=False)))
    assert (changed["aud"], changed["policies"], changed["app_launcher_visible"]) == (created["aud"], [], False)
    result(client.delete(f"{APPS}/{created['id']}"))
    assert error_of(client.get(f"{APPS}/{created['id']}")) == (404, 12135)


def test_an_application_can_belong_to_a_zone(client: httpx.Client) -> None:
    path = f"/zones/{ZONE}/access/apps"
    destinations = [{"uri": "db.example.com"}]
    created = result(
        client.post(path, json=app(domain=None, destinations=destinations, policies=[policy(client)["id"]]))
    )
    assert created["domain"] == "db.example.com"
    assert result(client.get(f"{path}/{created['id']}")) == created
    assert result(client.get(APPS)) == []


def test_a_policy_of_an_application_cannot_be_deleted(client: httpx.Client) -> None:
    asked = policy(client)
    created = result(client.post(APPS, json=app(policies=[asked["id"]])))
    assert error_of(client.delete(f"{POLICIES}/{asked['id']}")) == (400, 12130)
    client.delete(f"{APPS}/{created['id']}")
    result(client.delete(f"{POLICIES}/{asked['id']}"))


def test_a_host_belongs_to_one_application(client: httpx.Client) -> None:
    result(client.post(APPS, json=app()))
    answer = client.post(APPS, json=app(name="other"))
    assert error_of(answer) == (400, 12130)
    assert "destination belongs to another application" in message(answer)


@pytest.mark.parametrize(
    ("wrong", "code", "problem"),
    [
        ({"type": "house"}, 12130, "type"),
        ({"domain": None}, 12130, "domain or destinations"),
        ({"destinations": [{"type": "public"}]}, 12130, "uri"),
        ({"session_duration": "long"}, 12130, "duration"),
        ({"policies": [{"id": str(uuid.uuid4())}]}, 12135, "not found"),
    ],
)
def test_an_application_with_invalid_content_is_rejected(
    client: httpx.Client, wrong: dict[str, Any], code: int, problem: str
) -> None:
    answer = client.post(APPS, json=app(**wrong))
    assert error_of(answer) == (400, code)
    assert problem in message(answer)


def test_precedences_must_be_unique(client: httpx.Client) -> None:
    references = [{"id": policy(client, name=name)["id"], "precedence": 1} for name in ("a", "b")]
    answer = client.post(APPS, json=app(policies=references))
    assert error_of(answer) == (400, 12130)
    assert "precedences must be unique" in message(answer)
