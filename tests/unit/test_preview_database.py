"""A separate database of a preview stack on a shared server."""

from typing import Any

import pulumi
import pytest

from edge_postgres import PreviewDatabase, ValidationError
from tests.harness import MAIN, deploy, rejected
from tests.unit.sound import PASSWORD, hyperdrive, origin, unknown, vpc

DATABASE = "pulumi-python:dynamic/postgres:Database"


def preview(**changes: Any) -> Any:
    return PreviewDatabase("main", {"origin": origin(), "database_name": "pr-123", **changes})  # type: ignore[typeddict-item]


def create_inputs(**changes: Any) -> Any:
    (database,) = (each for each in deploy(lambda: preview(**changes) and None).registrations if each.type == DATABASE)
    return database.inputs


def test_the_role_of_the_server_creates_the_database() -> None:
    inputs = create_inputs()
    assert {key: inputs[key] for key in ("host", "port", "database", "admin_user", "name", "owner")} == {
        "host": "db.example.com",
        "port": 5432,
        "database": "app",
        "admin_user": "app",
        "name": "pr-123",
        "owner": MAIN,
    }


def test_template_mark_and_ca_reach_the_resource() -> None:
    inputs = create_inputs(template="seed", ownership_mark="edge-postgres-pr-123-main", ca_pem="-----BEGIN")
    assert (inputs["template"], inputs["owner"], inputs["ca_pem"]) == (
        "seed",
        "edge-postgres-pr-123-main",
        "-----BEGIN",
    )


def test_hyperdrive_waits_for_the_database() -> None:
    run = deploy(lambda: hyperdrive(origin=preview().origin) and None)
    (config,) = (each for each in run.registrations if each.type.endswith(":HyperdriveConfig"))
    assert config.inputs["origin"]["database"] == "pr-123"
    (database,) = (each for each in run.registrations if each.type == DATABASE)
    assert database.urn in config.wire.dependencies


def test_the_password_stays_a_secret() -> None:
    run = deploy(lambda: preview() and None)
    (database,) = (each for each in run.registrations if each.type == DATABASE)
    assert "admin_password" in database.secrets


@pytest.mark.parametrize("name", ["PR-123", "1st", "", "a b", "n" * 64, 'x"y'])
def test_a_name_that_needs_quoting_is_rejected(name: str) -> None:
    with rejected("PreviewDatabase `main`.database_name: must have at most 63 lower-case letters"):
        deploy(lambda: preview(database_name=name) and None)


@pytest.mark.parametrize("database", ["pr-123", "output"])
def test_the_database_of_the_server_is_rejected(database: str) -> None:
    def program() -> None:
        preview(origin=origin(database=pulumi.Output.from_input("pr-123") if database == "output" else database))

    with rejected("must differ from pr-123, the existing database of the origin"):
        deploy(program)


def test_an_unknown_database_of_the_server_is_accepted_in_a_preview() -> None:
    assert deploy(lambda: preview(origin=origin(database=unknown())) and None, preview=True)


def test_an_origin_without_a_host_is_rejected() -> None:
    with rejected("PreviewDatabase `main`.origin: must have a host and a port"):
        deploy(lambda: preview(origin=vpc()) and None)


def test_an_unknown_argument_is_rejected() -> None:
    with pytest.raises(ValidationError, match="name"):
        deploy(lambda: preview(name="pr") and None)


def test_no_message_contains_the_password() -> None:
    with pytest.raises(ValidationError) as error:
        deploy(lambda: preview(database_name="app") and None)
    assert PASSWORD not in str(error.value)
