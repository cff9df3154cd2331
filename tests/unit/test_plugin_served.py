"""The components for other languages: camelCase inputs and outputs, and validation errors without a traceback."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.errors import InputPropertiesError, InputPropertyError

from edge_postgres._plugin.package import create_package
from edge_postgres.core.errors import ValidationError
from tests.harness import SECRET, SIGNATURE, Run, deploy, rejected
from tests.unit.sound import ACCOUNT, PASSWORD

REFERENCE = "urn:pulumi:dev::app::pulumi:providers:edge-postgres::default::an-id"
ORIGIN = {"host": "db.example.com", "port": 5432.0, "database": "app", "user": "worker", "password": PASSWORD}
ROLES = {
    "origin": {**ORIGIN, "caCertificateId": "ca-1", "maxConnections": 100.0},
    "activeSlot": "a",
    "users": {"a": "app_a", "b": "app_b"},
    "passwords": {"a": PASSWORD, "b": PASSWORD},
}
HYPERDRIVE: dict[str, Any] = {
    "accountId": ACCOUNT,
    "origin": ORIGIN,
    "connectionLimit": 10.0,
    "caching": {"disabled": True},
}

served = create_package()
served.reference = REFERENCE


def constructed(component: str, inputs: dict[str, Any]) -> Run:
    """The run of a program that constructs one component and exports its outputs."""

    def program() -> Any:
        result = served.construct(
            "main", f"edge-postgres:index:{component}", with_outputs(inputs), pulumi.ResourceOptions()
        )
        return {key: pulumi.Output.from_input(value) for key, value in result.state.items()}

    return deploy(program)


def whole(value: Any) -> Callable[[], pulumi.Output[Any]]:
    """An Output that the program makes, because an Output needs the program's event loop."""
    return lambda: pulumi.Output.from_input(value)


def with_outputs(inputs: Any) -> Any:
    if callable(inputs):
        return inputs()
    return {key: with_outputs(value) for key, value in inputs.items()} if isinstance(inputs, dict) else inputs


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


def test_dynamic_resources_use_the_provider_of_the_plugin() -> None:
    inputs = {**{key: ROLES[key] for key in ("origin", "activeSlot")}, "adminUser": "admin", "adminPassword": PASSWORD}
    roles = constructed("DatabaseRoles", inputs).all("pulumi-python:dynamic/postgres:Role")
    assert [role.wire.provider for role in roles] == [REFERENCE, REFERENCE]


def test_cloudflare_resources_use_their_default_provider() -> None:
    config = constructed("Hyperdrive", HYPERDRIVE).one("cloudflare:index/hyperdriveConfig:HyperdriveConfig")
    assert config.wire.provider == ""


def test_a_validation_error_has_a_message_and_no_traceback() -> None:
    with pytest.raises(InputPropertiesError) as error:
        constructed("Hyperdrive", {**HYPERDRIVE, "connectionLimit": 4.0})
    assert error.value.message.startswith("Hyperdrive `main`.connectionLimit: must be at least 5, got 4")
    assert "Traceback" not in error.value.message


def test_a_message_has_the_names_of_the_schema_also_for_an_output() -> None:
    unverified = {**HYPERDRIVE, "origin": {**ORIGIN, "sslmode": "verify-full"}}
    with pytest.raises(InputPropertiesError, match=r"^Hyperdrive `main`\.origin\.sslmode: .*`caCertificateId`"):
        constructed("Hyperdrive", unverified)
    with rejected("Hyperdrive `main`.connectionLimit: must be at least 5, got 4"):
        constructed("Hyperdrive", {**HYPERDRIVE, "connectionLimit": whole(4.0)})


def test_the_spelling_of_the_schema_ends_with_the_plugin() -> None:
    with pytest.raises(InputPropertiesError):
        constructed("Hyperdrive", {**HYPERDRIVE, "connectionLimit": 4.0})
    assert str(ValidationError("main.connection_limit", "is wrong", "Set another.")).startswith("main.connection_limit")


@pytest.mark.parametrize(
    ("component", "inputs", "key"),
    [
        ("Hyperdrive", HYPERDRIVE, "caching"),
        ("DatabaseRoles", ROLES, "users"),
        (
            "Worker",
            {"accountId": ACCOUNT, "bundle": "worker.js", "compatibilityDate": "2026-11-01"},
            "compatibilityDate",
        ),
    ],
)
def test_an_output_is_rejected_for_a_plain_or_composite_input(component: str, inputs: Any, key: str) -> None:
    def program() -> None:
        whole = {**inputs, key: pulumi.Output.from_input(inputs[key])}
        served.construct("main", f"edge-postgres:index:{component}", whole, pulumi.ResourceOptions())

    with pytest.raises(InputPropertyError) as error:
        deploy(program)
    assert (error.value.property_path, error.value.reason) == (
        key,
        "must not be an Output as a whole. Set a plain value. The fields of an object can be Outputs.",
    )


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reach": "private"}, "must be public"),
        ({"passwordRotates": True}, "is rotated by its vendor"),
        ({"serviceId": "svc"}, "cannot be combined with `host`"),
        ({"hots": "x"}, "unknown argument"),
    ],
)
def test_an_origin_that_is_one_output_is_checked(changed: dict[str, Any], words: str) -> None:
    origin = {**HYPERDRIVE["origin"], **changed}
    with rejected("Hyperdrive `main`.origin", words):
        constructed("Hyperdrive", {**HYPERDRIVE, "origin": whole(origin)})


def test_an_origin_that_is_one_output_is_passed_on() -> None:
    origin = {**HYPERDRIVE["origin"], "serviceId": None, "sslmode": None}
    run = constructed("Hyperdrive", {**HYPERDRIVE, "origin": whole(origin)})
    expected = constructed("Hyperdrive", HYPERDRIVE)
    config = "cloudflare:index/hyperdriveConfig:HyperdriveConfig"
    assert run.one(config).inputs == expected.one(config).inputs


def test_secrets_within_an_origin_that_is_one_output_are_read() -> None:
    origin = {key: {SIGNATURE: SECRET, "value": value} for key, value in HYPERDRIVE["origin"].items()}
    config = "cloudflare:index/hyperdriveConfig:HyperdriveConfig"
    run, expected = (
        constructed("Hyperdrive", {**HYPERDRIVE, "origin": each}) for each in (whole(origin), HYPERDRIVE["origin"])
    )
    assert run.one(config).inputs == expected.one(config).inputs
    assert "origin" in " ".join(run.one(config).secrets)


def test_an_origin_in_a_map_can_be_one_output() -> None:
    slots = dict.fromkeys(("a", "b"), whole(HYPERDRIVE["origin"]))
    shared = {key: value for key, value in HYPERDRIVE.items() if key != "origin"}
    run = constructed("HyperdriveSlots", {**shared, "slots": slots, "activeSlot": "a"})
    assert len(run.all("cloudflare:index/hyperdriveConfig:HyperdriveConfig")) == 2
