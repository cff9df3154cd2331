"""The generator of the schema of Cloudflare's provider: rules of validators, and Pulumi's names."""

from typing import Any

import pulumi_cloudflare as cloudflare
import pytest

from tools.provider_schema.attributes import resource_attributes
from tools.provider_schema.validators import DURATION, rules

OURS = {"type": "type", "sha_256": "sha256", "parts[].a_b": "parts[].aB", "parts[].c_d": "parts[].cD"}


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ('value must be one of: ["a" "b"]', {"choices": ["a", "b"]}),
        ('element value must satisfy all validations: value must be one of: ["a"]', {"choices": ["a"]}),
        ("value must be at least 5", {"minimum": 5}),
        ("value must be between 0.010000 and 100.000000", {"minimum": 0.01, "maximum": 100}),
        ('Ensure that if an attribute is set, also these are set: "[<.c_d]"', {"requires": ["cD"]}),
        ('Ensure that if an attribute is set, these are not set: "[<.c_d]"', {"conflicts": ["aB", "cD"]}),
        (
            "Ensure that at least one attribute from this collection is set: [<.c_d]",
            {"atLeastOneOf": ["aB", "cD"]},
        ),
        ('can only be set if "type" is one of: "saas", <null>', {"onlyIf": {"/type": ["saas", None]}}),
        ('has to be set if "<.c_d" is one of: "x"', {"requiredIf": {"cD": ["x"]}}),
        ('"a_b" only supports "ns", "h" as valid units', {"pattern": DURATION}),
    ],
)
def test_the_description_of_a_validator_becomes_a_rule(description: str, expected: dict[str, Any]) -> None:
    assert rules(description, "parts[].a_b", OURS) == expected


def test_an_unknown_description_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"parts\[\]\.a_b: has a validator without translation"):
        rules("value must be prime", "parts[].a_b", OURS)


def test_names_and_newer_attributes_come_from_the_sdk() -> None:
    raw = {
        "account_id": {"mode": "required", "type": "string", "replace": True},
        "config": {"mode": "optional", "type": "object"},
        "config.ingress": {"mode": "optional", "type": "list of objects"},
        "config.ingress[].service": {"mode": "required", "type": "string"},
        "created_at": {"mode": "read-only", "type": "time"},
    }
    found = resource_attributes({"attributes": raw}, cloudflare.ZeroTrustTunnelCloudflaredConfig)
    assert found["accountId"] == {"mode": "required", "type": "string", "replace": True}
    assert found["config.ingresses[].service"] == {"mode": "required", "type": "string"}
    assert found["createdAt"] == {"mode": "read-only", "type": "string"}
    assert found["config.ingresses[].hostname"]["newer"] is True


def test_the_encoding_of_an_attribute_comes_from_its_tag_and_its_plan_modifiers() -> None:
    kept = "Once set to a non-null value, the value of this attribute in state will not change."
    known = 'Marks attribute as known unless type equals "durable_object_namespace"'
    raw = {
        "name": {"mode": "required", "type": "string", "json": "name,required", "plan_modifiers": [kept]},
        "status": {"mode": "read-only", "type": "string", "json": "tunnel-status,computed"},
        "config_src": {
            "mode": "optional+computed",
            "type": "string",
            "json": "config_src,computed_optional,no_refresh",
            "plan_modifiers": [known],
        },
    }
    found = resource_attributes({"attributes": raw}, cloudflare.ZeroTrustTunnelCloudflared)
    assert found["name"] == {"mode": "required", "type": "string", "kept": True}
    assert found["status"] == {"mode": "read-only", "type": "string", "api": "tunnel-status"}
    assert found["configSrc"] == {
        "mode": "optional+computed",
        "type": "string",
        "noRefresh": True,
        "computedIf": {"type": ["durable_object_namespace"]},
    }


def test_an_attribute_that_the_sdk_does_not_have_is_an_error() -> None:
    raw = {"attributes": {"flavour": {"mode": "optional", "type": "string"}}}
    with pytest.raises(ValueError, match="flavour: has no name in the SDK"):
        resource_attributes(raw, cloudflare.WorkersRoute)
