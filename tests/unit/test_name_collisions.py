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


def test_a_record_of_a_route_cannot_have_the_host_name_of_a_domain_or_of_another_record(root: Path) -> None:
    recorded = {"routes": {"a.example.com/api/*": ZONE}, "routeRecords": ["a.example.com"]}
    path, _ = collision(root, two_workers(recorded, {"domains": ["a.example.com"]}))
    assert path == "workers.api.routeRecords[0]"
    other = {"routes": {"a.example.com/*": ZONE}, "routeRecords": ["A.example.com"]}
    assert collision(root, two_workers(recorded, other))[0] == "workers.web.routeRecords[0]"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("example.com/*", "example.com/api/*"),
        ("example.com/*", "*.example.com/*"),
        ("*example.com/*", "*.example.com/*"),
        ("example.com/images/*", "example.com/images*"),
        ("*.example.com/a", "a.example.com/*"),
    ],
)
def test_two_patterns_that_match_one_url_are_valid(root: Path, first: str, second: str) -> None:
    # The most specific pattern selects the Worker.
    load(root, two_workers({"routes": {first: ZONE}}, {"routes": {second: ZONE}}))


def test_a_route_and_a_custom_domain_can_have_one_host_name(root: Path) -> None:
    # The Worker of the route runs first. Its `fetch` calls the Worker of the custom domain.
    load(root, two_workers({"routes": {"app.example.com/*": ZONE}}, {"domains": ["app.example.com"]}))


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


def test_a_workflow_cannot_have_the_default_name_of_another_workflow(root: Path) -> None:
    first = {"scriptName": "shop", "workflows": {"NEW_ORDERS": {"className": "Orders"}}}
    second = {"workflows": {"ORDERS": {"className": "Orders", "workflowName": "shop-new-orders"}}}
    path, message = collision(root, two_workers(first, second))
    assert path == "workers.web.workflows.ORDERS.workflowName"
    assert "which `workers.api.workflows.NEW_ORDERS` has too" in message


NETWORK = {"vpcId": "vpc-1", "subnetIds": ["subnet-1", "subnet-2"], "public": True}
RDS = {"provider": "rds", "engineVersion": "17.10", "network": NETWORK, "region": "eu-central-1"}
INSTANCE = {**RDS, "instanceClass": "db.t4g.medium", "hyperdrive": HYPERDRIVE}
AURORA = {**RDS, "capacity": {"min": 1, "max": 2}, "hyperdrive": HYPERDRIVE}
CLOUD_SQL = {
    "provider": "cloud-sql", "region": "europe-west3", "tier": "db-custom-2-7680", "database": "app", "user": "app",
    "instanceName": "shop", "hyperdrive": HYPERDRIVE,
}  # fmt: skip
BRANCH = {"provider": "neon", "project": {"existing": "cool-name-1"}}
PRISMA = {"provider": "prisma", "region": "eu-central-1", "plan": "free"}
VPC_SERVICE = {"kind": "vpc-service", "connector": "none", "certificateVerification": "disabled", "name": "way"}


@pytest.mark.parametrize(
    ("first", "second", "path"),
    [
        ({**INSTANCE, "identifier": "shop"}, {**AURORA, "identifier": "shop"}, "identifier"),
        ({**AURORA, "identifier": "shop"}, {**INSTANCE, "identifier": "shop-writer"}, "identifier"),
        (CLOUD_SQL, CLOUD_SQL, "instanceName"),
        ({**BRANCH, "branch": {"name": "dev"}}, {**BRANCH, "branch": {"name": "dev"}}, "branch.name"),
        (BRANCH, {**BRANCH, "user": "hyperdrive"}, "user"),
        (
            {**BRANCH, "user": "a", "createDatabase": True},
            {**BRANCH, "user": "b", "createDatabase": True, "database": "neondb"},
            "database",
        ),
        (
            {"provider": "neon", "project": {"name": "shop", "region": "aws-eu-central-1"}},
            {"provider": "neon", "project": {"name": "shop", "region": "aws-eu-central-1"}},
            "project.name",
        ),
        ({**PRISMA, "project": {"name": "shop"}}, {**PRISMA, "project": {"name": "shop"}}, "project.name"),
        (
            {**PRISMA, "project": {"existing": "proj_1"}, "databaseName": "shop"},
            {**PRISMA, "project": {"existing": "proj_1"}, "databaseName": "shop"},
            "databaseName",
        ),
        (
            parts(host="10.0.0.5", route=VPC_SERVICE),
            parts(host="10.0.0.6", route={**VPC_SERVICE, "name": "way"}),
            "route.name",
        ),
        (
            {**INSTANCE, "network": {**NETWORK, "public": False}, "route": {**VPC_SERVICE, "name": "one"}}
            | {"identifier": "one", "route": {**VPC_SERVICE, "name": "one", "connector": {"name": "cloudflared"}}},
            {**INSTANCE, "network": {**NETWORK, "public": False}}
            | {"identifier": "two", "route": {**VPC_SERVICE, "name": "two", "connector": {"name": "cloudflared"}}},
            "route.connector.name",
        ),
    ],
    ids=[
        "RDS identifier", "instance of Aurora", "Cloud SQL", "Neon branch", "Neon role", "Neon database",
        "Neon project", "Prisma project", "Prisma database", "Workers VPC service", "connectors",
    ],
)  # fmt: skip
def test_names_at_database_vendors_are_unique(
    root: Path, first: dict[str, Any], second: dict[str, Any], path: str
) -> None:
    found, message = collision(root, stack_file(databases={"main": first, "second": second}, workers={}))
    assert found == f"databases.second.{path}"
    assert "which `databases.main" in message


def test_databases_in_two_regions_can_have_one_identifier(root: Path) -> None:
    here, there = {**INSTANCE, "identifier": "shop"}, {**INSTANCE, "identifier": "shop", "region": "eu-west-1"}
    load(root, stack_file(databases={"main": here, "second": there}, workers={}))


def with_new_roles(**credentials: Any) -> dict[str, Any]:
    admin = {"adminUser": "admin", "adminPasswordSecret": "databases.main.url", "activeSlot": "a"}
    return {
        "provider": "existing",
        "urlSecret": "databases.main.url",
        "credentials": {**admin, **credentials},
        "hyperdrive": HYPERDRIVE,
    }


def test_two_entries_cannot_create_the_same_login_roles_on_one_server(root: Path) -> None:
    by_parts = parts(credentials={**with_new_roles()["credentials"], "ownerRole": "app"})
    file = stack_file(databases={"main": with_new_roles(), "second": by_parts}, workers={})
    path, message = collision(root, file)
    assert path == "databases.second.credentials.ownerRole"
    assert "app_a and app_b, which `databases.main.credentials` has too" in message
    load(root, stack_file(databases={"main": with_new_roles(), "second": with_new_roles(ownerRole="web")}, workers={}))


def test_an_error_about_a_server_in_a_secret_shows_neither_its_host_nor_its_user(root: Path) -> None:
    file = stack_file(databases={"main": with_new_roles(), "second": with_new_roles()}, workers={})
    assert not {"db.example.com", "app"} & set(str(collision(root, file)).replace("_a", " ").split())
