"""Workers as three resources: the Worker, its versions, and its deployments."""

import base64
from typing import Any

import httpx
import pytest

from localcloud.cloudflare.runtime import MemoryRuntime
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

WORKERS = f"/accounts/{ACCOUNT}/workers/workers"
DEPLOYMENTS = f"{SCRIPTS}/api/deployments"
MODULE = {
    "name": "worker.js",
    "content_type": JAVASCRIPT,
    "content_base64": base64.b64encode(SOURCE.encode()).decode(),
}


def new_worker(client: httpx.Client, **settings: Any) -> dict[str, Any]:
    worker: dict[str, Any] = result(client.post(WORKERS, json={"name": "api", **settings}))
    return worker


def version(client: httpx.Client, *bindings: dict[str, Any], deploy: bool = False, **settings: Any) -> httpx.Response:
    body = {"main_module": "worker.js", "modules": [MODULE], "compatibility_date": "2026-08-01", **settings}
    params = {"deploy": "true"} if deploy else None
    return client.post(f"{WORKERS}/api/versions", json={**body, "bindings": list(bindings)}, params=params)


def deploy(client: httpx.Client, **shares: float) -> httpx.Response:
    """Deploys versions with percentages by version id. The ids are keywords, and begin with a letter."""
    versions = [{"version_id": id_.removeprefix("v_"), "percentage": share} for id_, share in shares.items()]
    return client.post(DEPLOYMENTS, json={"strategy": "percentage", "versions": versions})


def test_a_worker_is_returned_unchanged_by_id_and_by_name(client: httpx.Client) -> None:
    settings = {"logpush": True, "tags": ["a"], "subdomain": {"enabled": True}, "observability": {"enabled": True}}
    worker = new_worker(client, **settings)
    url = "https://api.localcloud.workers.dev"
    assert worker["subdomain"] == {"enabled": True, "previews_enabled": True, "url": url}
    assert (worker["logpush"], worker["tags"], worker["observability"]) == (True, ["a"], {"enabled": True})
    assert result(client.get(f"{WORKERS}/{worker['id']}")) == result(client.get(f"{WORKERS}/api")) == worker


def test_a_put_resets_omitted_settings(client: httpx.Client) -> None:
    new_worker(client, logpush=True, subdomain={"enabled": True})
    worker = result(client.put(f"{WORKERS}/api", json={"name": "api", "logpush": None}))
    assert (worker["logpush"], worker["subdomain"]["enabled"]) == (False, False)


def test_renaming_a_worker_keeps_its_routes_and_domains(client: httpx.Client) -> None:
    worker = new_worker(client)
    result(client.put(DOMAINS, json={"hostname": "api.example.com", "service": "api"}))
    renamed = result(client.put(f"{WORKERS}/{worker['id']}", json={"name": "renamed"}))
    assert (renamed["id"], renamed["name"]) == (worker["id"], "renamed")
    assert [domain["hostname"] for domain in renamed["references"]["domains"]] == ["api.example.com"]
    assert error_of(client.get(f"{SCRIPTS}/api")) == (404, 10007)


def test_worker_names_must_be_unique(client: httpx.Client) -> None:
    new_worker(client)
    assert error_of(client.post(WORKERS, json={"name": "api"})) == (409, 10040)


def test_a_version_is_not_active_until_it_is_deployed(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    new_worker(client)
    first = result(version(client, text("WORD", "one")))
    assert (first["number"], first["source"], runtime.workers) == (1, "api", [])
    result(deploy(client, **{f"v_{first['id']}": 100}))
    assert [worker["name"] for worker in runtime.workers] == ["api"]
    assert runtime.workers[0]["version"] == {"of": "api", "id": first["id"], "percentage": 100}


def test_a_version_can_be_deployed_at_once(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    new_worker(client)
    result(version(client, deploy=True))
    assert [worker["name"] for worker in runtime.workers] == ["api"]


def test_a_version_is_read_with_its_modules_and_sorted_bindings_and_no_secret(client: httpx.Client) -> None:
    new_worker(client)
    bindings = [text("B", "s3cret", "secret_text"), text("A", "plain")]
    created = result(version(client, *bindings, annotations={"workers/tag": "v1"}, limits={"cpu_ms": 50}))
    found = result(client.get(f"{WORKERS}/api/versions/{created['id']}", params={"include": "modules"}))
    assert found["modules"] == [MODULE]
    assert found["bindings"] == [text("A", "plain"), {"type": "secret_text", "name": "B"}]
    assert (found["annotations"], found["limits"]) == ({"workers/tag": "v1"}, {"cpu_ms": 50})
    assert created == {name: value for name, value in found.items() if name != "modules"}


def test_two_deployed_versions_are_both_active(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    new_worker(client)
    old, new = (result(version(client, text("WORD", mode)))["id"] for mode in ("old", "new"))
    deployment = result(deploy(client, **{f"v_{new}": 10, f"v_{old}": 90}))
    assert deployment["versions"] == [{"version_id": new, "percentage": 10}, {"version_id": old, "percentage": 90}]
    shares = {worker["name"]: worker["version"]["percentage"] for worker in runtime.workers}
    assert shares == {"api": 90, f"api@{new}": 10}
    assert [worker["bindings"][0]["text"] for worker in runtime.workers] == ["old", "new"]


def test_deployments_are_listed_newest_first(client: httpx.Client) -> None:
    new_worker(client)
    id_ = result(version(client))["id"]
    first, second = (result(deploy(client, **{f"v_{id_}": 100})) for _ in range(2))
    assert result(client.get(f"{DEPLOYMENTS}/{first['id']}")) == first
    assert result(client.get(DEPLOYMENTS))["deployments"] == [second, first]


@pytest.mark.parametrize("shares", [(), (99,), (50, 49), (120, -20), (40, 30, 30)])
def test_percentages_of_one_or_two_versions_must_add_up_to_100(client: httpx.Client, shares: tuple[float, ...]) -> None:
    new_worker(client)
    versions = {f"v_{result(version(client))['id']}": share for share in shares}
    assert error_of(deploy(client, **versions)) == (400, 10021)


def test_versions_of_a_deployment_must_be_unique(client: httpx.Client) -> None:
    new_worker(client)
    id_ = result(version(client))["id"]
    versions = [{"version_id": id_, "percentage": 50}] * 2
    answer = client.post(DEPLOYMENTS, json={"strategy": "percentage", "versions": versions})
    assert error_of(answer) == (400, 10021)


def test_a_missing_version_cannot_be_deployed(client: httpx.Client) -> None:
    new_worker(client)
    assert error_of(deploy(client, v_nowhere=100)) == (404, 10021)


def test_an_upload_creates_a_version_for_all_requests(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    new_worker(client)
    old, new = (result(version(client))["id"] for _ in range(2))
    result(deploy(client, **{f"v_{new}": 10, f"v_{old}": 90}))
    result(upload(client, "api", text("WORD", "uploaded")))
    assert [worker["bindings"][0]["text"] for worker in runtime.workers] == ["uploaded"]
    result(deploy(client, **{f"v_{old}": 100}))
    assert runtime.workers[0]["version"]["id"] == old


FIRST = {"new_tag": "v1", "new_sqlite_classes": ["Room"]}
ROOMS = {"type": "durable_object_namespace", "name": "ROOMS", "class_name": "Room"}


def migration_tag(client: httpx.Client) -> str | None:
    service = result(client.get(f"/accounts/{ACCOUNT}/workers/services/api"))
    tag: str | None = service["default_environment"]["script"].get("migration_tag")
    return tag


def test_the_deployment_of_a_version_applies_its_migration_once(client: httpx.Client) -> None:
    new_worker(client)
    id_ = result(version(client, migrations=FIRST))["id"]
    assert migration_tag(client) is None
    for _ in range(2):
        result(deploy(client, **{f"v_{id_}": 100}))
        assert migration_tag(client) == "v1"
    assert result(client.get(f"{WORKERS}/api/versions/{id_}"))["migrations"] == FIRST


def test_a_version_cannot_bind_a_class_before_its_migration_is_deployed(client: httpx.Client) -> None:
    new_worker(client)
    assert error_of(version(client, ROOMS, migrations=FIRST)) == (400, 10061)
    result(deploy(client, **{f"v_{result(version(client, migrations=FIRST))['id']}": 100}))
    result(version(client, ROOMS, migrations={"old_tag": "v1", "new_tag": "v1"}))


def test_a_version_that_is_deployed_at_once_can_bind_the_classes_of_its_migration(client: httpx.Client) -> None:
    new_worker(client)
    result(version(client, ROOMS, migrations=FIRST, deploy=True))
    assert migration_tag(client) == "v1"


def test_a_version_with_a_migration_cannot_be_deployed_gradually(client: httpx.Client) -> None:
    new_worker(client)
    old = result(version(client, deploy=True))["id"]
    new = result(version(client, migrations=FIRST))["id"]
    assert error_of(deploy(client, **{f"v_{new}": 10, f"v_{old}": 90})) == (400, 10211)
    result(deploy(client, **{f"v_{new}": 100}))
    next_ = result(version(client, migrations={"old_tag": "v1", "new_tag": "v1"}))["id"]
    result(deploy(client, **{f"v_{next_}": 10, f"v_{new}": 90}))


def test_a_migration_of_a_version_starts_from_the_last_tag(client: httpx.Client) -> None:
    new_worker(client)
    result(version(client, migrations=FIRST, deploy=True))
    assert error_of(version(client, migrations=FIRST)) == (412, 10079)


def test_headers_of_static_assets_are_a_module(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    new_worker(client)
    content = base64.b64encode(b"/*\n  X: y").decode()
    headers = {"name": "_headers", "content_type": "text/plain", "content_base64": content}
    settings = {"modules": [MODULE, headers], "assets": {"config": {"html_handling": "none"}}}
    result(version(client, deploy=True, **settings))
    (worker,) = runtime.workers
    assert (worker["assets"]["headers"], worker["assets"]["htmlHandling"]) == ("/*\n  X: y", "none")


def test_an_emulator_can_be_configured_to_hide_fields_of_versions(start: Start) -> None:
    client = start(hidden_version_fields=("placement",)).client
    new_worker(client)
    id_ = result(version(client, placement={"region": "aws:us-east-1"}))["id"]
    assert "placement" not in result(client.get(f"{WORKERS}/api/versions/{id_}"))


def test_old_versions_lose_their_code_and_active_ones_keep_it(client: httpx.Client) -> None:
    new_worker(client)
    running = result(version(client))["id"]
    result(deploy(client, **{f"v_{running}": 100}))
    ids = [result(version(client))["id"] for _ in range(7)]
    result(deploy(client, **{f"v_{running}": 100}))
    assert [each["id"] for each in result(client.get(f"{WORKERS}/api/versions"))] == [*reversed(ids), running]
    deployable = result(client.get(f"{SCRIPTS}/api/versions?deployable=true"))["items"]
    assert [each["id"] for each in deployable] == [*reversed(ids[-5:]), running]
    answer = deploy(client, **{f"v_{ids[0]}": 100})
    assert error_of(answer) == (400, 10021)
    assert "is too old" in message(answer)


def test_a_worker_without_a_version_is_a_script_without_code(client: httpx.Client) -> None:
    new_worker(client)
    assert result(client.get(SCRIPTS))[0]["has_modules"] is False
    assert client.get(f"{SCRIPTS}/api/content/v2").status_code == 204
    assert error_of(client.patch(f"{SCRIPTS}/api/settings", json={"tags": []})) == (400, 10021)


def test_deleting_a_worker_deletes_its_versions_and_deployments(client: httpx.Client) -> None:
    new_worker(client)
    result(version(client, deploy=True))
    result(client.delete(f"{WORKERS}/api"))
    assert not any(client.get("/__localcloud/store").json().values())


def test_a_worker_with_a_binding_of_another_one_is_deleted_only_with_force(client: httpx.Client) -> None:
    new_worker(client)
    result(version(client, deploy=True))
    result(upload(client, "consumer", {"type": "service", "name": "API", "service": "api"}))
    assert error_of(client.delete(f"{WORKERS}/api")) == (400, 10142)
    result(client.delete(f"{WORKERS}/api", params={"force": "true"}))


@pytest.mark.parametrize("path", ["", "/versions", "/versions/nothing"])
def test_an_unknown_worker_is_404(client: httpx.Client, path: str) -> None:
    assert error_of(client.get(f"{WORKERS}/nothing{path}")) == (404, 10007)
