"""Access applications, policies and service tokens: their rules, sets and names in the API."""

from typing import Any

import pytest

from tests.localcloud.provider.cases import ACCOUNT, IN_ACCOUNT, ZONE, A, Z, token_of
from tests.localcloud.provider.engine import Engine
from tests.localcloud.provider.fake_api import FakeApi

POLICY, APPLICATION = token_of("ZeroTrustAccessPolicy"), token_of("ZeroTrustAccessApplication")
SERVICE_TOKEN = token_of("ZeroTrustAccessServiceToken")
TOKEN_RULE = {"serviceToken": {"tokenId": "t1"}}
ANY_TOKEN: dict[str, Any] = {"anyValidServiceToken": {}}


def policy(**changes: Any) -> dict[str, Any]:
    return {**IN_ACCOUNT, "name": "db", "decision": "non_identity", "includes": [TOKEN_RULE], **changes}


def application(**changes: Any) -> dict[str, Any]:
    inputs = {"zoneId": ZONE, "name": "db", "type": "self_hosted", "domain": "db.example.com", **changes}
    return {name: value for name, value in inputs.items() if value is not None}


@pytest.mark.parametrize("name", ["clientSecretVersion", "previousClientSecretExpiresAt"])
def test_a_rotation_of_a_service_token_needs_both_of_its_inputs(engine: Engine, name: str):
    values = {"clientSecretVersion": 2, "previousClientSecretExpiresAt": "2030-01-01T00:00:00Z"}
    messages = engine.failures(SERVICE_TOKEN, {**IN_ACCOUNT, "name": "hyperdrive", name: values[name]})
    (other,) = set(values) - {name}
    assert f"also requires `{other}`" in messages[name]
    assert engine.failures(SERVICE_TOKEN, {**IN_ACCOUNT, "name": "hyperdrive", **values}) == {}


@pytest.mark.parametrize("rules", ["includes", "excludes", "requires"])
def test_the_order_of_rules_is_ignored(engine: Engine, rules: str):
    deployed = engine.create(POLICY, policy(**{rules: [TOKEN_RULE, ANY_TOKEN]}))
    assert not engine.diff(deployed, policy(**{rules: [ANY_TOKEN, TOKEN_RULE]})).changes
    assert engine.diff(deployed, policy(**{rules: [TOKEN_RULE]})).changes


@pytest.mark.parametrize("rule", [{}, {**TOKEN_RULE, **ANY_TOKEN}])
def test_a_rule_has_exactly_one_selector(engine: Engine, rule: dict[str, Any]):
    assert "must have one selector" in engine.failures(POLICY, policy(excludes=[rule]))["excludes[0]"]
    nested = application(policies=[{"includes": [rule]}])
    assert "must have one selector" in engine.failures(APPLICATION, nested)["policies[0].includes[0]"]


def test_an_unknown_decision_is_rejected(engine: Engine):
    assert "must be one of" in engine.failures(POLICY, policy(decision="maybe"))["decision"]


def test_some_selectors_have_other_names_in_the_api(engine: Engine, api: FakeApi):
    entra = {"azureAd": {"id": "g1", "identityProviderId": "i1"}}
    github = {"githubOrganization": {"name": "org", "identityProviderId": "i1"}}
    deployed = engine.create(POLICY, policy(includes=[entra, github]))
    assert api.last.body["include"] == [
        {"azureAD": {"id": "g1", "identity_provider_id": "i1"}},
        {"github-organization": {"identity_provider_id": "i1", "name": "org"}},
    ]
    assert engine.refresh(deployed) == deployed


def test_empty_rules_of_the_api_are_not_a_change(engine: Engine, api: FakeApi):
    deployed = engine.create(POLICY, policy())
    api.stored[f"{A}/access/policies/{deployed.id}"] |= {"exclude": [], "require": []}
    assert engine.refresh(deployed) == deployed


@pytest.mark.parametrize(
    ("destination", "at"),
    [
        ({"type": "private", "uri": "db.example.com"}, "destinations[0].uri"),
        ({"type": "public", "cidr": "10.0.0.0/8"}, "destinations[0].cidr"),
        ({"type": "public", "hostname": "db"}, "destinations[0].hostname"),
    ],
)
def test_a_destination_has_only_the_address_of_its_type(engine: Engine, destination: dict[str, Any], at: str):
    messages = engine.failures(APPLICATION, application(domain=None, destinations=[destination]))
    assert "can only be set if `type` is one of" in messages[at]


def test_destinations_cannot_be_combined_with_self_hosted_domains(engine: Engine):
    both = application(destinations=[{"uri": "db.example.com"}], selfHostedDomains=["db.example.com"])
    assert any("cannot be combined with" in message for message in engine.failures(APPLICATION, both).values())


def test_a_setting_of_another_type_of_application_is_rejected(engine: Engine):
    messages = engine.failures(APPLICATION, application(type="bookmark", skipInterstitial=True))
    assert "can only be set if `type` is one of" in messages["skipInterstitial"]


@pytest.mark.parametrize(
    ("reference", "problem"),
    [
        ({"precedence": 1}, "must have one of `id`, `includes`"),
        (
            {"id": "p1", "includes": [TOKEN_RULE], "decision": "allow", "name": "db"},
            "cannot be combined with `id`",
        ),
    ],
)
def test_a_policy_of_an_application_is_a_reference_or_has_rules(
    engine: Engine, reference: dict[str, Any], problem: str
):
    assert problem in " ".join(engine.failures(APPLICATION, application(policies=[reference])).values())


def test_a_precedence_is_at_least_one(engine: Engine):
    messages = engine.failures(APPLICATION, application(policies=[{"id": "p1", "precedence": 0}]))
    assert "must be at least 1" in messages["policies[0].precedence"]


def test_a_policy_without_a_precedence_follows_the_one_before_it(engine: Engine, api: FakeApi):
    engine.create(APPLICATION, application(policies=[{"id": "p1"}, {"id": "p2", "precedence": 5}, {"id": "p3"}]))
    assert [each["precedence"] for each in api.last.body["policies"]] == [1, 5, 6]


def test_an_application_without_policies_sends_an_empty_list(engine: Engine, api: FakeApi):
    deployed = engine.create(APPLICATION, application())
    assert api.last.body["policies"] == []
    assert engine.refresh(deployed) == deployed


def test_the_values_of_a_policy_are_not_in_the_state_of_an_application_that_refers_to_it(engine: Engine, api: FakeApi):
    deployed = engine.create(APPLICATION, application(policies=[{"id": "p1", "precedence": 1}]))
    shown = {"id": "p1", "precedence": 1, "name": "db", "decision": "allow", "include": [{"everyone": {}}]}
    api.stored[f"{Z}/access/apps/{deployed.id}"]["policies"] = [shown]
    assert engine.refresh(deployed) == deployed


@pytest.mark.parametrize("name", ["allowed_idps", "tags", "enable_binding_cookie", "options_preflight_bypass"])
def test_empty_lists_and_false_settings_of_the_api_are_not_a_change(engine: Engine, api: FakeApi, name: str):
    deployed = engine.create(APPLICATION, application())
    api.stored[f"{Z}/access/apps/{deployed.id}"][name] = [] if name in ("allowed_idps", "tags") else False
    assert engine.refresh(deployed) == deployed


def test_an_update_sends_the_addresses_that_the_api_derived(engine: Engine, api: FakeApi):
    api.extras = {
        "self_hosted_domains": ["db.example.com"],
        "destinations": [{"type": "public", "uri": "db.example.com"}],
    }
    deployed = engine.create(APPLICATION, application())
    engine.update(deployed, application(name="renamed"))
    assert api.last.body["self_hosted_domains"] == ["db.example.com"]
    assert api.last.body["destinations"] == [{"type": "public", "uri": "db.example.com"}]
    engine.update(deployed, application(domain="other.example.com"))
    assert "self_hosted_domains" not in api.last.body


def test_an_import_of_an_application_names_its_account_or_zone(engine: Engine, api: FakeApi):
    deployed = engine.create(APPLICATION, application(zoneId=None, accountId=ACCOUNT))
    imported = engine.import_(APPLICATION, f"accounts/{ACCOUNT}/{deployed.id}")
    assert imported
    assert imported.inputs["accountId"] == ACCOUNT
