"""The bindings of a script: which are refused, which stay, and what is shown."""

from typing import Any

import httpx
import pytest

from localcloud.cloudflare.runtime import MemoryRuntime
from tests.localcloud.cloudflare.api import CONFIGS, NAMESPACES, SCRIPTS, config, message, refused, result, text, upload
from tests.localcloud.cloudflare.conftest import Start

SECRET = text("TOKEN", "s3cret-of-the-worker", "secret_text")
KEY = {"type": "secret_key", "name": "KEY", "format": "raw", "usages": ["sign"], "key_base64": "czNjcmV0"}


def shown(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = result(client.get(f"{SCRIPTS}/api/settings"))["bindings"]
    return found


def names(client: httpx.Client) -> list[str]:
    return [binding["name"] for binding in shown(client)]


def test_bindings_come_back_in_order_and_as_they_were_sent(client: httpx.Client) -> None:
    bound = result(client.post(CONFIGS, json=config()))["id"]
    namespace = result(client.post(NAMESPACES, json={"title": "cache"}))["id"]
    bindings = [
        {"type": "hyperdrive", "name": "HYPERDRIVE", "id": bound},
        {"type": "kv_namespace", "name": "CACHE", "namespace_id": namespace},
        {"type": "service", "name": "SELF", "service": "api", "environment": "production"},
        text("GREETING", "hello"),
        {"type": "json", "name": "TREE", "json": "[1]"},
    ]
    result(upload(client, "api", *bindings))
    assert shown(client) == bindings


def test_a_secret_never_comes_back(client: httpx.Client) -> None:
    answers = [upload(client, "api", SECRET, KEY)]
    answers += [client.get(f"{SCRIPTS}/api{rest}") for rest in ("", "/settings")]
    assert all("s3cret" not in answer.text and "czNjcmV0" not in answer.text for answer in answers)
    assert shown(client) == [
        {"type": "secret_text", "name": "TOKEN"},
        {"type": "secret_key", "name": "KEY", "format": "raw", "usages": ["sign"]},
    ]


@pytest.mark.parametrize("kind", ["secret_text", "plain_text"])
@pytest.mark.parametrize("value", [None, 7])
def test_a_binding_without_its_text_is_refused(client: httpx.Client, kind: str, value: Any) -> None:
    upload(client, "api", SECRET)
    answer = upload(client, "api", {"type": kind, "name": "TOKEN", "text": value})
    assert refused(answer) == (400, 10021)
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
def test_a_binding_to_what_is_not_there_is_refused(client: httpx.Client, binding: dict[str, str]) -> None:
    answer = upload(client, "api", binding)
    assert refused(answer) == (400, 10021)
    assert "BOUND" in message(answer)
    assert result(client.get(SCRIPTS)) == []


def test_a_binding_to_a_worker_that_is_not_there_is_refused(client: httpx.Client) -> None:
    assert refused(upload(client, "api", {"type": "service", "name": "OTHER", "service": "other"})) == (400, 10144)


def test_a_configuration_of_another_account_cannot_be_bound(client: httpx.Client) -> None:
    other = result(client.post("/accounts/another/hyperdrive/configs", json=config()))["id"]
    assert refused(upload(client, "api", {"type": "hyperdrive", "name": "H", "id": other})) == (400, 10021)


def test_two_bindings_of_one_name_are_refused(client: httpx.Client) -> None:
    answer = upload(client, "api", text("TOKEN", "a"), SECRET)
    assert refused(answer) == (400, 10021)
    assert "TOKEN" in message(answer)


@pytest.mark.parametrize("bindings", [{}, ["TOKEN"], [{"name": "TOKEN"}], [{"name": 1, "type": "plain_text"}]])
def test_bindings_of_another_form_are_refused(client: httpx.Client, bindings: Any) -> None:
    assert refused(client.patch(f"{SCRIPTS}/api/settings", json={"bindings": bindings})) == (404, 10007)
    upload(client)
    assert refused(client.patch(f"{SCRIPTS}/api/settings", json={"bindings": bindings})) == (400, 10021)


def test_what_an_upload_does_not_list_is_gone_secrets_included(client: httpx.Client) -> None:
    upload(client, "api", SECRET, text("GREETING", "hello"))
    upload(client, "api", text("OTHER", "x"))
    assert names(client) == ["OTHER"]


def test_kept_types_stay_with_their_secrets(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    upload(client, "api", SECRET, text("GREETING", "hello"))
    upload(client, "api", text("OTHER", "x"), keep_bindings=["secret_text"])
    assert names(client) == ["OTHER", "TOKEN"]
    assert runtime.workers[0]["bindings"][1]["text"] == "s3cret-of-the-worker"


def test_a_kept_binding_gives_way_to_a_declared_one_of_its_name(client: httpx.Client) -> None:
    upload(client, "api", SECRET)
    upload(client, "api", text("TOKEN", "plain now"), keep_bindings=["secret_text"])
    assert shown(client) == [text("TOKEN", "plain now")]


def test_an_emulator_can_be_told_to_keep_undeclared_secrets(start: Start) -> None:
    client = start(keep_undeclared_secrets=True).client
    upload(client, "api", SECRET, text("GREETING", "hello"))
    upload(client)
    assert names(client) == ["TOKEN"]


@pytest.mark.parametrize("old_name", [None, "TOKEN"])
def test_an_inherited_binding_is_that_of_the_version_before(start: Start, old_name: str | None) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    upload(client, "api", SECRET)
    name = "RENAMED" if old_name else "TOKEN"
    upload(client, "api", {"type": "inherit", "name": name, **({"old_name": old_name} if old_name else {})})
    assert shown(client) == [{"type": "secret_text", "name": name}]
    assert runtime.workers[0]["bindings"][0]["text"] == "s3cret-of-the-worker"


def test_an_inherited_binding_that_was_not_there_is_dropped_in_silence(client: httpx.Client) -> None:
    result(upload(client, "api", {"type": "inherit", "name": "TOKEN"}))
    assert shown(client) == []


def test_strict_inheritance_refuses_what_was_not_there(client: httpx.Client) -> None:
    answer = upload(client, "api", {"type": "inherit", "name": "TOKEN"}, query={"bindings_inherit": "strict"})
    assert refused(answer) == (400, 10021)
