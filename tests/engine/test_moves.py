"""Triggers that move to another Worker: host names, routes, queues and Workflows, on the real engine and runtime."""

from pathlib import Path
from typing import Any

import pytest

from tests.engine.deployment import Deployment
from tests.engine.throughout import asked_throughout
from tests.engine.vendor_stacks import error_of
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


CONSUMING: dict[str, Any] = {"queueConsumers": {"jobs": {"maxRetries": 5}}}
WORKFLOW: dict[str, Any] = {"workflows": {"IMPORT": {"className": "Import", "workflowName": "import"}}}
TRIGGERED = """import { WorkflowEntrypoint } from "cloudflare:workers";
export class Import extends WorkflowEntrypoint { async run() { return "imported"; } }
export default { fetch: () => new Response("{}"), queue: () => null };
"""


def triggered(site: WorkerSite, workers: dict[str, dict[str, Any]]) -> WorkerSite:
    """Returns the stack with a queue, and with Workers that have the class of a Workflow."""
    bundled = {
        name: {"bundle": site.write(f"triggered-{name}", TRIGGERED), **settings} for name, settings in workers.items()
    }
    return site.declared(bundled, queues={"jobs": {}})


def triggers_of(site: WorkerSite) -> dict[str, list[str]]:
    """Returns for each queue and each Workflow of the account the scripts that receive its messages or run it."""
    queues = site.deployment.api("GET", "accounts/local/queues")
    workflows = site.deployment.api("GET", "accounts/local/workflows")
    return {
        **{queue["queue_name"]: [each["script"] for each in queue["consumers"]] for queue in queues},
        **{workflow["name"]: [workflow["script_name"]] for workflow in workflows},
    }


@pytest.mark.parametrize(
    ("one", "two"), [({}, {}), ({}, ROLLOUT), (ROLLOUT, {})], ids=["worker", "to a rollout", "from a rollout"]
)
def test_a_queue_and_a_workflow_move_to_another_worker(
    site: WorkerSite, one: dict[str, Any], two: dict[str, Any]
) -> None:
    triggered(site, {"one": {**one, **CONSUMING, **WORKFLOW}, "two": two}).deployment.up()
    moved = triggered(site, {"one": one, "two": {**two, **CONSUMING, **WORKFLOW}})
    moved.deployment.up()
    script = "edge-postgres-local-two"
    assert triggers_of(moved) == {"edge-postgres-local-jobs": [script], "import": [script]}
    moved.expect_no_change()


def test_a_script_with_a_queue_and_a_workflow_gets_another_name(site: WorkerSite) -> None:
    triggered(site, {"one": {**CONSUMING, **WORKFLOW}}).deployment.up()
    renamed = triggered(site, {"one": {**CONSUMING, **WORKFLOW, "scriptName": "renamed"}})
    renamed.deployment.up()
    assert triggers_of(renamed) == {"edge-postgres-local-jobs": ["renamed"], "import": ["renamed"]}
    assert renamed.deployment.stored()["scripts"] == ["renamed"]
    renamed.expect_no_change()


def test_a_queue_and_a_workflow_with_fixed_names_keep_their_consumer_below_other_keys(site: WorkerSite) -> None:
    queue = {"queueName": "shop-jobs"}
    script = {"bundle": site.write("shop", TRIGGERED), "workflows": WORKFLOW["workflows"]}
    site.declared({"one": {**script, "queueConsumers": {"jobs": {}}}}, queues={"jobs": queue}).deployment.up()
    workflows = {"LOAD": WORKFLOW["workflows"]["IMPORT"]}
    renamed = site.declared(
        {"one": {**script, "workflows": workflows, "queueConsumers": {"tasks": {}}}}, queues={"tasks": queue}
    )
    assert set(renamed.deployment.up()) == {"same", "update"}
    assert triggers_of(renamed) == {"shop-jobs": ["edge-postgres-local-one"], "import": ["edge-postgres-local-one"]}
    renamed.expect_no_change()


def schedules_of(site: WorkerSite, script: str) -> list[str]:
    """Returns the cron expressions of a script, as Cloudflare's emulator shows them."""
    answer = site.deployment.api("GET", f"accounts/local/workers/scripts/{script}/schedules")
    return [schedule["cron"] for schedule in answer["schedules"]]


@pytest.mark.parametrize("kind", [{}, ROLLOUT], ids=["worker", "rollout"])
def test_crons_that_are_removed_end(site: WorkerSite, kind: dict[str, Any]) -> None:
    before = site.declared({"one": {**kind, "crons": ["0 3 * * *"]}})
    before.deployment.up()
    assert schedules_of(before, "edge-postgres-local-one") == ["0 3 * * *"]
    after = site.declared({"one": kind})
    with asked_throughout(site.cloud, "edge-postgres-local-one.localhost") as answers:
        after.deployment.up()
    assert answers["edge-postgres-local-one.localhost"].texts == ["one"]
    assert schedules_of(after, "edge-postgres-local-one") == []
    after.expect_no_change()


@pytest.mark.parametrize(("old", "new"), [({}, ROLLOUT), (ROLLOUT, {})], ids=["to versions", "to a script"])
def test_a_worker_gets_resources_of_another_kind_in_two_updates(
    site: WorkerSite, old: dict[str, Any], new: dict[str, Any]
) -> None:
    live = {"domains": [HOST], "routes": ROUTE, "workersDev": True, "crons": ["0 3 * * *"]}
    hosts = (HOST, "shop.example.com", "edge-postgres-local-one.localhost")
    site.declared({"one": {**live, **old}}).deployment.up()
    error = error_of(site.declared({"one": {**live, **new}}).deployment, "preview")
    assert "workers.one" in error
    assert "Undo the change, set `retainOnDelete: true`, and run `pulumi up`" in error

    with asked_throughout(site.cloud, *hosts) as answers:
        assert set(site.declared({"one": {**live, **old, "retainOnDelete": True}}).deployment.up()) == {"same"}
        changed = site.declared({"one": {**live, **new, "bundle": site.write("new")}})
        changed.deployment.up()
    assert {host: found.texts for host, found in answers.items()} == {host: ["one", "new"] for host in hosts}
    assert {kind: len(ids) for kind, ids in changed.deployment.stored().items() if ids} == {
        "domains": 1,
        "routes": 1,
        "scripts": 1,
    }
    assert schedules_of(changed, "edge-postgres-local-one") == ["0 3 * * *"]
    if new:
        changed.deployment.up()  # writes the settings of the imported Worker once
    changed.expect_no_change()
    changed.deployment.stack.pulumi("destroy", "--yes", "--skip-preview")
    assert [kind for kind, ids in changed.deployment.stored().items() if ids] == []


def test_a_domain_moves_between_a_worker_and_a_pages_project_in_two_updates(site: WorkerSite) -> None:
    pages = {"productionBranch": "main", "compatibilityDate": "2026-08-01", "production": {}, "preview": {}}
    with_host = {**pages, "domains": [HOST], "zones": {HOST: ROUTE["shop.example.com/*"]}}
    workers_dev = {"workersDev": True}
    site.declared({"one": {**workers_dev, "domains": [HOST]}}, pages={"site": pages}).deployment.up()
    moved = site.declared({"one": workers_dev}, pages={"site": with_host})
    assert f"{HOST} cannot move from `workers.one` in one update" in error_of(moved.deployment, "preview")
    with asked_throughout(site.cloud, "edge-postgres-local-one.localhost") as answers:
        site.declared({"one": workers_dev}, pages={"site": pages}).deployment.up()
        moved = site.declared({"one": workers_dev}, pages={"site": with_host})
        moved.deployment.up()
    assert answers["edge-postgres-local-one.localhost"].texts == ["one"]
    assert [len(moved.deployment.stored()[kind]) for kind in ("domains", "pages_domains", "dns_records")] == [0, 1, 1]
    moved.expect_no_change()
    back = site.declared({"one": {**workers_dev, "domains": [HOST]}}, pages={"site": pages})
    assert f"{HOST} cannot move from `pages.site` in one update" in error_of(back.deployment, "preview")
