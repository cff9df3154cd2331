"""Settings of a database at Prisma: accepted values, errors, and the arguments of the component."""

from pathlib import Path
from typing import Any

import pytest

from edge_postgres import stack as settings
from edge_postgres.stack.origins.prisma import PrismaDatabase
from tests.harness import deploy
from tests.unit.test_settings import faults, load, only_fault, root, stack_file

__all__ = ["root"]

CONNECTION = "pulumi-python:dynamic/prisma:Connection"


def database(**changes: Any) -> dict[str, Any]:
    """A stack file with a database at Prisma; ``changes`` are settings of the database."""
    entry = {
        "provider": "prisma",
        "region": "eu-central-1",
        "plan": "starter",
        "hyperdrive": {"connectionLimit": 5, "caching": "none"},
        **changes,
    }
    return stack_file(databases__main={key: value for key, value in entry.items() if value is not ...})


def connection_limit(root: Path, **changes: Any) -> Any:
    hyperdrive = loaded(root, **changes).hyperdrive
    assert hyperdrive is not None
    return hyperdrive.connection_limit


def loaded(root: Path, **changes: Any) -> PrismaDatabase:
    found = load(root, database(**changes))[0].databases["main"]
    assert isinstance(found, PrismaDatabase)
    return found


def arguments(root: Path, **changes: Any) -> dict[str, Any]:
    """The arguments of the component."""
    return {key: value for key, value in loaded(root, **changes).args().items() if value is not None}


def limit(connections: int) -> dict[str, Any]:
    return {"connectionLimit": connections, "caching": "none"}


# Arguments of the component.


def test_a_project_and_a_database_have_the_default_names_of_the_component(root: Path) -> None:
    assert arguments(root) == {"region": "eu-central-1", "plan": "starter"}


def test_custom_names_are_kept(root: Path) -> None:
    given = arguments(root, project={"name": "shop"}, databaseName="orders")
    assert (given["project_name"], given["database_name"]) == ("shop", "orders")


def test_an_existing_project_is_used_without_a_project_name(root: Path) -> None:
    given = arguments(root, project={"existing": "proj_1"})
    assert (given["project_id"], "project_name" in given) == ("proj_1", False)


def test_an_explicit_number_of_connections_is_passed_on(root: Path) -> None:
    assert arguments(root, maxConnections=60)["max_connections"] == 60


def test_the_component_is_prisma_postgres(root: Path) -> None:
    def program() -> None:
        stack, context = settings.load(root)
        stack.databases["main"].create("main", context)

    file = database()
    run = deploy(program, config=file, secret_keys=["secrets"], preview=True)
    assert run.one("edge-postgres:index:PrismaPostgres").name == "main"


# Connections of the consumers.

SERVERLESS = {"driver": "prisma-ppg", "compatibilityDate": "2026-11-01", "acceptEarlyAccess": True}
CONSUMERS: dict[str, dict[str, Any]] = {
    "hyperdrive": {"compatibilityDate": "2026-11-01", "driver": "pg", "hyperdrive": {"HYPERDRIVE": "main"}},
    "direct": {"compatibilityDate": "2026-11-01", "driver": "pg", "direct": {"database": "main"}},
    "serverless": {**SERVERLESS, "serverless": {"DATABASE_URL": "main"}},
}


def connections_for(root: Path, *consumers: str, **changes: Any) -> dict[str, tuple[str, list[str]]]:
    """The name of each connection at Prisma and the consumers with its credentials, by the name of the resource."""
    if "hyperdrive" not in consumers:
        changes["hyperdrive"] = ...
    file = database(**changes)
    file["workers"] = {each: {"bundle": "worker.js", **CONSUMERS[each]} for each in consumers}

    def outputs(args: Any) -> dict[str, Any]:
        return {"host": "db.prisma.io", "port": 5432, "database": "postgres", "user": "u", "password": args.name}

    origins: dict[str, Any] = {}

    def program() -> dict[str, Any]:
        stack, context = settings.load(root)
        created = settings.create_database("main", stack.databases["main"], context)
        origins.update(direct=created.direct_tcp_origin, serverless=created.database_origin)
        return {each: origin["password"] for each, origin in origins.items() if each in consumers}

    run = deploy(program, config=file, secret_keys=["secrets"], outputs={CONNECTION: outputs})
    users = {each: export.value for each, export in run.exports.items()}
    for entry in run.all("cloudflare:index/hyperdriveConfig:HyperdriveConfig"):
        users["hyperdrive"] = entry.inputs["origin"]["password"]
    return {
        entry.name: (entry.inputs["name"], [each for each in users if users[each] == entry.name])
        for entry in run.all(CONNECTION)
    }


def test_hyperdrive_direct_tcp_and_the_serverless_driver_have_separate_connections(root: Path) -> None:
    assert connections_for(root, "hyperdrive", "direct", "serverless") == {
        "main-connection": ("hyperdrive", ["hyperdrive"]),
        "main-connection-direct": ("direct", ["direct"]),
        "main-connection-serverless": ("serverless", ["serverless"]),
    }


@pytest.mark.parametrize("consumer", ["hyperdrive", "direct", "serverless"])
def test_the_only_consumer_keeps_the_connection_that_existing_stacks_have(consumer: str, root: Path) -> None:
    assert connections_for(root, consumer) == {"main-connection": ("hyperdrive", [consumer])}


def test_the_connection_of_each_consumer_can_have_another_name(root: Path) -> None:
    names = {"hyperdrive": "edge", "direct": "worker", "serverless": "driver"}
    found = connections_for(root, *names, connectionNames=names)
    assert {users[0]: name for name, users in found.values()} == names
    for consumer in names:
        assert connections_for(root, consumer, connectionNames=names)["main-connection"][0] == names[consumer]


def test_the_active_slot_of_each_consumer_is_in_use(root: Path) -> None:
    found = connections_for(root, "hyperdrive", "direct", credentials={"activeSlot": "b"}, maxConnections=50)
    assert found["main-connection-direct-b"] == ("direct-b", ["direct"])
    assert found["main-connection-direct-a"] == ("direct-a", [])


@pytest.mark.parametrize("name", ["db", "x" * 64])
def test_a_name_of_a_connection_that_prisma_rejects_is_rejected(name: str, root: Path) -> None:
    complaint = only_fault(root, "databases.main.connectionNames.direct", database(connectionNames={"direct": name}))
    assert complaint.startswith(f"must have 3 to 63 characters, got {name}.")


def test_two_consumers_cannot_have_the_same_connection(root: Path) -> None:
    names = {"direct": "worker", "serverless": "worker"}
    complaint = only_fault(root, "databases.main.connectionNames", database(connectionNames=names))
    assert complaint.startswith("must be different names")


# The plan bounds the limit.


LIMIT = "databases.main.hyperdrive.connectionLimit"


@pytest.mark.parametrize(("plan", "fits"), [("free", 5), ("starter", 5), ("pro", 40), ("business", 85)])
def test_a_limit_that_fits_the_plan_is_accepted(plan: str, fits: int, root: Path) -> None:
    assert connection_limit(root, plan=plan, hyperdrive=limit(fits)) == fits


@pytest.mark.parametrize(("plan", "most"), [("free", 10), ("starter", 10), ("pro", 50), ("business", 100)])
def test_a_limit_that_needs_connections_that_prisma_reserves_is_rejected(plan: str, most: int, root: Path) -> None:
    complaint = only_fault(root, LIMIT, database(plan=plan, hyperdrive=limit(most - 4)))
    assert complaint.startswith("needs ")


def test_a_limit_above_the_connections_of_a_small_plan_is_rejected(root: Path) -> None:
    complaint = only_fault(root, LIMIT, database(plan="starter", hyperdrive=limit(6)))
    assert complaint.startswith("needs 1 more connection than the database has available.")


def test_an_explicit_number_of_connections_overrides_the_plans(root: Path) -> None:
    assert connection_limit(root, maxConnections=60, hyperdrive=limit(45)) == 45
    assert only_fault(root, LIMIT, database(maxConnections=60, hyperdrive=limit(56))).startswith("needs ")


# Errors.


@pytest.mark.parametrize("setting", ["region", "plan"])
def test_region_and_plan_are_required(setting: str, root: Path) -> None:
    assert only_fault(root, f"databases.main.{setting}", database(**{setting: ...})) == "is required. Set it."


def test_a_plan_that_prisma_does_not_have_is_rejected(root: Path) -> None:
    complaint = only_fault(root, "databases.main.plan", database(plan="gold"))
    assert complaint == "must be 'free', 'starter', 'pro' or 'business', got gold. Set one of them."


@pytest.mark.parametrize("region", ["inherit", "Frankfurt"])
def test_an_invalid_region_is_rejected(region: str, root: Path) -> None:
    complaint = only_fault(root, "databases.main.region", database(region=region))
    assert complaint == f"must be a region of Prisma, got {region}. Set a region such as `eu-central-1`."


def test_a_name_for_an_existing_project_is_rejected(root: Path) -> None:
    project = {"existing": "proj_1", "name": "shop"}
    complaint = only_fault(root, "databases.main.project.name", database(project=project))
    assert complaint.startswith("cannot be combined with `existing`")


def test_an_unknown_setting_is_rejected_with_a_suggestion(root: Path) -> None:
    assert "Did you mean `databaseName`?" in only_fault(root, "databases.main.dataBaseName", database(dataBaseName="x"))
    assert "`existing`, `name`" in only_fault(root, "databases.main.project.id", database(project={"id": "proj_1"}))


def test_a_negative_number_of_connections_is_rejected(root: Path) -> None:
    assert "databases.main.maxConnections" in faults(root, database(maxConnections=-1))


def test_all_errors_are_reported_at_once(root: Path) -> None:
    file = database(region="Frankfurt", plan="gold", databaseName=1)
    assert list(faults(root, file)) == [
        "databases.main.databaseName",
        "databases.main.plan",
        "databases.main.region",
    ]
