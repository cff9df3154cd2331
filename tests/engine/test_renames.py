"""Renamed keys of a stack file on the real engine: an entry whose name at its vendor stays keeps all resources."""

import copy
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.engine.deployment import Deployment
from tests.engine.test_private_routes import TUNNEL, VPC, connect
from tests.engine.throughout import asked_throughout

pytestmark = pytest.mark.engine

HOST = "api.example.com"
SITE = {
    "projectName": "shop-site",
    "productionBranch": "main",
    "compatibilityDate": "2026-08-04",
    "preview": {},
    "domains": ["www.example.com"],
}
Change = Callable[[dict[str, Any]], None]


def shop(route: dict[str, Any], database: str, namespace: str, worker: str, site: str) -> Change:
    """A change to a stack file whose entries have fixed names at their vendors, below the given keys."""

    def change(config: dict[str, Any]) -> None:
        (settings,) = copy.deepcopy(config["edge-postgres:databases"]).values()
        settings["hyperdrive"]["configName"] = "shop-db"
        settings["route"] = {**route, "name": "shop-db"}
        (script,) = copy.deepcopy(config["edge-postgres:workers"]).values()
        bound = {"hyperdrive": {"HYPERDRIVE": database}, "kv": {"CACHE": namespace}}
        config["edge-postgres:databases"] = {database: settings}
        config["edge-postgres:kv"] = {namespace: {"title": "shop-answers"}}
        addresses = {"domains": [HOST], "crons": ["0 3 * * *"], "workersDev": True}
        config["edge-postgres:workers"] = {worker: {**script, **bound, **addresses, "scriptName": "shop-api"}}
        config["edge-postgres:pages"] = {site: {**SITE, "production": {"hyperdrive": {"HYPERDRIVE": database}}}}

    return change


def success_of(answer: httpx.Response) -> str:
    return str(answer.json()["success"])


def everything(deployment: Deployment) -> dict[str, Any]:
    """Returns the records of Cloudflare's emulator that a vendor's user would notice, by kind."""
    return {kind: ids for kind, ids in deployment.stored().items() if ids}


def changing_requests(deployment: Deployment) -> list[tuple[str, str]]:
    """Returns the requests that change something at Cloudflare."""
    received = deployment.control("GET", "requests").json()["requests"]
    return [(each["method"], each["path"]) for each in received if each["method"] != "GET"]


@pytest.mark.parametrize("route", [VPC, TUNNEL], ids=["vpc-service", "access-tunnel"])
def test_renamed_keys_with_fixed_names_change_nothing_at_the_vendors(
    deployment: Deployment, route: dict[str, Any]
) -> None:
    connect(deployment)
    before = deployment.changed(shop(route, "main", "answers", "api", "site"))
    before.up()
    stored, sent = everything(before), changing_requests(before)

    renamed = before.changed(shop(route, "orders", "replies", "backend", "shop"))
    assert renamed.previewed() == {}
    with asked_throughout(renamed.cloud, HOST, "shop-api.localhost", read=success_of) as answers:
        changes = renamed.up()
    assert set(changes) == {"same"}
    # Without a token, the Worker reads from the database for `localhost` only.
    assert {host: found.texts for host, found in answers.items()} == {HOST: ["401"], "shop-api.localhost": ["True"]}
    assert everything(renamed) == stored
    assert changing_requests(renamed) == sent
    assert set(renamed.up()) == {"same"}
