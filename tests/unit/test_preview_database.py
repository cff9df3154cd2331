"""A database of a preview stack's own on a server that others use."""

from typing import Any

import pulumi
import pytest

from edge_postgres import PreviewDatabase, ValidationError
from tests.harness import deploy, rejected
from tests.unit.sound import PASSWORD, hyperdrive, origin, unknown, vpc

DATABASE = "pulumi-python:dynamic/postgres:Database"


def preview(**changes: Any) -> Any:
    return PreviewDatabase("main", {"origin": origin(), "database_name": "pr-123", **changes})  # type: ignore[typeddict-item]


def made(**changes: Any) -> Any:
    (database,) = (each for each in deploy(lambda: preview(**changes) and None).registrations if each.type == DATABASE)
    return database.inputs


def test_it_is_made_by_the_role_of_the_server_in_its_database() -> None:
    inputs = made()
    assert {key: inputs[key] for key in ("host", "port", "database", "admin_user", "name", "owner")} == {
        "host": "db.example.com",
        "port": 5432,
        "database": "app",
        "admin_user": "app",
        "name": "pr-123",
        "owner": "main",
    }


def test_template_mark_and_authority_are_handed_on() -> None:
    inputs = made(template="seed", ownership_mark="edge-postgres-pr-123-main", ca_pem="-----BEGIN")
    assert (inputs["template"], inputs["owner"], inputs["ca_pem"]) == (
        "seed",
        "edge-postgres-pr-123-main",
        "-----BEGIN",
    )


def test_whoever_dials_it_waits_for_it() -> None:
    run = deploy(lambda: hyperdrive(origin=preview().origin) and None)
    (config,) = (each for each in run.registrations if each.type.endswith(":HyperdriveConfig"))
    assert config.inputs["origin"]["database"] == "pr-123"
    (database,) = (each for each in run.registrations if each.type == DATABASE)
    assert database.urn in config.wire.dependencies


def test_its_password_stays_a_secret() -> None:
    run = deploy(lambda: preview() and None)
    (database,) = (each for each in run.registrations if each.type == DATABASE)
    assert "admin_password" in database.secrets


@pytest.mark.parametrize("name", ["PR-123", "1st", "", "a b", "n" * 64, 'x"y'])
def test_a_name_that_has_to_be_quoted_is_rejected(name: str) -> None:
    with rejected("main.database_name", "lower-case letters"):
        deploy(lambda: preview(database_name=name) and None)


@pytest.mark.parametrize("database", ["pr-123", "output"])
def test_the_servers_own_database_is_rejected(database: str) -> None:
    def program() -> None:
        preview(origin=origin(database=pulumi.Output.from_input("pr-123") if database == "output" else database))

    with rejected("would be dropped with this stack"):
        deploy(program)


def test_a_database_that_a_preview_does_not_know_is_not_rejected() -> None:
    assert deploy(lambda: preview(origin=origin(database=unknown())) and None, preview=True)


def test_an_origin_without_a_host_is_rejected() -> None:
    with rejected("main.origin", "has no host and port"):
        deploy(lambda: preview(origin=vpc()) and None)


def test_an_unknown_argument_is_rejected() -> None:
    with pytest.raises(ValidationError, match="name"):
        deploy(lambda: preview(name="pr") and None)


def test_no_message_holds_the_password() -> None:
    with pytest.raises(ValidationError) as refused:
        deploy(lambda: preview(database_name="app") and None)
    assert PASSWORD not in str(refused.value)
