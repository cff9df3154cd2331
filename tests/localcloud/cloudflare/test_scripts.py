"""Worker scripts over the wire."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from localcloud.cloudflare.multipart import Part, encode_multipart, parse_multipart
from localcloud.cloudflare.runtime import HttpRuntime, MemoryRuntime, ScriptRejected, Worker
from localcloud.ports import free_port
from tests.localcloud.cloudflare.api import (
    ACCOUNT,
    DOMAINS,
    JAVASCRIPT,
    SCRIPTS,
    SOURCE,
    error_of,
    message,
    result,
    text,
    upload,
)
from tests.localcloud.cloudflare.conftest import Start

SERVICES = f"/accounts/{ACCOUNT}/workers/services"
METADATA = Part("metadata", b'{"main_module": "worker.js"}', "application/json")
MODULE = Part("worker.js", SOURCE.encode(), JAVASCRIPT, "worker.js")


class RejectingRuntime(MemoryRuntime):
    """Rejects scripts that contain `broken`."""

    async def apply(self, workers: Any) -> None:
        if "broken" in json.dumps(workers):
            raise ScriptRejected("Uncaught SyntaxError: Unexpected token")
        await super().apply(workers)


def sent(client: httpx.Client, *parts: Part) -> httpx.Response:
    body, content_type = encode_multipart(parts)
    return client.put(f"{SCRIPTS}/api", content=body, headers={"content-type": content_type})


def worker(emulator_runtime: MemoryRuntime, name: str = "api") -> Worker:
    (found,) = [each for each in emulator_runtime.workers if each["name"] == name]
    return found


def test_the_response_to_an_upload_has_the_fields_that_clients_read(client: httpx.Client) -> None:
    created = result(upload(client))
    assert created["id"] == "api"
    assert isinstance(created["startup_time_ms"], int)
    assert created["handlers"] == ["fetch"]
    assert (created["has_modules"], created["has_assets"]) == (True, False)
    assert created["compatibility_date"] == "2026-08-01"
    assert "bindings" not in created


def test_the_first_read_of_a_client_finds_the_script_as_a_service(client: httpx.Client) -> None:
    created = result(upload(client))
    service = result(client.get(f"{SERVICES}/api"))
    assert service["id"] == "api"
    assert service["default_environment"]["environment"] == "production"
    script = service["default_environment"]["script"]
    assert created == {**script, "startup_time_ms": 1, "entry_point": "worker.js"}


def test_the_settings_are_returned_unchanged(client: httpx.Client) -> None:
    settings: dict[str, Any] = {
        "compatibility_date": "2026-08-01",
        "compatibility_flags": ["nodejs_compat"],
        "logpush": True,
        "usage_model": "standard",
        "placement": {"mode": "smart"},
        "observability": {
            "enabled": True,
            "head_sampling_rate": 0.5,
            "logs": {"enabled": True, "invocation_logs": False},
        },
        "limits": {"cpu_ms": 50},
        "tail_consumers": [{"service": "tail"}],
        "tags": ["a", "b"],
        "annotations": {"workers/message": "first", "workers/tag": "v1"},
        "cache_options": {"enabled": False, "cross_version_cache": False},
    }
    upload(client, "api", **settings)
    assert result(client.get(f"{SCRIPTS}/api/settings")) == {**settings, "bindings": []}


@pytest.mark.parametrize(
    "settings",
    [
        {"placement": {"mode": "smart", "region": "aws:us-east-1"}},
        {"placement": {"host": "db.example.com:5432", "region": "aws:us-east-1"}},
        {"annotations": {"workers/tag": "t" * 101}},
        {"annotations": {"workers/message": "é" * 501}},
    ],
)
def test_undocumented_values_of_settings_are_rejected(client: httpx.Client, settings: dict[str, Any]) -> None:
    assert error_of(upload(client, "api", **settings)) == (400, 10021)


def test_the_response_to_an_upload_omits_parts_of_the_placement(client: httpx.Client) -> None:
    placement = {"mode": "targeted", "region": "aws:us-east-1"}
    assert result(upload(client, placement=placement))["placement"] == {"mode": "targeted"}
    assert result(client.get(f"{SCRIPTS}/api/settings"))["placement"] == placement


@pytest.mark.parametrize("date", [None, ""])
def test_an_omitted_compatibility_date_is_the_oldest_one(client: httpx.Client, date: str | None) -> None:
    assert result(upload(client, compatibility_date=date))["compatibility_date"] == "2021-11-02"


def test_today_is_a_valid_compatibility_date_and_tomorrow_is_not(client: httpx.Client) -> None:
    today = datetime.now(UTC).date()
    result(upload(client, compatibility_date=(today - timedelta(days=1)).isoformat()))
    answer = upload(client, compatibility_date=(today + timedelta(days=2)).isoformat())
    assert error_of(answer) == (400, 10021)
    assert "compatibility date in the future" in message(answer)


@pytest.mark.parametrize("date", ["yesterday", "2026-13-01", 7])
def test_an_invalid_compatibility_date_is_rejected(client: httpx.Client, date: Any) -> None:
    assert error_of(upload(client, compatibility_date=date)) == (400, 10021)


def test_the_content_is_returned_byte_by_byte(client: httpx.Client) -> None:
    source = "// a comment\r\nexport default {};\r\n\n--boundary--\n"
    upload(client, source=source)
    answer = client.get(f"{SCRIPTS}/api/content/v2", headers={"accept": "string"})
    assert answer.headers["cf-entrypoint"] == "worker.js"
    (part,) = parse_multipart(answer.content, answer.headers["content-type"])
    assert part == Part("worker.js", source.encode(), JAVASCRIPT, "worker.js")


def test_several_modules_are_returned_with_the_main_one_first(client: httpx.Client) -> None:
    wasm = Part("lib.wasm", bytes(range(256)), "application/wasm", "lib.wasm")
    helper = Part("lib/helper.js", b"export {};", JAVASCRIPT)
    assert sent(client, wasm, METADATA, helper, MODULE).status_code == 200
    answer = client.get(f"{SCRIPTS}/api/content/v2")
    assert [part.name for part in parse_multipart(answer.content, answer.headers["content-type"])] == [
        "worker.js",
        "lib.wasm",
        "lib/helper.js",
    ]
    assert parse_multipart(answer.content, answer.headers["content-type"])[1].content == bytes(range(256))


def test_a_module_has_the_name_of_its_file(client: httpx.Client) -> None:
    """Cloudflare's SDKs use the same name for all parts."""
    assert sent(client, METADATA, replace(MODULE, name="files[]")).status_code == 200


def test_the_runtime_gets_the_complete_worker(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    bindings: list[dict[str, Any]] = [
        text("GREETING", "hello"),
        text("TOKEN", "s3cret", "secret_text"),
        {"type": "json", "name": "TREE", "json": {"a": 1}},
        {"type": "json", "name": "STRING", "json": '{"a":1}'},
        {"type": "version_metadata", "name": "VERSION"},
    ]
    upload(client, "api", *bindings, compatibility_flags=["nodejs_compat"])
    client.put(f"{SCRIPTS}/api/schedules", json={"schedules": [{"cron": "*/5 * * * *"}]})
    found = worker(runtime)
    assert found["mainModule"] == "worker.js"
    assert [module["contentType"] for module in found["modules"]] == [JAVASCRIPT]
    assert (found["compatibilityDate"], found["compatibilityFlags"]) == ("2026-08-01", ["nodejs_compat"])
    assert [binding.get("text") for binding in found["bindings"][:2]] == ["hello", "s3cret"]
    assert [json.loads(binding["json"]) for binding in found["bindings"][2:4]] == [{"a": 1}, '{"a":1}']
    assert found["bindings"][4]["version"]["id"] == found["version"]["id"]
    assert found["crons"] == ["*/5 * * * *"]


def test_a_script_that_the_runtime_rejects_is_not_stored(start: Start) -> None:
    client = start(RejectingRuntime()).client
    created = result(upload(client))
    answer = upload(client, "api", text("WORD", "broken"))
    assert error_of(answer) == (400, 10021)
    assert message(answer) == "Uncaught SyntaxError: Unexpected token"
    assert result(client.get(SCRIPTS))[0]["etag"] == created["etag"]
    assert error_of(upload(client, "other", text("WORD", "broken"))) == (400, 10021)
    assert client.get("/__localcloud/store").json()["scripts"] == ["api"]


def test_nothing_is_stored_if_the_runtime_does_not_respond(start: Start) -> None:
    client = start(HttpRuntime(f"http://127.0.0.1:{free_port()}", "token")).client
    answer = upload(client)
    assert error_of(answer) == (500, 10013)
    assert "does not respond" in message(answer)
    assert answer.headers["x-should-retry"] == "false"
    assert result(client.get(SCRIPTS)) == []


def test_a_second_upload_replaces_the_first_and_keeps_its_creation_time(client: httpx.Client) -> None:
    first = result(upload(client))
    second = result(upload(client, source=SOURCE + "//"))
    assert second["created_on"] == first["created_on"]
    assert second["tag"] == first["tag"]
    assert second["modified_on"] > first["modified_on"]
    assert second["etag"] != first["etag"]


def test_a_second_upload_keeps_hosts_and_schedules(client: httpx.Client) -> None:
    upload(client)
    client.post(f"{SCRIPTS}/api/subdomain", json={"enabled": True})
    client.put(f"{SCRIPTS}/api/schedules", json=[{"cron": "0 0 * * *"}])
    upload(client)
    assert result(client.get(f"{SCRIPTS}/api/subdomain"))["enabled"] is True
    assert result(client.get(f"{SCRIPTS}/api/schedules"))["schedules"][0]["cron"] == "0 0 * * *"


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ([MODULE], "needs a part `metadata`"),
        ([MODULE, Part("metadata", b"{")], "needs a part `metadata`"),
        ([MODULE, Part("metadata", b"[]")], "needs a part `metadata`"),
        ([MODULE, Part("metadata", b"{}")], "no `main_module`"),
        ([MODULE, Part("metadata", b'{"body_part": "worker.js"}')], "ES modules only"),
        ([MODULE, Part("metadata", b'{"main_module": "other.js"}')], 'No such module "other.js"'),
        ([METADATA], 'No such module "worker.js"'),
    ],
    ids=["without", "broken", "a list", "empty", "service worker", "other name", "no module"],
)
def test_an_upload_without_a_valid_script_is_rejected(client: httpx.Client, parts: list[Part], problem: str) -> None:
    answer = sent(client, *parts)
    assert error_of(answer) == (400, 10021)
    assert problem in message(answer)


def test_an_upload_that_is_not_multipart_is_rejected(client: httpx.Client) -> None:
    assert error_of(client.put(f"{SCRIPTS}/api", json={})) == (400, 10021)


@pytest.mark.parametrize("name", ["Upper", "with.dot", "with space", "é"])
def test_a_script_name_that_is_invalid_in_a_host_name_is_rejected(client: httpx.Client, name: str) -> None:
    assert error_of(upload(client, name)) == (400, 10016)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{SERVICES}/nothing"),
        ("GET", f"{SCRIPTS}/nothing"),
        ("DELETE", f"{SCRIPTS}/nothing"),
        ("GET", f"{SCRIPTS}/nothing/settings"),
        ("GET", f"{SCRIPTS}/nothing/content/v2"),
        ("GET", f"{SCRIPTS}/nothing/subdomain"),
        ("GET", f"{SCRIPTS}/nothing/schedules"),
    ],
)
def test_an_unknown_script_is_404(client: httpx.Client, method: str, path: str) -> None:
    assert error_of(client.request(method, path)) == (404, 10007)


def test_all_scripts_are_listed(client: httpx.Client) -> None:
    for name in ("one", "two"):
        upload(client, name)
    assert [each["id"] for each in result(client.get(SCRIPTS))] == ["one", "two"]


def test_the_settings_can_be_patched_without_the_code(client: httpx.Client) -> None:
    upload(client, "api", text("GREETING", "hello"))
    changed = {"compatibility_date": "2026-07-01", "bindings": [text("GREETING", "goodbye")]}
    patched = result(client.patch(f"{SCRIPTS}/api/settings", json=changed))
    assert patched["bindings"] == [text("GREETING", "goodbye")]
    assert patched["compatibility_date"] == "2026-07-01"
    assert result(client.get(f"{SCRIPTS}/api/settings")) == patched


def test_the_settings_can_be_patched_as_wrangler_does(client: httpx.Client) -> None:
    upload(client, "api", text("TOKEN", "s3cret", "secret_text"))
    body, content_type = encode_multipart(
        [Part("settings", b'{"bindings": [{"type": "inherit", "name": "TOKEN"}], "tags": ["a"]}')]
    )
    answer = client.patch(f"{SCRIPTS}/api/settings", content=body, headers={"content-type": content_type})
    assert result(answer)["tags"] == ["a"]
    assert result(answer)["bindings"] == [{"type": "secret_text", "name": "TOKEN"}]


def test_a_script_with_a_binding_of_another_one_is_not_deleted(client: httpx.Client) -> None:
    upload(client, "provider")
    upload(client, "consumer", {"type": "service", "name": "PROVIDER", "service": "provider"})
    answer = client.delete(f"{SCRIPTS}/provider")
    assert error_of(answer) == (400, 10142)
    assert "consumer" in message(answer)


def test_force_deletes_a_script_with_a_binding_of_another_one(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    upload(client, "provider")
    upload(client, "consumer", {"type": "service", "name": "PROVIDER", "service": "provider"})
    result(client.delete(f"{SCRIPTS}/provider", params={"force": "true"}))
    assert worker(runtime, "consumer")["bindings"] == []


def test_a_script_with_a_binding_to_itself_is_deleted_after_an_upload_without_the_binding(client: httpx.Client) -> None:
    result(upload(client, "api", {"type": "service", "name": "SELF", "service": "api"}))
    assert error_of(client.delete(f"{SCRIPTS}/api")) == (400, 10142)
    result(upload(client, "api"))
    result(client.delete(f"{SCRIPTS}/api"))


def test_force_deletes_a_script_with_a_binding_to_itself(client: httpx.Client) -> None:
    result(upload(client, "api", {"type": "service", "name": "SELF", "service": "api"}))
    result(client.delete(f"{SCRIPTS}/api", params={"force": "true"}))


def test_routes_and_domains_are_deleted_with_their_script(client: httpx.Client) -> None:
    upload(client)
    client.put(DOMAINS, json={"hostname": "api.example.com", "service": "api"})
    client.post(f"/zones/{'0' * 32}/workers/routes", json={"pattern": "example.com/*", "script": "api"})
    result(client.delete(f"{SCRIPTS}/api"))
    assert not any(client.get("/__localcloud/store").json().values())
