"""The rules of Cloudflare's provider: each kind of rule, the data, and the tests that apply them to a program."""

import re
from pathlib import Path
from typing import Any

import pulumi
import pulumi_cloudflare as cloudflare
import pytest
from pulumi.runtime import rpc

from edge_postgres.core.cloudflare_inputs import find_input_problems
from edge_postgres.core.cloudflare_schema import Attribute, find_schema
from edge_postgres.testing import check_cloudflare_inputs
from edge_postgres.testing import deploy as deploy_unchecked
from tests.harness import deploy
from tests.unit.samples import deployed, every_component
from tests.unit.test_imports import loaded_by

ACCOUNT = "a" * 32
PASSWORD = "correct-horse"
ORIGIN = {"scheme": "postgres", "host": "db.example.com", "database": "app", "user": "app", "password": PASSWORD}


def token(name: str) -> str:
    return f"cloudflare:index/{name[0].lower()}{name[1:]}:{name}"


def problems(name: str, /, **inputs: Any) -> list[str]:
    return [str(problem) for problem in find_input_problems(token(name), {"accountId": ACCOUNT, **inputs})]


def script(**inputs: Any) -> list[str]:
    return problems("WorkersScript", scriptName="api", content="export default {}", **inputs)


def version(**inputs: Any) -> list[str]:
    return problems("WorkerVersion", workerId="w", **inputs)


def application(**inputs: Any) -> list[str]:
    return problems("ZeroTrustAccessApplication", name="db", type="self_hosted", **inputs)


# Each kind of rule.


def test_valid_inputs_have_no_problem() -> None:
    assert script(bindings=[{"name": "DB", "type": "hyperdrive", "id": "h"}], placement={"mode": "smart"}) == []


def test_a_read_only_attribute_cannot_be_set() -> None:
    assert script(placement={"region": "aws:us-east-1"}) == [
        "placement.region: is read-only (Invalid Configuration for Read-Only Attribute). Remove it."
    ]


def test_a_read_only_attribute_cannot_be_set_by_a_value_that_is_computed_later() -> None:
    (problem,) = version(modules=[{"name": "m", "contentType": "t", "contentBase64": "", "contentSha256": rpc.UNKNOWN}])
    assert problem.startswith("modules[0].contentSha256: is read-only")


def test_a_required_attribute_must_be_set() -> None:
    assert problems("WorkersRoute", zoneId="z", accountId=None) == [
        "pattern: is required (Missing Configuration for Required Attribute). Set it.",
    ]


def test_a_required_attribute_cannot_be_none() -> None:
    assert len(problems("SecretsStore", name=None)) == 1


def test_an_unknown_attribute_is_dropped_by_the_provider() -> None:
    (problem,) = script(placment={"mode": "smart"})
    assert problem.startswith("placment: is unknown to the provider, which drops it without a message.")
    assert problem.endswith("Did you mean `placement`?")


def test_a_value_must_be_one_of_the_choices() -> None:
    (problem,) = problems("HyperdriveConfig", name="main", origin={**ORIGIN, "scheme": "mssql"})
    assert problem == (
        "origin.scheme: must be one of `postgres`, `postgresql`, `mysql` (Invalid Attribute Value Match). "
        "Set one of them."
    )


def test_the_case_of_a_choice_does_not_matter() -> None:
    assert script(placement={"mode": "Smart"}) == []


def test_an_element_of_a_list_must_be_one_of_the_choices() -> None:
    (problem,) = script(bindings=[{"name": "K", "type": "secret_key", "usages": ["sign", "signs"]}])
    assert problem.startswith("bindings[0].usages[1]: must be one of")


@pytest.mark.parametrize(
    ("percentage", "expected"),
    [
        (0.0, ["versions[0].percentage: must be at least 0.01, got 0 (Invalid Attribute Value). Set 0.01 or more."]),
        (101.0, ["versions[0].percentage: must be at most 100, got 101 (Invalid Attribute Value). Set 100 or less."]),
        (0.01, []),
        (100.0, []),
    ],
)
def test_a_number_must_be_within_the_bounds(percentage: float, expected: list[str]) -> None:
    versions = [{"versionId": "v", "percentage": percentage}]
    assert problems("WorkersDeployment", scriptName="api", strategy="percentage", versions=versions) == expected


def test_an_attribute_can_require_another() -> None:
    (problem,) = problems("ZeroTrustAccessServiceToken", name="t", clientSecretVersion=2)
    assert problem.startswith("clientSecretVersion: also requires `previousClientSecretExpiresAt`")


def test_two_attributes_can_exclude_each_other() -> None:
    (problem,) = script(contentFile="a.js", contentSha256="0")
    assert problem.startswith("contentFile: cannot be combined with `content` (Invalid Attribute Combination)")


def test_one_of_several_attributes_can_be_required() -> None:
    assert problems("WorkersScript", scriptName="api") == [
        "must have one of `assets`, `content`, `contentFile` (Invalid Attribute Combination). Set one."
    ]


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        ({"precedence": 1}, "policies[0]: must have one of `id`, `includes`"),
        ({"id": "p", "includes": [], "decision": "allow"}, "policies[0].includes: cannot be combined with `id`"),
    ],
)
def test_exactly_one_of_two_attributes_can_be_required(policy: Any, problem: str) -> None:
    (found,) = application(policies=[policy])
    assert found.startswith(problem)


def test_an_attribute_can_depend_on_the_value_of_another() -> None:
    (problem,) = application(destinations=[{"type": "public", "cidr": "10.0.0.0/8"}])
    assert problem.startswith("destinations[0].cidr: can only be set if `type` is one of `private`")
    assert application(destinations=[{"type": "private", "cidr": "10.0.0.0/8"}]) == []


def test_an_attribute_can_be_required_by_the_value_of_another() -> None:
    (problem,) = problems("ZeroTrustAccessApplication", name="crm", type="saas")
    assert problem.startswith("saasApp: is required")


@pytest.mark.parametrize("value", ["HMAC", {"name": "HMAC"}, 5])
def test_json_must_be_a_string_with_json(value: Any) -> None:
    (problem,) = script(bindings=[{"name": "K", "type": "secret_key", "algorithm": value}])
    assert problem.startswith("bindings[0].algorithm: must be a ")
    assert script(bindings=[{"name": "K", "type": "secret_key", "algorithm": '{"name": "HMAC"}'}]) == []


@pytest.mark.parametrize(("given", "valid"), [("24h", True), ("1h30m", True), ("1 day", False)])
def test_a_duration_has_units(given: str, valid: bool) -> None:
    assert (application(sessionDuration=given) == []) is valid


@pytest.mark.parametrize(
    ("inputs", "problem"),
    [
        ({"bindings": {"name": "A"}}, "bindings: must be a list"),
        ({"bindings": ["A"]}, "bindings[0]: must be an object"),
        ({"files": []}, "files: must be a map"),
        ({"limits": 50}, "limits: must be an object"),
        ({"mainModule": ["a.js"]}, "mainModule: must be a single value"),
    ],
)
def test_a_value_must_have_the_shape_of_its_type(inputs: Any, problem: str) -> None:
    (found,) = script(**inputs)
    assert found.startswith(problem)


def test_the_elements_of_a_map_can_be_lists() -> None:
    criteria = {"port": 22, "protocol": "SSH", "targetAttributes": {"hostname": ["db"]}}
    inputs = {"name": "db", "type": "infrastructure", "targetCriterias": [criteria]}
    assert problems("ZeroTrustAccessApplication", **inputs) == []


def test_the_elements_of_a_map_can_be_objects_without_attributes() -> None:
    def problems_of(browser: object) -> list[str]:
        environment = {"compatibilityDate": "2026-11-01", "browsers": {"BROWSER": browser}}
        configs = {"production": environment, "preview": environment}
        return problems("PagesProject", accountId="a", name="site", productionBranch="main", deploymentConfigs=configs)

    assert problems_of({}) == []
    assert "browsers.BROWSER: must be an object" in "".join(problems_of("BROWSER"))
    assert "browsers.BROWSER.name" in "".join(problems_of({"name": "x"}))


def test_problems_are_found_at_every_depth() -> None:
    configs = {"production": {"envVars": {"A": {"value": "x"}}, "placement": {"modes": "smart"}}}
    found = problems("PagesProject", name="site", productionBranch="main", deploymentConfigs=configs)
    assert [problem.partition(":")[0] for problem in found] == [
        "deploymentConfigs.production.envVars.A.type",
        "deploymentConfigs.production.placement.modes",
    ]


@pytest.mark.parametrize("later", [rpc.UNKNOWN, object()])
def test_a_value_that_is_computed_later_is_accepted(later: Any) -> None:
    assert problems("HyperdriveConfig", name=later, origin=later, originConnectionLimit=later) == []
    assert problems("HyperdriveConfig", name="main", origin={**ORIGIN, "scheme": later}) == []
    assert script(bindings=[later, {"name": "A", "type": later, "algorithm": later}]) == []
    assert problems("WorkersScript", scriptName="api", content=later, contentFile=later, contentSha256=later) == []
    assert application(destinations=[{"type": later, "cidr": "10.0.0.0/8"}]) == []


def test_no_message_contains_a_string_of_the_inputs() -> None:
    found = script(
        contentType=PASSWORD,
        limits=PASSWORD,
        bindings=[
            {"name": "A", "type": PASSWORD, "algorithm": PASSWORD, "usages": [PASSWORD], "jurisdiction": PASSWORD}
        ],
    )
    assert len(found) == 6
    assert PASSWORD not in "".join(found)


def test_an_attribute_that_only_the_newer_sdk_has_is_accepted() -> None:
    assert script(files={"a.js": {"contentType": "t", "contentBase64": ""}}) == []
    assert len(script(files={"a.js": {"contentTypes": "t"}})) == 1


def test_a_type_without_a_schema_has_no_problem() -> None:
    assert find_input_problems("aws:rds/instance:Instance", {"anything": 1}) == []


# The data.


@every_component
def test_every_type_that_a_component_creates_has_a_schema(name: str, bundle: str) -> None:
    types = {entry.type for entry in deployed(name, bundle)[2] if entry.type.startswith("cloudflare:")}
    assert {type_ for type_ in types if find_schema(type_) is None} == set()


def test_the_schema_is_not_read_before_it_is_used() -> None:
    source = (
        "from edge_postgres.core import cloudflare_schema as schema; assert not schema._read_data.cache_info().currsize"
    )
    loaded_by(f"import edge_postgres, edge_postgres.testing; edge_postgres.Worker; {source}")


def test_sensitive_and_newer_attributes_are_marked() -> None:
    schema = find_schema(token("WorkersScript"))
    assert isinstance(schema, Attribute)
    assert schema.children["bindings"].children["text"].sensitive
    assert [schema.children[name].newer for name in ("files", "content")] == [True, False]
    assert schema.children["accountId"].replace is True


# The use in tests of programs.


def route(**arguments: Any) -> None:
    cloudflare.WorkersRoute("api", zone_id="z", pattern="example.com/*", **arguments)


def wrong_program() -> None:
    placement: Any = {"mode": "targeted", "region": "aws:us-east-1"}
    cloudflare.WorkersScript("api", account_id=ACCOUNT, script_name="api", content=PASSWORD, placement=placement)


def test_the_tests_of_the_components_use_the_check() -> None:
    sources = {path.stem: path.read_text() for path in Path(__file__).parent.glob("test_*.py")}
    unchecked = {
        name for name, source in sources.items() if re.search(r"edge_postgres.testing import .*deploy", source)
    }
    assert unchecked == {"test_cloudflare_inputs", "test_testing", "test_testing_page"}


def test_the_tests_of_the_components_reject_a_resource_that_the_provider_rejects() -> None:
    with pytest.raises(AssertionError, match=r"WorkersScript api: placement\.region: is read-only"):
        deploy(wrong_program)


def test_the_check_of_a_program_lists_all_problems_and_no_secret() -> None:
    def program() -> None:
        wrong_program()
        cloudflare.WorkersDeployment(
            "api",
            account_id=ACCOUNT,
            script_name="api",
            strategy=pulumi.Output.secret(PASSWORD),
            versions=[{"version_id": "v", "percentage": 0}],
        )

    run = deploy_unchecked(program)
    with pytest.raises(AssertionError) as error:
        check_cloudflare_inputs(run)
    paths = {line.partition(": ")[2].partition(":")[0] for line in str(error.value).splitlines()}
    assert paths == {"placement.region", "strategy", "versions[0].percentage"}
    assert PASSWORD not in str(error.value)


@pytest.mark.parametrize("preview", [True, False])
def test_the_check_accepts_secrets_and_outputs_of_other_resources(preview: bool) -> None:
    def program() -> None:
        namespace = cloudflare.WorkersKvNamespace("kv", account_id=ACCOUNT, title="answers")
        route(script=pulumi.Output.secret("api"))
        cloudflare.WorkersKv(
            "value", account_id=ACCOUNT, namespace_id=namespace.id, key_name="k", value=pulumi.Output.secret(PASSWORD)
        )

    check_cloudflare_inputs(deploy_unchecked(program, preview=preview))
