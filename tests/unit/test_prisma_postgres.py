"""`PrismaPostgres`: its resources, its origin, its validation errors."""

import logging
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_random as random
import pytest

from edge_postgres.origin.limits import PRISMA_RESERVED_CONNECTIONS
from edge_postgres.origins.prisma import limits as numbers
from edge_postgres.origins.prisma.component import PrismaPostgres
from edge_postgres.origins.prisma.limits import PrismaPlan
from edge_postgres.origins.prisma.rules import connections_of
from tests.harness import MAIN, Registration, Run, deploy, rejected
from tests.unit.sound import CONFIG, changed, hyperdrive, unknown

Given = Callable[[Any], Any]

PROJECT = "pulumi-python:dynamic/prisma:Project"
DATABASE = "pulumi-python:dynamic/prisma:Database"
CONNECTION = "pulumi-python:dynamic/prisma:Connection"

PASSWORD = "sk_Zq7xKv9wJu3yHh5m"
# Prisma's user names have 64 characters, one more than Postgres allows.
USER = "0123456789abcdef" * 4
OUTPUTS = {
    "host": "db.prisma.io",
    "port": 5432,
    "pooled_host": "pooled.db.prisma.io",
    "pooled_port": 5432,
    "database": "postgres",
    "user": USER,
    "password": PASSWORD,
}


def prisma(opts: Any = None, **changes: Any) -> PrismaPostgres:
    """Registers a PrismaPostgres with changed arguments."""
    args: Any = changed({"region": "eu-central-1", "plan": "starter"}, changes)
    return PrismaPostgres("main", args, opts)


def run_of(program: Callable[[], Any], *, preview: bool = False) -> Run:
    """A deployment in which Prisma returns the credentials of each connection, except in a preview."""
    return deploy(program, outputs={CONNECTION: {} if preview else OUTPUTS}, preview=preview)


def deployed(**changes: Any) -> Run:
    return run_of(lambda: prisma(**changes) and None)


def inputs_of(entry: Registration) -> dict[str, Any]:
    """The inputs of a dynamic resource, without the serialised provider."""
    return {key: value for key, value in entry.inputs.items() if key != "__provider"}


# Resources.


def test_a_project_a_database_and_a_connection_are_created() -> None:
    run = deployed()
    assert [(entry.type, entry.name) for entry in run.registrations if entry.wire.custom] == [
        (PROJECT, "main-project"),
        (DATABASE, "main-database"),
        (CONNECTION, "main-connection"),
    ]


def test_the_default_names_have_project_and_stack_or_are_that_of_the_consumer() -> None:
    run = deployed()
    assert inputs_of(run.one(PROJECT)) == {"name": MAIN}
    assert inputs_of(run.one(DATABASE)) == {
        "name": MAIN,
        "region": "eu-central-1",
        "project_id": "main-project-id",
        "plan": "starter",
    }
    assert inputs_of(run.one(CONNECTION)) == {"name": "hyperdrive", "database_id": "main-database-id"}


def test_every_name_can_be_set(given: Given) -> None:
    names = {"project_name": "shop", "database_name": "shop-eu", "connection_name": "api"}
    run = run_of(lambda: prisma(**{key: given(name) for key, name in names.items()}) and None)
    assert [entry.inputs["name"] for entry in run.registrations if entry.wire.custom] == list(names.values())


def test_an_existing_project_is_used(given: Given) -> None:
    run = run_of(lambda: prisma(project_id=given("proj_1")) and None)
    assert run.all(PROJECT) == []
    assert run.one(DATABASE).inputs["project_id"] == "proj_1"


def test_a_database_can_start_as_a_copy_or_from_a_backup() -> None:
    inputs = deployed(source_database_id="db_1", source_backup_id="bkp_1").one(DATABASE).inputs
    assert (inputs["source_database_id"], inputs["source_backup_id"]) == ("db_1", "bkp_1")


def test_no_provider_is_a_secret_and_each_is_a_reference_to_its_class() -> None:
    for entry in (entry for entry in deployed().registrations if entry.wire.custom):
        assert "__provider" not in entry.secrets
        assert len(entry.inputs["__provider"]) < 150


def test_the_password_is_a_secret_output_of_the_resource() -> None:
    assert list(deployed().one(CONNECTION).wire.additionalSecretOutputs) == ["password"]


def test_protection_reaches_the_database() -> None:
    run = run_of(lambda: prisma(pulumi.ResourceOptions(protect=True)) and None)
    assert run.one(PROJECT).wire.protect
    assert run.one(DATABASE).wire.protect


# Consumers.

KEYS = {"direct": "direct", "serverless": "driver"}


def connections(run: Run) -> dict[str, str]:
    """The names of the connections at Prisma by the name of the resource."""
    return {entry.name: entry.inputs["name"] for entry in run.all(CONNECTION)}


def test_each_further_consumer_has_a_separate_connection(given: Given) -> None:
    run = run_of(lambda: prisma(consumers={key: given(name) for key, name in KEYS.items()}) and None)
    assert connections(run) == {
        "main-connection": "hyperdrive",
        "main-connection-direct": "direct",
        "main-connection-serverless": "driver",
    }


def test_a_further_consumer_does_not_change_the_connection_of_the_first() -> None:
    before, after = deployed(), deployed(consumers=KEYS)
    first = next(entry for entry in after.all(CONNECTION) if entry.name == "main-connection")
    assert first.inputs == before.one(CONNECTION).inputs


def test_each_slot_of_each_consumer_has_a_connection_that_rotates_with_the_slot() -> None:
    run = deployed(consumers={"direct": "direct"}, active_slot="b")
    assert connections(run) == {
        "main-connection-a": "hyperdrive-a",
        "main-connection-b": "hyperdrive-b",
        "main-connection-direct-a": "direct-a",
        "main-connection-direct-b": "direct-b",
    }
    assert [entry.name for entry in run.all(CONNECTION) if entry.inputs["active"]] == [
        "main-connection-b",
        "main-connection-direct-b",
    ]


@pytest.mark.parametrize("slot", [None, "a"])
def test_the_origin_of_a_consumer_has_the_credentials_of_its_connection(slot: str | None) -> None:
    def outputs(args: Any) -> dict[str, Any]:
        return {**OUTPUTS, "user": f"user of {args.inputs['name']}", "password": f"secret-of-{args.inputs['name']}"}

    def program() -> Any:
        return prisma(consumers={"direct": "worker"}, active_slot=slot or ...).consumers["direct"]

    exports = deploy(program, outputs={CONNECTION: outputs}).exports
    name = "worker-a" if slot else "worker"
    assert (exports["user"].value, exports["password"].value) == (f"user of {name}", f"secret-of-{name}")
    assert (exports["host"].value, exports["max_connections"].value) == ("db.prisma.io", 10)
    assert {key for key, export in exports.items() if export.secret} == {"password"}


@pytest.mark.parametrize("key", ["a", "b", "", "Direct", "direct tcp"])
def test_the_key_of_a_consumer_must_be_able_to_name_a_resource(key: str, preview: bool) -> None:
    with rejected("PrismaPostgres `main`.consumers: must have keys of lower-case letters", f"got {key}"):
        run_of(lambda: prisma(consumers={key: "worker"}), preview=preview)


def test_two_consumers_with_the_same_connection_are_rejected(given: Given, preview: bool) -> None:
    with rejected("PrismaPostgres `main`.connection_name: must be unique", "got hyperdrive"):
        run_of(lambda: prisma(consumers={"direct": given("hyperdrive")}) and None, preview=preview)


@pytest.mark.parametrize("length", [2, 66])
def test_the_name_of_a_connection_must_have_a_length_that_prisma_accepts(
    length: int, given: Given, preview: bool
) -> None:
    with rejected("PrismaPostgres `main`.connection_name: must have 3 to 65 characters"):
        run_of(lambda: prisma(connection_name=given("x" * length)) and None, preview=preview)
    with rejected("PrismaPostgres `main`.consumers.direct: must have 3 to 65 characters"):
        run_of(lambda: prisma(consumers={"direct": given("x" * length)}) and None, preview=preview)


def test_the_suffix_of_a_slot_counts_in_the_name_of_a_connection(preview: bool) -> None:
    accepted = run_of(lambda: prisma(connection_name="x" * 63, active_slot="a") and None, preview=preview)
    assert {len(name) for name in connections(accepted).values()} == {65}
    with rejected("PrismaPostgres `main`.connection_name: must have 1 to 63 characters"):
        run_of(lambda: prisma(connection_name="x" * 64, active_slot="a") and None, preview=preview)


# Outputs.


def test_the_origin_is_the_direct_endpoint() -> None:
    exports = run_of(lambda: prisma().origin).exports
    assert {key: export.value for key, export in exports.items()} == {
        "host": "db.prisma.io",
        "port": 5432,
        "database": "postgres",
        "user": USER,
        "password": PASSWORD,
        "sslmode": "require",
        "max_connections": 10,
        "reserved_connections": 5,
    }


def test_the_flat_outputs_are_the_fields_of_the_origin_and_the_pooler() -> None:
    def program() -> dict[str, Any]:
        found = prisma()
        flat = {key: getattr(found, key) for key in found.origin}
        return {**flat, "pooled_host": found.pooled_host, "pooled_port": found.pooled_port}

    flat = {key: export.value for key, export in run_of(program).exports.items()}
    origin = {key: export.value for key, export in run_of(lambda: prisma().origin).exports.items()}
    assert flat == {**origin, "pooled_host": "pooled.db.prisma.io", "pooled_port": 5432}


def test_the_outputs_contain_the_ids_of_project_and_database() -> None:
    exports = run_of(lambda: {key: getattr(prisma(), key) for key in ("project_id",)}).exports
    assert exports["project_id"].value == "main-project-id"
    exports = run_of(lambda: {"database_id": prisma(project_id="proj_1").database_id}).exports
    assert exports["database_id"].value == "main-database-id"


def test_only_the_password_of_the_origin_is_a_secret(preview: bool) -> None:
    exports = run_of(lambda: prisma().origin, preview=preview).exports
    assert {key for key, export in exports.items() if export.secret} == {"password"}


def test_in_a_preview_the_values_that_prisma_returns_are_unknown() -> None:
    exports = run_of(lambda: prisma().origin, preview=True).exports
    assert {key for key, export in exports.items() if not export.known} == {
        "host", "port", "database", "user", "password"
    }  # fmt: skip


def test_hyperdrive_uses_the_direct_endpoint(preview: bool) -> None:
    run = run_of(lambda: hyperdrive(origin=prisma().origin, connection_limit=5) and None, preview=preview)
    origin = run.one(CONFIG).inputs["origin"]
    assert preview or {key: origin[key] for key in ("host", "port", "database", "user", "password")} == {
        "host": "db.prisma.io", "port": 5432, "database": "postgres", "user": USER, "password": PASSWORD
    }  # fmt: skip
    assert preview or "origin.password" in run.one(CONFIG).secrets


def test_consumers_of_the_password_wait_for_the_connection() -> None:
    run = run_of(lambda: hyperdrive(origin=prisma().origin, connection_limit=5) and None)
    assert run.one(CONNECTION).urn in run.one(CONFIG).wire.propertyDependencies["origin"].urns


def test_children_and_consumers_of_the_password_wait_for_the_dependencies() -> None:
    def program() -> None:
        first = random.RandomPet("first")
        origin = prisma(pulumi.ResourceOptions(depends_on=[first])).origin
        hyperdrive(origin=origin, connection_limit=5)

    run = run_of(program)
    first = run.one("random:index/randomPet:RandomPet").urn
    assert [kind for kind in (PROJECT, DATABASE, CONNECTION) if first not in run.one(kind).wire.dependencies] == []
    assert first in run.one(CONFIG).wire.propertyDependencies["origin"].urns


def test_no_secret_is_in_plain_text(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        run = run_of(lambda: hyperdrive(origin=prisma().origin, connection_limit=5) and None)
    assert [entry.name for entry in run.registrations if PASSWORD in str(entry.public)] == []
    assert PASSWORD not in caplog.text


# Connections.


def test_prismas_limits_are_those_of_the_source() -> None:
    assert {plan.value: int(limit) for plan, limit in numbers.MAX_CONNECTIONS.items()} == {
        "free": 10, "starter": 10, "pro": 50, "business": 100
    }  # fmt: skip
    assert int(PRISMA_RESERVED_CONNECTIONS) == 5


@pytest.mark.parametrize("plan", PrismaPlan)
def test_every_plan_allows_hyperdrives_smallest_limit(plan: PrismaPlan) -> None:
    most, kept = connections_of(plan, subject="")
    assert most - kept >= 5


@pytest.mark.parametrize(("plan", "limit"), [("free", 5), ("starter", 5), ("pro", 45), ("business", 95)])
def test_the_plan_bounds_hyperdrives_limit(plan: str, limit: int, preview: bool) -> None:
    run_of(lambda: hyperdrive(origin=prisma(plan=plan).origin, connection_limit=limit) and None, preview=preview)
    with rejected(f"Hyperdrive `main`.connection_limit: must be at most {limit}, got {limit + 1}"):
        run_of(lambda: hyperdrive(origin=prisma(plan=plan).origin, connection_limit=limit + 1), preview=preview)


def test_an_explicit_number_of_connections_overrides_the_plans(given: Given, preview: bool) -> None:
    exports = run_of(lambda: prisma(max_connections=given(60)).origin, preview=preview).exports
    assert (exports["max_connections"].value, exports["reserved_connections"].value) == (60, 5)


# Validation errors.


@pytest.mark.parametrize("argument", ["region", "plan"])
def test_region_and_plan_are_required(argument: str, preview: bool) -> None:
    with rejected(f"PrismaPostgres `main`.{argument}: is required"):
        run_of(lambda: prisma(**{argument: ...}), preview=preview)


def test_a_plan_that_prisma_does_not_have_is_rejected(preview: bool) -> None:
    with rejected("PrismaPostgres `main`.plan: must be one of", "got `gold`", "`free`, `starter`, `pro`, `business`"):
        run_of(lambda: prisma(plan="gold"), preview=preview)


@pytest.mark.parametrize("region", ["inherit", "Frankfurt", "eu", ""])
def test_an_invalid_region_is_rejected(region: str, given: Given, preview: bool) -> None:
    with rejected(f"PrismaPostgres `main`.region: must be a region of Prisma, got {region}", "`eu-central-1`"):
        run_of(lambda: prisma(region=given(region)), preview=preview)


def test_an_unknown_region_is_accepted_in_a_preview() -> None:
    run = run_of(lambda: prisma(region=unknown()) and None, preview=True)
    assert run.one(DATABASE).name == "main-database"


def test_a_name_for_an_existing_project_is_rejected(given: Given, preview: bool) -> None:
    with rejected("PrismaPostgres `main`.project_name: cannot be combined with `project_id`", "Omit this name"):
        run_of(lambda: prisma(project_id=given("proj_1"), project_name=given("shop")), preview=preview)


def test_a_backup_without_a_database_is_rejected(given: Given, preview: bool) -> None:
    with rejected("PrismaPostgres `main`.source_backup_id: requires `source_database_id`"):
        run_of(lambda: prisma(source_backup_id=given("bkp_1")), preview=preview)


def test_a_number_of_connections_that_is_not_an_integer_is_rejected(given: Given, preview: bool) -> None:
    with rejected("PrismaPostgres `main`.max_connections: must be an integer, got 10.5"):
        run_of(lambda: prisma(max_connections=given(10.5)).origin, preview=preview)


def test_an_unknown_argument_is_rejected_with_a_suggestion() -> None:
    with rejected("PrismaPostgres `main`.database: unknown argument", "`database_name`"):
        run_of(lambda: prisma(database="shop"))


def test_a_pooled_host_from_prisma_is_rejected_under_hyperdrive() -> None:
    outputs = {CONNECTION: {**OUTPUTS, "host": "pooled.db.prisma.io"}}
    with rejected("pooled.db.prisma.io", "Use the direct endpoint db.prisma.io:5432."):
        deploy(lambda: hyperdrive(origin=prisma().origin, connection_limit=5) and None, outputs=outputs)
