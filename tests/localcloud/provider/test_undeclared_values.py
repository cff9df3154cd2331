"""Values that the API returns although the program does not declare them."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.localcloud.provider.cases import ACCOUNT, CASES, Case, token_of
from tests.localcloud.provider.engine import Engine
from tests.localcloud.provider.fake_api import FakeApi


@dataclass(frozen=True)
class Undeclared:
    resource: str
    path: tuple[str | int, ...]
    """Keys in the API's object."""
    value: Any
    change: str
    """Path of the change in the next preview."""


def case_of(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


UNDECLARED = [
    Undeclared("SecretsStoreSecret", ("comment",), "", "comment"),
    Undeclared(
        "ZeroTrustTunnelCloudflaredConfig",
        ("config", "ingress", 1, "originRequest"),
        {},
        "config.ingresses[1].originRequest",
    ),
    Undeclared("ConnectivityDirectoryService", ("tls_settings",), {}, "tlsSettings"),
    Undeclared("ConnectivityDirectoryService", ("host", "hostname"), "", "host.hostname"),
    Undeclared("ZeroTrustAccessApplication", ("custom_deny_url",), "", "customDenyUrl"),
    Undeclared("ZeroTrustAccessApplication", ("logo_url",), "", "logoUrl"),
    Undeclared("ZeroTrustAccessApplication", ("allow_authenticate_via_warp",), False, "allowAuthenticateViaWarp"),
    Undeclared("ZeroTrustAccessPolicy", ("purpose_justification_prompt",), "", "purposeJustificationPrompt"),
    Undeclared("WorkersRoute", ("script",), "", "script"),
    Undeclared("DnsRecord", ("comment",), "", "comment"),
]


@pytest.mark.parametrize("undeclared", UNDECLARED, ids=lambda each: f"{each.resource}.{each.change}")
def test_an_optional_value_that_only_the_api_has_is_a_change_after_every_refresh(
    engine: Engine, api: FakeApi, undeclared: Undeclared
):
    case = case_of(undeclared.resource)
    inputs = {name: value for name, value in case.inputs.items() if name != undeclared.change}
    api.extras, api.hidden = dict(case.extras), set(case.hidden)
    deployed = engine.create(case.token, inputs)
    for _ in range(2):
        *parents, last = undeclared.path
        target = api.stored[case.item]
        for key in parents:
            target = target[key]
        target[last] = undeclared.value
        refreshed = engine.refresh(deployed)
        assert refreshed
        assert engine.diff(refreshed, inputs).detailed == {undeclared.change: "DELETE"}
        deployed = engine.update(refreshed, inputs)


def test_an_update_sends_null_for_an_optional_value_that_only_the_api_has(engine: Engine, api: FakeApi):
    case = case_of("ZeroTrustAccessPolicy")
    deployed = engine.create(case.token, case.inputs)
    api.stored[case.item]["purpose_justification_prompt"] = ""
    refreshed = engine.refresh(deployed)
    assert refreshed
    engine.update(refreshed, case.inputs)
    assert api.last.body["purpose_justification_prompt"] is None


@pytest.mark.parametrize(
    ("resource", "name", "value"),
    [
        ("WorkersScriptSubdomain", "previews_enabled", False),
        ("WorkersCustomDomain", "zone_name", "example.com"),
        ("DnsRecord", "tags", ["owner:db"]),
        ("DnsRecord", "settings", {"flatten_cname": False}),
        ("ZeroTrustAccessApplication", "session_duration", "24h"),
    ],
)
def test_a_value_that_the_api_sets_if_the_program_omits_it_is_not_a_change(
    engine: Engine, api: FakeApi, resource: str, name: str, value: Any
):
    case = case_of(resource)
    inputs = {key: each for key, each in case.inputs.items() if key != "previewsEnabled"}
    api.extras, api.hidden = {**case.extras, name: value}, set(case.hidden)
    deployed = engine.create(case.token, inputs)
    refreshed = engine.refresh(deployed)
    assert refreshed
    assert not engine.diff(deployed, inputs).changes
    assert not engine.diff(refreshed, inputs).changes


def test_a_field_that_the_schema_does_not_have_is_not_in_the_state(engine: Engine, api: FakeApi):
    case = case_of("WorkersRoute")
    api.extras = {"request_limit_fail_open": True}
    refreshed = engine.refresh(engine.create(case.token, case.inputs))
    assert refreshed
    assert "requestLimitFailOpen" not in refreshed.state


def test_a_declared_object_that_the_api_omits_is_empty_in_the_state(engine: Engine, api: FakeApi):
    hyperdrive = case_of("HyperdriveConfig")
    api.hidden = set(hyperdrive.hidden)
    deployed = engine.create(hyperdrive.token, hyperdrive.inputs)
    del api.stored[f"accounts/{ACCOUNT}/hyperdrive/configs/{deployed.id}"]["mtls"]
    refreshed = engine.refresh(deployed)
    assert refreshed
    assert refreshed.state["mtls"] == {}
    assert engine.diff(refreshed, hyperdrive.inputs).detailed == {"mtls.sslmode": "ADD"}


def test_an_attribute_that_only_the_newer_sdk_has_is_not_read(engine: Engine, api: FakeApi):
    api.extras = {"client_id": "i.access", "client_secret": "s", "enabled": True}
    token = token_of("ZeroTrustAccessServiceToken")
    inputs = {"accountId": ACCOUNT, "name": "hyperdrive"}
    refreshed = engine.refresh(engine.create(token, inputs))
    assert refreshed
    assert not engine.diff(refreshed, inputs).changes
