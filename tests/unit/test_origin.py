"""The contract between origins and consumers: its shape, and that readiness travels with the password."""

from typing import Any

import pulumi
import pulumi_random as random
import pytest

from edge_postgres import Hyperdrive, Worker
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from tests.harness import Run, deploy
from tests.unit.sound import ACCOUNT, CONFIG, PASSWORD, SCRIPT, existing, hyperdrive, origin

PET = "random:index/randomPet:RandomPet"
LEAVES = {
    "host", "port", "database", "user", "password", "sslmode", "ca_certificate_id", "mtls_certificate_id",
    "max_connections",
    "reserved_connections", "endpoint", "reach", "password_rotates", "access_client_id",
    "access_client_secret", "service_id",
}  # fmt: skip


class Grants(pulumi.ComponentResource):
    """A component whose child has to be there first."""

    def __init__(self, name: str) -> None:
        super().__init__("test:index:Grants", name, {})
        random.RandomPet(f"{name}-grant", opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({})


def waits_for(run: Run) -> tuple[set[str], set[str]]:
    """The names of the resources that the configuration depends on: as a whole, and by its origin."""
    wire = run.one(CONFIG).wire
    names = [
        {urn.split("::")[-1] for urn in urns} for urns in (wire.dependencies, wire.propertyDependencies["origin"].urns)
    ]
    return names[0], names[1]


def behind(depends_on: Any) -> Any:
    """A Hyperdrive in front of an existing database that waits for what the function makes."""
    found = existing(
        pulumi.ResourceOptions(depends_on=depends_on),
        host="db.example.com",
        database="app",
        user="app",
        password=PASSWORD,
    )
    return hyperdrive(origin=found.origin)


def test_an_origin_has_these_leaves() -> None:
    assert set(PostgresOrigin.__annotations__) == LEAVES


def test_an_origin_needs_a_database_a_user_and_a_password() -> None:
    assert PostgresOrigin.__required_keys__ == {"database", "user", "password"}


def test_what_the_origin_depends_on_comes_before_hyperdrive(preview: bool) -> None:
    run = deploy(lambda: behind([random.RandomPet("grant")]), preview=preview)
    assert waits_for(run) == ({"grant"}, {"grant"})


def test_a_single_resource_is_waited_for() -> None:
    assert waits_for(deploy(lambda: behind(random.RandomPet("grant"))))[1] == {"grant"}


def test_several_resources_are_waited_for() -> None:
    run = deploy(lambda: behind([random.RandomPet("role"), random.RandomPet("firewall")]))
    assert waits_for(run)[1] == {"role", "firewall"}


def test_resources_in_an_output_are_waited_for() -> None:
    run = deploy(lambda: behind(pulumi.Output.from_input([random.RandomPet("grant")])))
    assert waits_for(run)[1] == {"grant"}


def test_the_children_of_a_component_are_waited_for() -> None:
    assert "main-grant" in waits_for(deploy(lambda: behind([Grants("main")])))[1]


def test_readiness_reaches_hyperdrive_with_a_connection_string_too() -> None:
    def program() -> None:
        opts = pulumi.ResourceOptions(depends_on=[random.RandomPet("grant")])
        hyperdrive(origin=existing(opts, url="postgres://app:pw@db.example.com/app").origin)

    assert waits_for(deploy(program))[1] == {"grant"}


def test_readiness_reaches_hyperdrive_through_the_flat_outputs() -> None:
    def program() -> None:
        opts = pulumi.ResourceOptions(depends_on=[random.RandomPet("grant")])
        found = existing(opts, host="db.example.com", database="app", user="app", password=PASSWORD)
        hyperdrive(origin=origin(host=found.host, port=found.port, user=found.user, password=found.password))

    assert waits_for(deploy(program))[1] == {"grant"}


def test_every_consumer_of_one_origin_waits() -> None:
    def program() -> None:
        opts = pulumi.ResourceOptions(depends_on=[random.RandomPet("grant")])
        shared = existing(opts, host="db.example.com", database="app", user="app", password=PASSWORD).origin
        for name in ("cached", "fresh"):
            caching: Any = {"disabled": True}
            Hyperdrive(name, {"account_id": ACCOUNT, "origin": shared, "connection_limit": 5, "caching": caching})

    configs = deploy(program).all(CONFIG)
    assert [len(config.wire.propertyDependencies["origin"].urns) for config in configs] == [1, 1]


def test_nothing_to_wait_for_is_nothing_on_the_wire() -> None:
    assert waits_for(deploy(lambda: behind(None))) == (set(), set())


@pytest.mark.parametrize("wrap", [pulumi.Output.secret, pulumi.Output.from_input])
def test_waiting_changes_neither_a_value_nor_its_secrecy(wrap: Any) -> None:
    exported = deploy(lambda: {"value": with_dependencies(wrap("x"), [random.RandomPet("grant")])}).exports["value"]
    assert (exported.value, exported.secret) == ("x", wrap is pulumi.Output.secret)


def test_what_a_hyperdrive_depends_on_comes_before_its_configuration() -> None:
    def program() -> None:
        opts = pulumi.ResourceOptions(depends_on=[random.RandomPet("grant")])
        args = {"account_id": ACCOUNT, "origin": origin(), "connection_limit": 10, "caching": {"disabled": True}}
        Hyperdrive("main", args, opts)  # type: ignore[arg-type]

    run = deploy(program)
    assert run.one(PET).urn in run.one(CONFIG).wire.dependencies


def test_what_a_worker_depends_on_comes_before_its_script(bundle: str) -> None:
    def program() -> None:
        opts = pulumi.ResourceOptions(depends_on=[random.RandomPet("grant")])
        args = {"account_id": ACCOUNT, "bundle": bundle, "driver": "pg", "compatibility_date": "2026-11-01"}
        Worker("api", args, opts)  # type: ignore[arg-type]

    run = deploy(program)
    assert run.one(PET).urn in run.one(SCRIPT).wire.dependencies
