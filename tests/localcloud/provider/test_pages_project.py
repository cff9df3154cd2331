"""`PagesProject`: updates that remove bindings, and refreshes."""

import copy
from typing import Any

import pytest

from tests.localcloud.provider.cases import CASES, token_of
from tests.localcloud.provider.conftest import rejected
from tests.localcloud.provider.engine import Deployed, Engine
from tests.localcloud.provider.fake_api import FakeApi

TOKEN = token_of("PagesProject")
(CASE,) = (case for case in CASES if case.token == TOKEN)
ITEM = CASE.item


@pytest.fixture
def deployed(engine: Engine, api: FakeApi) -> Deployed:
    api.extras = dict(CASE.extras)
    return engine.create(TOKEN, CASE.inputs)


def without(*keys: str) -> dict[str, Any]:
    """Returns the inputs of the case without some keys of production."""
    inputs = copy.deepcopy(CASE.inputs)
    for key in keys:
        del inputs["deploymentConfigs"]["production"][key]
    return inputs


def production(api: FakeApi) -> dict[str, Any]:
    found: dict[str, Any] = api.stored[ITEM]["deployment_configs"]["production"]
    return found


def test_removing_a_map_removes_each_binding_by_name(engine: Engine, api: FakeApi, deployed: Deployed) -> None:
    engine.update(deployed, without("hyperdriveBindings", "envVars"))
    assert api.last.body == {
        "deployment_configs": {
            "production": {
                "env_vars": {"SNAKE_CASE": None, "camelCase": None},
                "hyperdrive_bindings": {"HYPERDRIVE": None},
            }
        }
    }


def test_the_same_program_after_the_update_is_not_a_change(engine: Engine, api: FakeApi, deployed: Deployed) -> None:
    updated = engine.update(deployed, without("hyperdriveBindings"))
    refreshed = engine.refresh(updated)
    assert refreshed
    assert not engine.diff(refreshed, without("hyperdriveBindings")).changes


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("compatibility_date", "2026-01-01"),
        ("compatibility_flags", ["nodejs_compat"]),
        ("fail_open", False),
        ("env_vars", {"camelCase": {"type": "plain_text", "value": "2"}}),
    ],
)
def test_a_refresh_detects_a_changed_setting(
    engine: Engine, api: FakeApi, deployed: Deployed, key: str, value: Any
) -> None:
    production(api)[key] = value
    assert engine.refresh(deployed) != deployed


def test_a_refresh_ignores_a_changed_binding(engine: Engine, api: FakeApi, deployed: Deployed) -> None:
    production(api)["hyperdrive_bindings"] = {"HYPERDRIVE": {"id": "another"}}
    assert engine.refresh(deployed) == deployed


def test_a_refresh_keeps_secrets_that_the_api_does_not_return(engine: Engine, api: FakeApi, deployed: Deployed) -> None:
    production(api)["env_vars"]["SNAKE_CASE"] = {"type": "secret_text", "value": ""}
    assert engine.refresh(deployed) == deployed


def test_an_imported_project_equals_the_program_except_for_secrets(
    engine: Engine, api: FakeApi, deployed: Deployed
) -> None:
    found = production(api) | {
        "usage_model": "standard",
        "env_vars": {"camelCase": {"type": "plain_text", "value": "1"}},
    }
    api.stored[ITEM] |= {"deployment_configs": {"production": found}, "build_config": {"build_command": ""}}
    parse_import_id = engine.import_(TOKEN, CASE.import_id)
    assert parse_import_id
    inputs = without("envVars")
    inputs["deploymentConfigs"]["production"]["envVars"] = found["env_vars"]
    assert not engine.diff(parse_import_id, inputs).changes
    found["env_vars"]["SNAKE_CASE"] = {"type": "secret_text", "value": ""}
    parse_import_id = engine.import_(TOKEN, CASE.import_id)
    assert parse_import_id
    assert engine.diff(parse_import_id, CASE.inputs).changes
    engine.update(parse_import_id, CASE.inputs)
    secret = {"env_vars": {"SNAKE_CASE": {"value": "page-secret"}}}
    assert api.last.body == {"deployment_configs": {"production": secret}}


def test_a_hash_of_a_wrangler_file_that_the_api_returns_is_a_change_after_every_refresh(
    engine: Engine, api: FakeApi, deployed: Deployed
) -> None:
    for _ in range(2):
        production(api)["wrangler_config_hash"] = "abc"
        refreshed = engine.refresh(deployed)
        assert refreshed
        changes = engine.diff(refreshed, CASE.inputs).detailed
        assert changes["deploymentConfigs.production.wranglerConfigHash"] == "DELETE"
        deployed = engine.update(refreshed, CASE.inputs)


def test_empty_flags_of_a_new_project_are_an_update_once(engine: Engine, api: FakeApi) -> None:
    inputs = copy.deepcopy(CASE.inputs)
    inputs["deploymentConfigs"]["production"]["compatibilityFlags"] = []
    api.extras = dict(CASE.extras)
    deployed = engine.create(TOKEN, inputs)
    assert engine.diff(deployed, inputs).detailed == {"deploymentConfigs.production.compatibilityFlags": "ADD"}
    assert not engine.diff(engine.update(deployed, inputs), inputs).changes


def test_a_service_without_an_environment_fails_at_every_update_after_the_request(engine: Engine, api: FakeApi) -> None:
    inputs = copy.deepcopy(CASE.inputs)
    config = inputs["deploymentConfigs"]["production"]
    config |= {"services": {"AUTH": {"service": "auth"}}, "usageModel": "standard"}
    inputs["deploymentConfigs"]["preview"] = {"compatibilityDate": "2026-08-01", "usageModel": "standard"}
    api.extras = dict(CASE.extras)
    deployed = engine.create(TOKEN, inputs)
    config["hyperdriveBindings"] = {"HYPERDRIVE": {"id": "h2"}}
    with rejected("`deploymentConfigs.production.services.AUTH.environment` is unknown after the update"):
        engine.update(deployed, inputs)
    assert api.last.method == "PATCH"
    config["services"] = {"AUTH": {"service": "auth", "environment": "production"}}
    engine.update(deployed, inputs)
