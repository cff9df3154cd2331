"""The limits of an account: the emulator rejects the resource that exceeds one, and keeps all others."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from edge_postgres.core.limits import ACCOUNT_LIMITS, AccountResource
from localcloud.cloudflare.__main__ import main
from localcloud.cloudflare.settings import Plan, Settings
from localcloud.cloudflare.zones import zone_id_of
from tests.localcloud.cloudflare.api import (
    ACCOUNT,
    CONFIGS,
    DOMAINS,
    NAMESPACES,
    SCRIPTS,
    config,
    error_of,
    message,
    result,
    upload,
)
from tests.localcloud.cloudflare.conftest import Start

Create = Callable[[httpx.Client, str], httpx.Response]


def post(path: str, **body: Any) -> Create:
    return lambda client, name: client.post(path, json={"name": name, "title": name, **body})


def attach(client: httpx.Client, name: str) -> httpx.Response:
    return client.put(DOMAINS, json={"hostname": f"{name}.example.com", "service": "api"})


def route(client: httpx.Client, name: str) -> httpx.Response:
    path = f"/zones/{zone_id_of('example.com')}/workers/routes"
    return client.post(path, json={"pattern": f"{name}.example.com/*", "script": "api"})


def store_secret(client: httpx.Client, name: str) -> httpx.Response:
    stores = f"/accounts/{ACCOUNT}/secrets_store/stores"
    found = result(client.get(stores)) or [result(client.post(stores, json={"name": "store"}))]
    secret = {"name": name, "value": "value", "scopes": ["workers"]}
    return client.post(f"{stores}/{found[0]['id']}/secrets", json=[secret])


CREATIONS: dict[AccountResource, Create] = {
    AccountResource.HYPERDRIVE_CONFIGURATIONS: lambda client, name: client.post(CONFIGS, json=config(name)),
    AccountResource.WORKERS: upload,
    AccountResource.KV_NAMESPACES: post(NAMESPACES),
    AccountResource.STORED_SECRETS: store_secret,
    AccountResource.TUNNELS: post(f"/accounts/{ACCOUNT}/cfd_tunnel"),
    AccountResource.ACCESS_SERVICE_TOKENS: post(f"/accounts/{ACCOUNT}/access/service_tokens"),
    AccountResource.PAGES_PROJECTS: post(f"/accounts/{ACCOUNT}/pages/projects", production_branch="main"),
    AccountResource.DOMAINS_PER_ZONE: attach,
    AccountResource.ROUTES_PER_ZONE: route,
}


@pytest.mark.parametrize("resource", CREATIONS)
def test_the_resource_above_the_limit_is_rejected(start: Start, resource: AccountResource) -> None:
    client = start(changed_limits={resource: 2}).client
    create = CREATIONS[resource]
    if resource is not AccountResource.WORKERS:
        upload(client)
    for name in ("one", "two"):
        result(create(client, name))
    answer = create(client, "three")
    assert answer.status_code == 400
    assert error_of(answer)
    assert "has reached the Workers Paid limit of 2 " in message(answer)


def test_a_worker_by_the_newer_endpoint_counts_too(start: Start) -> None:
    client = start(changed_limits={AccountResource.WORKERS: 1}).client
    upload(client)
    assert error_of(client.post(f"/accounts/{ACCOUNT}/workers/workers", json={"name": "web"})) == (400, 10021)


def test_an_existing_worker_can_be_uploaded_again_at_the_limit(start: Start) -> None:
    client = start(changed_limits={AccountResource.WORKERS: 1}).client
    upload(client)
    result(upload(client))


def test_cron_triggers_of_all_workers_count(start: Start) -> None:
    client = start(plan=Plan.FREE).client
    upload(client, "one")
    upload(client, "two")
    crons = [{"cron": f"0 {hour} * * *"} for hour in range(4)]
    result(client.put(f"{SCRIPTS}/one/schedules", json=crons[:3]))
    answer = client.put(f"{SCRIPTS}/two/schedules", json=crons[:3])
    assert error_of(answer) == (400, 10072)
    assert message(answer) == "This account has reached the Workers Free limit of 5 cron triggers."
    result(client.put(f"{SCRIPTS}/two/schedules", json=crons[:2]))


def test_every_limit_is_enforced() -> None:
    assert {*CREATIONS, AccountResource.CRON_TRIGGERS} == set(AccountResource)


@pytest.mark.parametrize("plan", Plan)
def test_the_limits_are_those_of_the_plan(start: Start, plan: Plan) -> None:
    settings: Settings = start(plan=plan).cloud.settings
    assert {each: settings.limit(each) for each in AccountResource} == {
        each: ACCOUNT_LIMITS[each][plan] for each in AccountResource
    }


@pytest.mark.parametrize("option", ["configurations=3", "workers", "workers=many"])
def test_an_unknown_limit_ends_the_emulator_with_a_usage_error(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--port", "1", "--store", "unused", "--public-port", "2", "--limit", option])
    assert exit_.value.code == 2
    assert "argument --limit: invalid" in capsys.readouterr().err
