"""Names that must be unique at a vendor: a stack file with the same name twice is rejected, derived names included."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.test_settings import faults, load, parts, root, stack_file

__all__ = ["root"]

ZONE = "0" * 32
WORKER = {"bundle": "worker.js", "compatibilityDate": "2026-11-01"}
HYPERDRIVE = {"connectionLimit": 10, "caching": "none"}
PAIR = {"connectionLimit": 10, "caching": {"maxAge": 60, "staleWhileRevalidate": 15}, "fresh": {"share": 0.5}}
SITE = {
    "productionBranch": "main",
    "compatibilityDate": "2026-11-01",
    "production": {},
    "preview": {},
}
TUNNEL = {"kind": "access-tunnel", "zoneId": ZONE, "connector": "none", "hostname": "db.example.com"}


def two_workers(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    return stack_file(workers={"api": {**WORKER, **first}, "web": {**WORKER, **second}})


def two_databases(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    return stack_file(databases={"main": parts(**first), "second": parts(**second)}, workers={})


def collision(root: Path, file: dict[str, Any], **options: Any) -> tuple[str, str]:
    ((path, message),) = faults(root, file, **options).items()
    return path, message.strip()


def test_one_script_name_twice_names_both_paths(root: Path) -> None:
    path, message = collision(root, two_workers({"scriptName": "api"}, {"scriptName": "api"}))
    assert path == "workers.web.scriptName"
    assert message == (
        "must have a unique script name, got api, which `workers.api.scriptName` has too. Set another one."
    )


def test_a_script_name_equal_to_a_derived_name_is_rejected(root: Path) -> None:
    path, message = collision(root, two_workers({}, {"scriptName": "edge-postgres-dev-api"}))
    assert path == "workers.web.scriptName"
    assert "which `workers.api` has too" in message


def test_one_custom_domain_twice_is_rejected(root: Path) -> None:
    path, message = collision(root, two_workers({"domains": ["a.example.com"]}, {"domains": ["A.example.com"]}))
    assert (path, "which `workers.api.domains[0]` has too" in message) == ("workers.web.domains[0]", True)


def test_a_worker_and_a_pages_project_cannot_have_one_domain(root: Path) -> None:
    file = stack_file(workers__api__domains=["a.example.com"], pages={"site": {**SITE, "domains": ["a.example.com"]}})
    assert collision(root, file)[0] == "pages.site.domains[0]"


def test_a_domain_cannot_be_the_host_name_of_a_tunnel(root: Path) -> None:
    file = stack_file(databases__main=parts(host="10.0.0.5", route=TUNNEL), workers__api__domains=["db.example.com"])
    assert collision(root, file)[0] == "databases.main.route.hostname"


def test_one_route_twice_is_rejected(root: Path) -> None:
    routes = {"routes": {"example.com/api/*": ZONE}}
    path, _ = collision(root, two_workers(routes, {"routes": {"Example.com/api/*": ZONE}}))
    assert path == "workers.web.routes.Example.com/api/*"


def test_paths_of_routes_are_case_sensitive(root: Path) -> None:
    load(root, two_workers({"routes": {"example.com/api/*": ZONE}}, {"routes": {"example.com/API/*": ZONE}}))


@pytest.mark.parametrize(
    ("first", "second", "path"),
    [
        (
            {"hyperdrive": {**HYPERDRIVE, "configName": "db"}},
            {"hyperdrive": {**HYPERDRIVE, "configName": "db"}},
            "databases.second.hyperdrive.configName",
        ),
        (
            {"hyperdrive": PAIR},
            {"hyperdrive": {**HYPERDRIVE, "configName": "edge-postgres-dev-main-fresh"}},
            "databases.second.hyperdrive.configName",
        ),
        (
            {"hyperdrive": {**PAIR, "configName": "db", "fresh": {"share": 0.5, "configName": "db"}}},
            {},
            "databases.main.hyperdrive.fresh.configName",
        ),
        (
            {"host": "10.0.0.5", "route": {**TUNNEL, "name": "way", "hostname": "a.example.com"}},
            {"host": "10.0.0.6", "route": {**TUNNEL, "name": "way"}},
            "databases.second.route.name",
        ),
    ],
    ids=["configuration", "derived configuration", "both of a pair", "tunnel"],
)
def test_resources_of_databases_need_unique_names(
    root: Path, first: dict[str, Any], second: dict[str, Any], path: str
) -> None:
    assert collision(root, two_databases(first, second))[0] == path


def test_the_configurations_of_slots_need_unique_names(root: Path) -> None:
    slots = {
        "a": {"user": "app_a", "passwordSecret": "databases.main.url"},
        "b": {"user": "app_b", "passwordSecret": "databases.main.url"},
        "activeSlot": "a",
    }
    first = {"credentials": slots, "hyperdrive": {**HYPERDRIVE, "configName": "db"}}
    file = two_databases(first, {"hyperdrive": {**HYPERDRIVE, "configName": "db-b"}})
    assert collision(root, file)[0] == "databases.second.hyperdrive.configName"


def test_titles_of_namespaces_are_unique_but_one_namespace_can_be_used_twice(root: Path) -> None:
    load(root, stack_file(kv={"a": {"id": ZONE}, "b": {"id": ZONE}}))
    assert collision(root, stack_file(kv={"a": {"title": "cache"}, "b": {"title": "cache"}}))[0] == "kv.b.title"


def test_names_of_pages_projects_are_unique(root: Path) -> None:
    pages = {"a": {**SITE, "projectName": "site"}, "b": {**SITE, "projectName": "site"}}
    assert collision(root, stack_file(pages=pages))[0] == "pages.b.projectName"


def test_two_databases_cannot_create_one_preview_database(root: Path) -> None:
    shared = {
        "provider": "existing",
        "urlSecret": "databases.main.url",
        "previewDatabase": "${stack}",
        "hyperdrive": HYPERDRIVE,
    }
    file = stack_file(databases={"main": shared, "second": shared})
    assert collision(root, file, stack="pr-123")[0] == "databases.second.previewDatabase"


def test_a_collision_is_reported_with_all_other_errors(root: Path) -> None:
    file = two_workers({"scriptName": "api"}, {"scriptName": "api", "bundle": "missing.js"})
    assert set(faults(root, file)) == {"workers.web.scriptName", "workers.web.bundle"}


def test_names_of_queues_and_workflows_are_unique(root: Path) -> None:
    queues = {"one": {"queueName": "jobs"}, "two": {"queueName": "jobs"}}
    assert collision(root, stack_file(queues=queues))[0] == "queues.two.queueName"
    workflow = {"workflows": {"ORDERS": {"className": "Orders", "workflowName": "orders"}}}
    assert collision(root, two_workers(workflow, workflow))[0] == "workers.web.workflows.ORDERS.workflowName"


def test_one_existing_queue_can_have_two_entries(root: Path) -> None:
    jobs = {"id": ZONE, "queueName": "jobs"}
    load(root, stack_file(queues={"one": jobs, "two": jobs}))
