"""The components as another language meets them: camelCase in, camelCase out, and a refusal that is a sentence."""

from typing import Any

import pulumi
import pytest
from pulumi.errors import InputPropertiesError, InputPropertyError

from edge_postgres._plugin.package import create_package
from tests.harness import Run, deploy
from tests.unit.sound import ACCOUNT, PASSWORD

REFERENCE = "urn:pulumi:dev::app::pulumi:providers:edge-postgres::default::an-id"
ORIGIN = {"host": "db.example.com", "port": 5432.0, "database": "app", "user": "worker", "password": PASSWORD}
ROLES = {
    "origin": {**ORIGIN, "caCertificateId": "ca-1", "maxConnections": 100.0},
    "activeSlot": "a",
    "users": {"a": "app_a", "b": "app_b"},
    "passwords": {"a": PASSWORD, "b": PASSWORD},
}
HYPERDRIVE = {"accountId": ACCOUNT, "origin": ORIGIN, "connectionLimit": 10.0, "caching": {"disabled": True}}

served = create_package()
served.reference = REFERENCE


def constructed(component: str, inputs: dict[str, Any]) -> Run:
    """What came of it; its outputs are the result."""

    def program() -> Any:
        made = served.construct("main", f"edge-postgres:index:{component}", inputs, pulumi.ResourceOptions())
        return {key: pulumi.Output.from_input(value) for key, value in made.state.items()}

    return deploy(program)


def test_arguments_are_camel_case() -> None:
    config = constructed("Hyperdrive", HYPERDRIVE).one("cloudflare:index/hyperdriveConfig:HyperdriveConfig")
    assert config.inputs["originConnectionLimit"] == 10


def test_objects_in_a_map_of_outputs_are_camel_case() -> None:
    slots = constructed("DatabaseRoles", ROLES).exports["slots"].value
    assert slots["b"]["caCertificateId"] == "ca-1"
    assert slots["b"]["user"] == "app_b"
    assert "ca_certificate_id" not in slots["b"]


def test_a_password_in_a_map_of_outputs_is_a_secret() -> None:
    assert constructed("DatabaseRoles", ROLES).exports["slots"].secret


def test_resources_with_providers_of_their_own_are_the_plugins() -> None:
    made = {**{key: ROLES[key] for key in ("origin", "activeSlot")}, "adminUser": "admin", "adminPassword": PASSWORD}
    roles = constructed("DatabaseRoles", made).all("pulumi-python:dynamic/postgres:Role")
    assert [role.wire.provider for role in roles] == [REFERENCE, REFERENCE]


def test_other_resources_have_their_own_plugins() -> None:
    config = constructed("Hyperdrive", HYPERDRIVE).one("cloudflare:index/hyperdriveConfig:HyperdriveConfig")
    assert config.wire.provider == ""


def test_a_rejection_is_a_sentence_and_no_traceback() -> None:
    with pytest.raises(InputPropertiesError) as refusal:
        constructed("Hyperdrive", {**HYPERDRIVE, "connectionLimit": 4.0})
    assert refusal.value.message.startswith("main.connection_limit: must be at least 5, got 4")
    assert "Traceback" not in refusal.value.message


@pytest.mark.parametrize(
    ("component", "inputs", "key"),
    [
        ("Hyperdrive", HYPERDRIVE, "origin"),
        ("Hyperdrive", HYPERDRIVE, "caching"),
        ("DatabaseRoles", ROLES, "users"),
        (
            "Worker",
            {"accountId": ACCOUNT, "bundle": "worker.js", "compatibilityDate": "2026-11-01"},
            "compatibilityDate",
        ),
    ],
)
def test_what_has_to_be_known_or_given_value_by_value_is_no_output(component: str, inputs: Any, key: str) -> None:
    def program() -> None:
        whole = {**inputs, key: pulumi.Output.from_input(inputs[key])}
        served.construct("main", f"edge-postgres:index:{component}", whole, pulumi.ResourceOptions())

    with pytest.raises(InputPropertyError) as refusal:
        deploy(program)
    assert (refusal.value.property_path, refusal.value.reason) == (
        key,
        "must not be an Output as a whole. Set a plain value whose fields are Outputs.",
    )
