"""Hyperdrive configurations over the wire."""

from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import pytest

from localcloud.cloudflare.runtime import MemoryRuntime
from localcloud.cloudflare.settings import Plan
from localcloud.postgres import Postgres
from tests.localcloud.cloudflare.api import CONFIGS, config, error_of, result, upload, vpc_origin
from tests.localcloud.cloudflare.conftest import Start

HYPERDRIVE = {"type": "hyperdrive", "name": "HYPERDRIVE"}


def public_origin(postgres: Postgres, **changes: Any) -> dict[str, Any]:
    url = urlsplit(postgres.url())
    origin = {
        "scheme": "postgres",
        "host": url.hostname,
        "port": url.port,
        "user": url.username,
        "password": unquote(url.password or ""),
        "database": url.path[1:],
    }
    return {**origin, **changes}


@pytest.fixture
def checking(start: Start) -> httpx.Client:
    return start(allow_loopback_origins=True).client


def test_a_configuration_is_returned_unchanged_without_its_password(checking: httpx.Client, postgres: Postgres) -> None:
    origin = public_origin(postgres)
    caching = {"disabled": False, "max_age": 60, "stale_while_revalidate": 15}
    sent = config(origin=origin, caching=caching, origin_connection_limit=20)
    created = result(checking.post(CONFIGS, json=sent))
    shown = {key: value for key, value in origin.items() if key != "password"}
    assert {key: created[key] for key in sent} == {**sent, "origin": shown}
    assert result(checking.get(f"{CONFIGS}/{created['id']}")) == created
    assert result(checking.get(CONFIGS)) == [created]


def test_no_response_contains_a_secret(client: httpx.Client) -> None:
    credentials = {"scheme": "postgres", "database": "app", "user": "app", "password": "s3cret-1"}
    access = {"host": "db.example.com", "access_client_id": "an-id", "access_client_secret": "s3cret-2"}
    answers = [client.post(CONFIGS, json=config(origin={**credentials, **access}))]
    path = f"{CONFIGS}/{result(answers[0])['id']}"
    answers += [client.get(path), client.get(CONFIGS), client.post(f"{path}/restart")]
    answers += [client.put(path, json=config(origin={**credentials, **access}))]
    answers += [client.patch(path, json={"name": "other"}), client.get("/__localcloud/store")]
    assert result(answers[1])["origin"]["access_client_id"] == "an-id"
    for answer in answers:
        assert answer.is_success
        assert "s3cret" not in answer.text


def test_id_and_times_have_the_format_of_the_real_api(client: httpx.Client) -> None:
    created = result(client.post(CONFIGS, json=config()))
    assert len(created["id"]) == 32
    assert int(created["id"], 16)
    assert created["created_on"].endswith("Z")
    assert created["modified_on"] >= created["created_on"]


def test_omitted_tls_settings_are_returned_as_an_empty_object(client: httpx.Client) -> None:
    assert result(client.post(CONFIGS, json=config()))["mtls"] == {}


def test_a_name_must_be_unique(client: httpx.Client) -> None:
    client.post(CONFIGS, json=config())
    assert error_of(client.post(CONFIGS, json=config())) == (400, 2017)
    other = result(client.post(CONFIGS, json=config("other")))
    assert error_of(client.put(f"{CONFIGS}/{other['id']}", json=config())) == (400, 2017)


def test_a_configuration_may_keep_its_name(client: httpx.Client) -> None:
    path = f"{CONFIGS}/{result(client.post(CONFIGS, json=config()))['id']}"
    assert result(client.put(path, json=config(origin_connection_limit=11)))["origin_connection_limit"] == 11


@pytest.mark.parametrize(("plan", "most"), [(Plan.FREE, 10), (Plan.PAID, 25)])
def test_the_number_of_configurations_is_limited_by_the_plan(start: Start, plan: Plan, most: int) -> None:
    client = start(plan=plan).client
    for number in range(most):
        result(client.post(CONFIGS, json=config(f"config-{number}")))
    assert error_of(client.post(CONFIGS, json=config("one-more"))) == (400, 2007)
    result(client.post("/accounts/another/hyperdrive/configs", json=config()))


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_an_unknown_configuration_is_404(client: httpx.Client, method: str) -> None:
    answer = client.request(method, f"{CONFIGS}/{'0' * 32}", json=None if method in ("GET", "DELETE") else config())
    assert error_of(answer) == (404, 2006)


def test_a_deleted_configuration_is_not_found(client: httpx.Client) -> None:
    path = f"{CONFIGS}/{result(client.post(CONFIGS, json=config()))['id']}"
    assert result(client.delete(path)) is None
    assert error_of(client.get(path)) == (404, 2006)


def test_a_put_needs_the_name(client: httpx.Client) -> None:
    path = f"{CONFIGS}/{result(client.post(CONFIGS, json=config()))['id']}"
    assert error_of(client.put(path, json={"origin": vpc_origin()})) == (400, 2007)


@pytest.mark.parametrize("origin", [None, {"user": "other"}, {**vpc_origin(), "password": None}])
def test_a_put_needs_the_complete_origin(client: httpx.Client, origin: Any) -> None:
    path = f"{CONFIGS}/{result(client.post(CONFIGS, json=config()))['id']}"
    assert error_of(client.put(path, json={"name": "main", "origin": origin})) == (400, 2007)


def test_a_put_without_caching_resets_it(client: httpx.Client) -> None:
    path = f"{CONFIGS}/{result(client.post(CONFIGS, json=config()))['id']}"
    assert result(client.put(path, json={"name": "main", "origin": vpc_origin()}))["caching"] == {"disabled": False}


def test_a_put_without_limit_and_mtls_keeps_them(checking: httpx.Client, postgres: Postgres) -> None:
    origin = public_origin(postgres)
    sent = config(origin=origin, mtls={"sslmode": "require"}, origin_connection_limit=17)
    path = f"{CONFIGS}/{result(checking.post(CONFIGS, json=sent))['id']}"
    kept = result(checking.put(path, json={"name": "main", "origin": origin}))
    assert (kept["mtls"], kept["origin_connection_limit"]) == ({"sslmode": "require"}, 17)


def test_a_put_with_null_for_limit_and_mtls_clears_them(checking: httpx.Client, postgres: Postgres) -> None:
    origin = public_origin(postgres)
    sent = config(origin=origin, mtls={"sslmode": "require"}, origin_connection_limit=17)
    path = f"{CONFIGS}/{result(checking.post(CONFIGS, json=sent))['id']}"
    cleared = {"name": "main", "origin": origin, "mtls": None, "origin_connection_limit": None}
    kept = result(checking.put(path, json=cleared))
    assert (kept["mtls"], kept["origin_connection_limit"]) == ({}, 60)


def test_a_patch_changes_only_the_given_fields(client: httpx.Client) -> None:
    before = result(client.post(CONFIGS, json=config(caching={"max_age": 30})))
    after = result(client.patch(f"{CONFIGS}/{before['id']}", json={"name": "other"}))
    assert {**after, "name": "main", "modified_on": before["modified_on"]} == before


def test_a_patch_of_the_user_keeps_the_route_and_the_password(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    created = result(client.post(CONFIGS, json=config()))
    upload(client, "api", {**HYPERDRIVE, "id": created["id"]})
    client.patch(f"{CONFIGS}/{created['id']}", json={"origin": {"user": "other"}})
    (binding,) = runtime.workers[0]["bindings"]
    assert binding["connectionString"].startswith("postgres://other:s3cret-of-the-database@")


def test_a_patch_with_another_route_drops_the_old_one(client: httpx.Client) -> None:
    path = f"{CONFIGS}/{result(client.post(CONFIGS, json=config()))['id']}"
    access = {"host": "db.example.com", "access_client_id": "id", "access_client_secret": "s"}
    origin = result(client.patch(path, json={"origin": access}))["origin"]
    assert "service_id" not in origin
    assert origin["host"] == "db.example.com"


def test_a_patch_that_disables_caching_drops_the_ages(client: httpx.Client) -> None:
    path = f"{CONFIGS}/{result(client.post(CONFIGS, json=config(caching={'max_age': 30})))['id']}"
    assert result(client.patch(path, json={"caching": {"disabled": True}}))["caching"] == {"disabled": True}


def test_a_restart_changes_only_its_time(client: httpx.Client) -> None:
    created = result(client.post(CONFIGS, json=config()))
    assert "restarted_on" not in created
    restarted = result(client.post(f"{CONFIGS}/{created['id']}/restart"))
    assert restarted.pop("restarted_on").endswith("Z")
    assert restarted == created


def test_a_configuration_whose_database_is_unreachable_is_not_stored(
    checking: httpx.Client, postgres: Postgres
) -> None:
    origin = public_origin(postgres, password="wrong")
    assert error_of(checking.post(CONFIGS, json=config(origin=origin))) == (400, 2013)
    assert result(checking.get(CONFIGS)) == []


def test_a_rejected_update_changes_nothing(checking: httpx.Client, postgres: Postgres) -> None:
    created = result(checking.post(CONFIGS, json=config(origin=public_origin(postgres))))
    path = f"{CONFIGS}/{created['id']}"
    wrong = config("other", origin=public_origin(postgres, password="wrong"))
    assert error_of(checking.put(path, json=wrong)) == (400, 2013)
    assert error_of(checking.patch(path, json={"origin": {"password": "wrong"}})) == (400, 2013)
    assert result(checking.get(path)) == created


def test_only_a_change_of_a_connection_parameter_tests_the_database_again(start: Start, postgres: Postgres) -> None:
    emulator, origin = start(allow_loopback_origins=True), public_origin(postgres)
    path = f"{CONFIGS}/{result(emulator.client.post(CONFIGS, json=config(origin=origin)))['id']}"
    emulator.cloud.settings = replace(emulator.cloud.settings, allow_loopback_origins=False)
    result(emulator.client.put(path, json=config("other", origin=origin, origin_connection_limit=12)))
    changed = config("other", origin={**origin, "user": "postgres"})
    assert error_of(emulator.client.put(path, json=changed)) == (400, 2009)


def test_an_unknown_ca_is_rejected(checking: httpx.Client, postgres: Postgres) -> None:
    mtls = {"sslmode": "verify-full", "ca_certificate_id": "0199f0f0-0000-7000-8000-000000000000"}
    answer = checking.post(CONFIGS, json=config(origin=public_origin(postgres), mtls=mtls))
    assert error_of(answer) == (400, 2007)


def test_a_changed_password_is_deployed_to_bound_workers(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    created = result(client.post(CONFIGS, json=config()))
    upload(client, "api", {**HYPERDRIVE, "id": created["id"]})
    client.put(f"{CONFIGS}/{created['id']}", json=config(origin=vpc_origin(password="ne:w/@?#")))
    (binding,) = runtime.workers[0]["bindings"]
    url = urlsplit(binding["connectionString"])
    assert unquote(url.password or "") == "ne:w/@?#"
    assert (url.path, url.query) == ("/app", "sslmode=require")


def test_a_worker_has_no_binding_after_its_configuration_was_deleted(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    created = result(client.post(CONFIGS, json=config()))
    upload(client, "api", {**HYPERDRIVE, "id": created["id"]})
    result(client.delete(f"{CONFIGS}/{created['id']}"))
    assert runtime.workers[0]["bindings"] == []
