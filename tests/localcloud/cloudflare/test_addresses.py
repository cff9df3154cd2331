"""Hosts of Workers (workers.dev, routes, custom domains) and cron triggers."""

from typing import Any

import httpx
import pytest

from localcloud.cloudflare.runtime import MemoryRuntime
from localcloud.cloudflare.zones import zone_id_of
from tests.localcloud.cloudflare.api import ACCOUNT, DOMAINS, SCRIPTS, error_of, result, upload
from tests.localcloud.cloudflare.conftest import Start

ROUTES = f"/zones/{'0' * 32}/workers/routes"
SUBDOMAIN = f"/accounts/{ACCOUNT}/workers/subdomain"
MISSING = "0" * 32


@pytest.fixture
def runtime() -> MemoryRuntime:
    return MemoryRuntime()


@pytest.fixture
def client(start: Start, runtime: MemoryRuntime) -> httpx.Client:
    client = start(runtime).client
    upload(client)
    return client


def hosts(runtime: MemoryRuntime) -> list[str]:
    (worker,) = runtime.workers
    found: list[str] = worker["hosts"]
    return found


def test_a_new_script_has_no_hosts(client: httpx.Client, runtime: MemoryRuntime) -> None:
    assert hosts(runtime) == []
    assert result(client.get(f"{SCRIPTS}/api/subdomain")) == {"enabled": False, "previews_enabled": False}


def test_an_enabled_subdomain_adds_a_local_host_and_one_below_workers_dev(
    client: httpx.Client, runtime: MemoryRuntime
) -> None:
    sent = {"enabled": True, "previews_enabled": False}
    assert result(client.post(f"{SCRIPTS}/api/subdomain", json=sent)) == sent
    assert result(client.get(f"{SCRIPTS}/api/subdomain")) == sent
    assert hosts(runtime) == ["api.localhost", "api.localcloud.workers.dev"]


def test_deleting_a_subdomain_disables_it(client: httpx.Client, runtime: MemoryRuntime) -> None:
    client.post(f"{SCRIPTS}/api/subdomain", json={"enabled": True})
    result(client.delete(f"{SCRIPTS}/api/subdomain"))
    assert result(client.get(f"{SCRIPTS}/api/subdomain")) == {"enabled": False, "previews_enabled": False}
    assert hosts(runtime) == []


@pytest.mark.parametrize("body", [{}, {"enabled": "yes"}])
def test_a_subdomain_without_enabled_is_rejected(client: httpx.Client, body: dict[str, Any]) -> None:
    assert error_of(client.post(f"{SCRIPTS}/api/subdomain", json=body)) == (400, 10021)


def test_the_account_can_change_its_name_below_workers_dev(client: httpx.Client, runtime: MemoryRuntime) -> None:
    client.post(f"{SCRIPTS}/api/subdomain", json={"enabled": True})
    assert result(client.put(SUBDOMAIN, json={"subdomain": "acme"})) == {"subdomain": "acme"}
    assert result(client.get(SUBDOMAIN)) == {"subdomain": "acme"}
    assert "api.acme.workers.dev" in hosts(runtime)


def test_an_account_subdomain_must_be_one_label(client: httpx.Client) -> None:
    assert error_of(client.put(SUBDOMAIN, json={"subdomain": "a.b"})) == (400, 10021)


def test_a_route_is_created_read_changed_and_deleted(client: httpx.Client, runtime: MemoryRuntime) -> None:
    created = result(client.post(ROUTES, json={"pattern": "api.example.com/v1/*", "script": "api"}))
    assert len(created["id"]) == 32
    assert (created["pattern"], created["script"]) == ("api.example.com/v1/*", "api")
    assert hosts(runtime) == ["api.example.com"]
    path = f"{ROUTES}/{created['id']}"
    changed = {**created, "pattern": "https://www.example.com/*"}
    assert result(client.put(path, json={"pattern": "https://www.example.com/*", "script": "api"})) == changed
    assert result(client.get(path)) == changed
    assert result(client.get(ROUTES)) == [changed]
    assert hosts(runtime) == ["www.example.com"]
    assert result(client.delete(path)) == {"id": created["id"]}
    assert error_of(client.get(path)) == (404, 10009)
    assert hosts(runtime) == []


def test_a_route_without_a_script_excludes_workers(client: httpx.Client, runtime: MemoryRuntime) -> None:
    created = result(client.post(ROUTES, json={"pattern": "example.com/*", "script": "api"}))
    changed = result(client.put(f"{ROUTES}/{created['id']}", json={"pattern": "example.com/*", "script": None}))
    assert changed == {"id": created["id"], "pattern": "example.com/*"}
    assert hosts(runtime) == []


def test_a_route_with_a_wildcard_host_is_stored_and_adds_no_host(client: httpx.Client, runtime: MemoryRuntime) -> None:
    result(client.post(ROUTES, json={"pattern": "*.example.com/*", "script": "api"}))
    assert hosts(runtime) == []


def test_a_pattern_must_be_unique_in_its_zone(client: httpx.Client) -> None:
    client.post(ROUTES, json={"pattern": "example.com/*", "script": "api"})
    other = result(client.post(ROUTES, json={"pattern": "example.com/other", "script": "api"}))
    assert error_of(client.post(ROUTES, json={"pattern": "example.com/*"})) == (409, 10020)
    assert error_of(client.put(f"{ROUTES}/{other['id']}", json={"pattern": "example.com/*"})) == (409, 10020)


@pytest.mark.parametrize("pattern", [None, "", "/path", "a*b.example.com/*", "example.com/?a=b"])
def test_an_invalid_pattern_is_rejected(client: httpx.Client, pattern: Any) -> None:
    assert error_of(client.post(ROUTES, json={"pattern": pattern, "script": "api"})) == (400, 10022)


@pytest.mark.parametrize("pattern", ["example.com/*", "*.example.com/*", "*example.com/*", "api.example.com/*"])
def test_a_pattern_in_a_known_zone_must_be_below_its_name(client: httpx.Client, pattern: str) -> None:
    routes = f"/zones/{zone_id_of('example.com')}/workers/routes"
    result(client.post(routes, json={"pattern": pattern, "script": "api"}))
    assert error_of(client.post(routes, json={"pattern": "notexample.com/*", "script": "api"})) == (400, 10022)


def test_a_route_to_an_unknown_script_is_rejected(client: httpx.Client) -> None:
    assert error_of(client.post(ROUTES, json={"pattern": "example.com/*", "script": "other"})) == (400, 10019)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_unknown_route_is_404(client: httpx.Client, method: str) -> None:
    body = {"pattern": "example.com/*"} if method == "PUT" else None
    assert error_of(client.request(method, f"{ROUTES}/{MISSING}", json=body)) == (404, 10009)


def test_a_domain_is_attached_read_and_detached(client: httpx.Client, runtime: MemoryRuntime) -> None:
    created = result(client.put(DOMAINS, json={"hostname": "api.example.com", "service": "api"}))
    assert (created["hostname"], created["service"], created["environment"]) == ("api.example.com", "api", "production")
    assert (created["zone_name"], created["zone_id"]) == ("example.com", zone_id_of("example.com"))
    assert created["cert_id"].count("-") == 4
    path = f"{DOMAINS}/{created['id']}"
    assert result(client.get(path)) == created
    assert result(client.get(DOMAINS)) == [created]
    assert hosts(runtime) == ["api.example.com"]
    assert result(client.delete(path)) == {"id": created["id"]}
    assert error_of(client.get(path)) == (404, 100114)
    assert hosts(runtime) == []


def test_the_given_zone_is_the_zone_of_the_domain(client: httpx.Client) -> None:
    sent = {"hostname": "api.example.com", "service": "api", "zone_id": "f" * 32, "zone_name": "example.com"}
    created = result(client.put(DOMAINS, json=sent))
    assert {key: created[key] for key in sent} == sent


def test_attaching_a_domain_again_to_its_worker_changes_nothing(client: httpx.Client) -> None:
    sent = {"hostname": "api.example.com", "service": "api"}
    assert result(client.put(DOMAINS, json=sent)) == result(client.put(DOMAINS, json=sent))


def test_a_domain_of_another_worker_is_a_conflict(client: httpx.Client) -> None:
    upload(client, "other")
    client.put(DOMAINS, json={"hostname": "api.example.com", "service": "api"})
    answer = client.put(DOMAINS, json={"hostname": "api.example.com", "service": "other"})
    assert error_of(answer) == (409, 100116)
    assert answer.headers["x-should-retry"] == "false"


def test_a_domain_with_a_dns_record_of_its_zone_is_a_conflict(client: httpx.Client) -> None:
    zone = result(client.get("/zones", params={"name": "example.com"}))[0]["id"]
    record = {"type": "A", "name": "api.example.com", "content": "192.0.2.1", "ttl": 1}
    created = result(client.post(f"/zones/{zone}/dns_records", json=record))
    sent = {"hostname": "api.example.com", "service": "api"}
    assert error_of(client.put(DOMAINS, json=sent)) == (409, 100117)
    client.delete(f"/zones/{zone}/dns_records/{created['id']}")
    result(client.put(DOMAINS, json=sent))


def test_a_domain_with_external_dns_records_is_a_conflict(client: httpx.Client) -> None:
    sent = {"hostname": "api.example.com", "service": "api"}
    client.put("/__localcloud/external-dns/api.example.com")
    assert error_of(client.put(DOMAINS, json=sent)) == (409, 100117)
    client.delete("/__localcloud/external-dns/api.example.com")
    result(client.put(DOMAINS, json=sent))


@pytest.mark.parametrize("host", [None, "", "localhost", "*.example.com", "example.com/path", "https://example.com"])
def test_a_domain_must_be_a_host_name(client: httpx.Client, host: Any) -> None:
    assert error_of(client.put(DOMAINS, json={"hostname": host, "service": "api"})) == (400, 10021)


def test_a_domain_of_an_unknown_worker_is_rejected(client: httpx.Client) -> None:
    assert error_of(client.put(DOMAINS, json={"hostname": "api.example.com", "service": "other"})) == (404, 10007)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_domain_is_404(client: httpx.Client, method: str) -> None:
    assert error_of(client.request(method, f"{DOMAINS}/{MISSING}")) == (404, 100114)


@pytest.mark.parametrize("form", [lambda crons: crons, lambda crons: {"schedules": crons}], ids=["list", "object"])
def test_all_schedules_are_replaced(client: httpx.Client, form: Any) -> None:
    path = f"{SCRIPTS}/api/schedules"
    first = result(client.put(path, json=form([{"cron": "*/5 * * * *"}, {"cron": "0 0 * * *"}])))["schedules"]
    assert [each["cron"] for each in first] == ["*/5 * * * *", "0 0 * * *"]
    second = result(client.put(path, json=form([{"cron": "0 0 * * *"}])))["schedules"]
    assert second == first[1:]
    assert result(client.get(path)) == {"schedules": second}
    assert result(client.put(path, json=form([]))) == {"schedules": []}


@pytest.mark.parametrize("body", [{}, {"schedules": "daily"}, ["daily"], [{"cron": "daily"}], [{"cron": 5}]])
def test_an_invalid_schedule_is_rejected(client: httpx.Client, body: Any) -> None:
    assert error_of(client.put(f"{SCRIPTS}/api/schedules", json=body)) == (400, 10021)
