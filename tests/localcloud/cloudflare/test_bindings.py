"""Rejected, kept and returned bindings of a script."""

from typing import Any

import httpx
import pytest

from localcloud.cloudflare.runtime import MemoryRuntime
from tests.localcloud.cloudflare.api import (
    CONFIGS,
    NAMESPACES,
    SCRIPTS,
    config,
    error_of,
    message,
    result,
    text,
    upload,
)
from tests.localcloud.cloudflare.conftest import Start

SECRET = text("TOKEN", "s3cret-of-the-worker", "secret_text")
KEY = {"type": "secret_key", "name": "KEY", "format": "raw", "usages": ["sign"], "key_base64": "czNjcmV0"}


def shown(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = result(client.get(f"{SCRIPTS}/api/settings"))["bindings"]
    return found


def names(client: httpx.Client) -> list[str]:
    return [binding["name"] for binding in shown(client)]


def test_bindings_are_returned_unchanged_and_in_order(client: httpx.Client) -> None:
    bound = result(client.post(CONFIGS, json=config()))["id"]
    namespace = result(client.post(NAMESPACES, json={"title": "cache"}))["id"]
    bindings = [
        {"type": "hyperdrive", "name": "HYPERDRIVE", "id": bound},
        {"type": "kv_namespace", "name": "CACHE", "namespace_id": namespace},
        {"type": "service", "name": "SELF", "service": "api", "environment": "production"},
        text("GREETING", "hello"),
        {"type": "json", "name": "TREE", "json": [1]},
    ]
    result(upload(client, "api", *bindings))
    assert shown(client) == bindings


def test_a_secret_is_never_returned(client: httpx.Client) -> None:
    answers = [upload(client, "api", SECRET, KEY)]
    answers += [client.get(f"{SCRIPTS}/api{rest}") for rest in ("", "/settings")]
    assert all("s3cret" not in answer.text and "czNjcmV0" not in answer.text for answer in answers)
    assert shown(client) == [
        {"type": "secret_text", "name": "TOKEN"},
        {"type": "secret_key", "name": "KEY", "format": "raw", "usages": ["sign"]},
    ]


@pytest.mark.parametrize("kind", ["secret_text", "plain_text"])
@pytest.mark.parametrize("value", [None, 7])
def test_a_binding_without_its_text_is_rejected(client: httpx.Client, kind: str, value: Any) -> None:
    upload(client, "api", SECRET)
    answer = upload(client, "api", {"type": kind, "name": "TOKEN", "text": value})
    assert error_of(answer) == (400, 10021)
    assert message(answer) == "invalid or missing text property for binding TOKEN"


@pytest.mark.parametrize(
    "binding",
    [
        {"type": "hyperdrive", "name": "BOUND", "id": "0" * 32},
        {"type": "kv_namespace", "name": "BOUND", "namespace_id": "0" * 32},
        {"type": "hyperdrive", "name": "BOUND"},
        {"type": "kv_namespace", "name": "BOUND"},
        {"type": "service", "name": "BOUND"},
        {"type": "json", "name": "BOUND"},
    ],
)
def test_a_binding_to_a_missing_object_is_rejected(client: httpx.Client, binding: dict[str, str]) -> None:
    answer = upload(client, "api", binding)
    assert error_of(answer) == (400, 10021)
    assert "BOUND" in message(answer)
    assert result(client.get(SCRIPTS)) == []


def test_a_binding_to_a_missing_worker_is_rejected(client: httpx.Client) -> None:
    assert error_of(upload(client, "api", {"type": "service", "name": "OTHER", "service": "other"})) == (400, 10144)


def test_a_configuration_of_another_account_cannot_be_bound(client: httpx.Client) -> None:
    other = result(client.post("/accounts/another/hyperdrive/configs", json=config()))["id"]
    assert error_of(upload(client, "api", {"type": "hyperdrive", "name": "H", "id": other})) == (400, 10021)


def test_binding_names_must_be_unique(client: httpx.Client) -> None:
    answer = upload(client, "api", text("TOKEN", "a"), SECRET)
    assert error_of(answer) == (400, 10021)
    assert "TOKEN" in message(answer)


@pytest.mark.parametrize("bindings", [{}, ["TOKEN"], [{"name": "TOKEN"}], [{"name": 1, "type": "plain_text"}]])
def test_invalid_bindings_are_rejected(client: httpx.Client, bindings: Any) -> None:
    assert error_of(client.patch(f"{SCRIPTS}/api/settings", json={"bindings": bindings})) == (404, 10007)
    upload(client)
    assert error_of(client.patch(f"{SCRIPTS}/api/settings", json={"bindings": bindings})) == (400, 10021)


def test_bindings_that_an_upload_omits_are_removed_including_secrets(client: httpx.Client) -> None:
    upload(client, "api", SECRET, text("GREETING", "hello"))
    upload(client, "api", text("OTHER", "x"))
    assert names(client) == ["OTHER"]


def test_bindings_of_kept_types_keep_their_secrets(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    upload(client, "api", SECRET, text("GREETING", "hello"))
    upload(client, "api", text("OTHER", "x"), keep_bindings=["secret_text"])
    assert names(client) == ["OTHER", "TOKEN"]
    assert runtime.workers[0]["bindings"][1]["text"] == "s3cret-of-the-worker"


def test_a_declared_binding_replaces_a_kept_one_with_its_name(client: httpx.Client) -> None:
    upload(client, "api", SECRET)
    upload(client, "api", text("TOKEN", "plain now"), keep_bindings=["secret_text"])
    assert shown(client) == [text("TOKEN", "plain now")]


def test_an_emulator_can_be_configured_to_keep_undeclared_secrets(start: Start) -> None:
    client = start(keep_undeclared_secrets=True).client
    upload(client, "api", SECRET, text("GREETING", "hello"))
    upload(client)
    assert names(client) == ["TOKEN"]


@pytest.mark.parametrize("old_name", [None, "TOKEN"])
def test_an_inherited_binding_is_that_of_the_previous_version(start: Start, old_name: str | None) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    upload(client, "api", SECRET)
    name = "RENAMED" if old_name else "TOKEN"
    upload(client, "api", {"type": "inherit", "name": name, **({"old_name": old_name} if old_name else {})})
    assert shown(client) == [{"type": "secret_text", "name": name}]
    assert runtime.workers[0]["bindings"][0]["text"] == "s3cret-of-the-worker"


def test_inheriting_a_missing_binding_is_silently_ignored(client: httpx.Client) -> None:
    result(upload(client, "api", {"type": "inherit", "name": "TOKEN"}))
    assert shown(client) == []


def test_strict_inheritance_rejects_a_missing_binding(client: httpx.Client) -> None:
    answer = upload(client, "api", {"type": "inherit", "name": "TOKEN"}, query={"bindings_inherit": "strict"})
    assert error_of(answer) == (400, 10021)
