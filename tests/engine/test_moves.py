"""A host name or a route that moves to another Worker, on the real engine and runtime."""

from pathlib import Path
from typing import Any

import pytest

from tests.engine.deployment import Deployment
from tests.engine.throughout import asked_throughout
from tests.engine.worker_sites import WorkerSite

pytestmark = pytest.mark.engine

HOST = "api.example.com"
ROUTE = {"shop.example.com/*": "023e105f4ecef8ad9ca31a8372d0c353"}
ROLLOUT: dict[str, Any] = {"rollout": {"percentage": 100}}


@pytest.fixture
def site(deployment: Deployment, tmp_path: Path) -> WorkerSite:
    return WorkerSite(deployment, tmp_path / "site")


@pytest.mark.parametrize(
    ("one", "two"), [({}, {}), ({}, ROLLOUT), (ROLLOUT, {})], ids=["worker", "to a rollout", "from a rollout"]
)
def test_a_domain_and_a_route_move_to_another_worker(
    site: WorkerSite, one: dict[str, Any], two: dict[str, Any]
) -> None:
    addresses = {"domains": [HOST], "routes": ROUTE}
    site.declared({"one": {**one, **addresses}, "two": two}).deployment.up()
    moved = site.declared({"one": one, "two": {**two, **addresses}})
    with asked_throughout(site.cloud, HOST, "shop.example.com") as answers:
        moved.deployment.up()
    assert answers["shop.example.com"].texts == ["one", "two"]
    assert [text for text in answers[HOST].texts if text != "404"] == ["one", "two"]
    assert [len(moved.deployment.stored()[kind]) for kind in ("domains", "routes", "scripts")] == [1, 1, 2]
    moved.expect_no_change()


def schedules_of(site: WorkerSite, script: str) -> list[str]:
    """Returns the cron expressions of a script, as Cloudflare's emulator shows them."""
    answer = site.deployment.api("GET", f"accounts/local/workers/scripts/{script}/schedules")
    return [schedule["cron"] for schedule in answer["schedules"]]


@pytest.mark.parametrize("kind", [{}, ROLLOUT], ids=["worker", "rollout"])
def test_crons_that_are_left_out_end(site: WorkerSite, kind: dict[str, Any]) -> None:
    before = site.declared({"one": {**kind, "crons": ["0 3 * * *"]}})
    before.deployment.up()
    assert schedules_of(before, "edge-postgres-local-one") == ["0 3 * * *"]
    after = site.declared({"one": kind})
    with asked_throughout(site.cloud, "edge-postgres-local-one.localhost") as answers:
        after.deployment.up()
    assert answers["edge-postgres-local-one.localhost"].texts == ["one"]
    assert schedules_of(after, "edge-postgres-local-one") == []
    after.expect_no_change()
