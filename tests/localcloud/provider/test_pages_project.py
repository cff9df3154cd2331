"""`PagesProject`: what an update sends for bindings that are gone, and what a refresh sees."""

import copy
from typing import Any

import pytest

from tests.localcloud.provider.cases import CASES, token_of
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
    """The inputs of the case without some keys of production."""
    inputs = copy.deepcopy(CASE.inputs)
    for key in keys:
        del inputs["deploymentConfigs"]["production"][key]
    return inputs


def production(api: FakeApi) -> dict[str, Any]:
    found: dict[str, Any] = api.stored[ITEM]["deployment_configs"]["production"]
    return found


def test_a_map_that_is_gone_loses_each_binding_by_name(engine: Engine, api: FakeApi, deployed: Deployed) -> None:
    engine.update(deployed, without("hyperdriveBindings", "envVars"))
    assert api.last.body == {
        "deployment_configs": {
            "production": {
                "env_vars": {"SNAKE_CASE": None, "camelCase": None},
                "hyperdrive_bindings": {"HYPERDRIVE": None},
            }
        }
    }


def test_after_that_the_program_is_no_change(engine: Engine, api: FakeApi, deployed: Deployed) -> None:
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
def test_a_refresh_sees_that_somebody_changed_a_setting(
    engine: Engine, api: FakeApi, deployed: Deployed, key: str, value: Any
) -> None:
    production(api)[key] = value
    assert engine.refresh(deployed) != deployed


def test_a_refresh_does_not_see_that_somebody_changed_a_binding(
    engine: Engine, api: FakeApi, deployed: Deployed
) -> None:
    production(api)["hyperdrive_bindings"] = {"HYPERDRIVE": {"id": "another"}}
    assert engine.refresh(deployed) == deployed


def test_a_refresh_keeps_secrets_that_the_api_does_not_tell(engine: Engine, api: FakeApi, deployed: Deployed) -> None:
    production(api)["env_vars"]["SNAKE_CASE"] = {"type": "secret_text", "value": ""}
    assert engine.refresh(deployed) == deployed


def test_what_is_imported_is_the_program_but_for_secrets(engine: Engine, api: FakeApi, deployed: Deployed) -> None:
    found = production(api) | {
        "usage_model": "standard",
        "env_vars": {"camelCase": {"type": "plain_text", "value": "1"}},
    }
    api.stored[ITEM] |= {"deployment_configs": {"production": found}, "build_config": {"build_command": ""}}
    imported = engine.import_(TOKEN, CASE.import_id)
    assert imported
    inputs = without("envVars")
    inputs["deploymentConfigs"]["production"]["envVars"] = found["env_vars"]
    assert not engine.diff(imported, inputs).changes
    found["env_vars"]["SNAKE_CASE"] = {"type": "secret_text", "value": ""}
    imported = engine.import_(TOKEN, CASE.import_id)
    assert imported
    assert engine.diff(imported, CASE.inputs).changes
    engine.update(imported, CASE.inputs)
    secret = {"env_vars": {"SNAKE_CASE": {"value": "page-secret"}}}
    assert api.last.body == {"deployment_configs": {"production": secret}}
