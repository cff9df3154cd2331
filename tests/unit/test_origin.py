"""The interface between origins and consumers: its fields, and the dependencies that the password carries."""

from typing import Any

import pulumi
import pulumi_random as random
import pytest

from edge_postgres import Hyperdrive, Worker
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from tests.harness import Run, deploy
from tests.unit.sound import ACCOUNT, CONFIG, PASSWORD, SCRIPT, existing, hyperdrive, origin

PET = "random:index/randomPet:RandomPet"
FIELDS = {
    "host", "port", "database", "user", "password", "sslmode", "ca_certificate_id", "mtls_certificate_id",
    "max_connections",
    "reserved_connections", "endpoint", "reach", "password_rotates", "access_client_id",
    "access_client_secret", "service_id", "scheme",
}  # fmt: skip


class Grants(pulumi.ComponentResource):
    """A component whose child has to be created first."""

    def __init__(self, name: str) -> None:
        super().__init__("test:index:Grants", name, {})
        random.RandomPet(f"{name}-grant", opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({})


def waits_for(run: Run) -> tuple[set[str], set[str]]:
    """Names of the resources that the configuration and its property `origin` depend on."""
    wire = run.one(CONFIG).wire
    names = [
        {urn.split("::")[-1] for urn in urns} for urns in (wire.dependencies, wire.propertyDependencies["origin"].urns)
    ]
    return names[0], names[1]


def behind(depends_on: Any) -> Any:
    """A Hyperdrive whose existing database depends on ``depends_on``."""
    found = existing(
        pulumi.ResourceOptions(depends_on=depends_on),
        host="db.example.com",
        database="app",
        user="app",
        password=PASSWORD,
    )
    return hyperdrive(origin=found.origin)


def test_an_origin_has_these_fields() -> None:
    assert set(PostgresOrigin.__annotations__) == FIELDS


def test_an_origin_requires_a_database_a_user_and_a_password() -> None:
    assert PostgresOrigin.__required_keys__ == {"database", "user", "password"}


def test_hyperdrive_depends_on_the_resources_of_its_origin(preview: bool) -> None:
    run = deploy(lambda: behind([random.RandomPet("grant")]), preview=preview)
    assert waits_for(run) == ({"grant"}, {"grant"})


def test_hyperdrive_waits_for_a_single_resource() -> None:
    assert waits_for(deploy(lambda: behind(random.RandomPet("grant"))))[1] == {"grant"}


def test_hyperdrive_waits_for_several_resources() -> None:
    run = deploy(lambda: behind([random.RandomPet("role"), random.RandomPet("firewall")]))
    assert waits_for(run)[1] == {"role", "firewall"}


def test_hyperdrive_waits_for_resources_in_an_output() -> None:
    run = deploy(lambda: behind(pulumi.Output.from_input([random.RandomPet("grant")])))
    assert waits_for(run)[1] == {"grant"}


def test_hyperdrive_waits_for_the_children_of_a_component() -> None:
    assert "main-grant" in waits_for(deploy(lambda: behind([Grants("main")])))[1]


def test_hyperdrive_waits_for_resources_with_a_connection_string_too() -> None:
    def program() -> None:
        opts = pulumi.ResourceOptions(depends_on=[random.RandomPet("grant")])
        hyperdrive(origin=existing(opts, url="postgres://app:pw@db.example.com/app").origin)

    assert waits_for(deploy(program))[1] == {"grant"}


def test_hyperdrive_waits_for_resources_when_it_uses_the_flat_outputs() -> None:
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


def test_without_dependencies_no_dependency_is_sent() -> None:
    assert waits_for(deploy(lambda: behind(None))) == (set(), set())


@pytest.mark.parametrize("wrap", [pulumi.Output.secret, pulumi.Output.from_input])
def test_dependencies_do_not_change_a_value_or_its_secrecy(wrap: Any) -> None:
    exported = deploy(lambda: {"value": with_dependencies(wrap("x"), [random.RandomPet("grant")])}).exports["value"]
    assert (exported.value, exported.secret) == ("x", wrap is pulumi.Output.secret)


def test_the_configuration_depends_on_the_resources_of_depends_on() -> None:
    def program() -> None:
        opts = pulumi.ResourceOptions(depends_on=[random.RandomPet("grant")])
        args = {"account_id": ACCOUNT, "origin": origin(), "connection_limit": 10, "caching": {"disabled": True}}
        Hyperdrive("main", args, opts)  # type: ignore[arg-type]

    run = deploy(program)
    assert run.one(PET).urn in run.one(CONFIG).wire.dependencies


def test_the_script_depends_on_the_resources_of_depends_on(bundle: str) -> None:
    def program() -> None:
        opts = pulumi.ResourceOptions(depends_on=[random.RandomPet("grant")])
        args = {"account_id": ACCOUNT, "bundle": bundle, "driver": "pg", "compatibility_date": "2026-11-01"}
        Worker("api", args, opts)  # type: ignore[arg-type]

    run = deploy(program)
    assert run.one(PET).urn in run.one(SCRIPT).wire.dependencies
