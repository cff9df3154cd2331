"""The data of a wrangler configuration: the deployed settings without secret values."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from edge_postgres.workers.bindings.kinds import KINDS as API_KINDS
from edge_postgres.workers.files import ModuleKind
from edge_postgres.workers.wrangler_bindings import KINDS, VARIABLES
from edge_postgres.workers.wrangler_configuration import (
    MODULE_RULES,
    build_configuration,
    build_configuration_output,
)
from tests.harness import Export, deploy
from tests.unit.wrangler_sample import ID

DATE = {"compatibility_date": "2026-11-01"}


def data(bindings: dict[str, Any] | None = None, **settings: Any) -> dict[str, Any]:
    return build_configuration("api", bindings or {}, {**DATE, **settings})


def exported(bindings: Callable[[], dict[str, Any]], *, preview: bool = False) -> Export:
    return deploy(lambda: {"data": build_configuration_output("api", bindings(), DATE)}, preview=preview).exports[
        "data"
    ]


def test_every_binding_type_of_a_worker_is_supported():
    assert {*KINDS, *VARIABLES} == {kind.argument for kind in API_KINDS}


def test_every_module_kind_of_a_worker_is_supported():
    assert set(MODULE_RULES) == {kind.value for kind in ModuleKind}


def test_the_configuration_begins_with_script_source_and_runtime():
    found = data(compatibility_flags=["nodejs_compat"])
    assert list(found)[:5] == ["$schema", "name", "main", "compatibility_date", "compatibility_flags"]
    assert (found["name"], found["main"]) == ("api", "src/index.ts")
    assert (found["compatibility_date"], found["compatibility_flags"]) == ("2026-11-01", ["nodejs_compat"])


def test_omitted_settings_are_absent():
    assert data() == {
        "$schema": "node_modules/wrangler/config-schema.json",
        "name": "api",
        "main": "src/index.ts",
        "compatibility_date": "2026-11-01",
        "workers_dev": True,
        "preview_urls": False,
        "secrets": {"required": []},
    }


def test_bindings_of_a_kind_are_sorted_by_name():
    found = data({"kv": {"B": "2", "A": "1"}})
    assert found["kv_namespaces"] == [{"binding": "A", "id": "1"}, {"binding": "B", "id": "2"}]


def test_integers_have_no_decimal_point():
    found = data({"rate_limits": {"R": {"namespace_id": "1", "limit": 100.0, "period_seconds": 60.0}}})
    assert json.dumps(found["ratelimits"][0]["simple"]) == '{"limit": 100, "period": 60}'


def test_a_json_variable_has_its_parsed_value():
    assert data({"json": {"A": '{"b": [1, null], "c": null}'}})["vars"] == {"A": {"b": [1, None], "c": None}}


def test_secrets_are_listed_by_name():
    assert data({"secrets": ["B", "A"]})["secrets"] == {"required": ["A", "B"]}


def test_a_binding_type_unknown_to_wrangler_has_only_name_and_type():
    found = data({"other_bindings": {"KEY": {"type": "secret_key", "key_base64": "bm90LWEta2V5"}}})
    assert found["unsafe"] == {"bindings": [{"name": "KEY", "type": "secret_key"}]}


def test_a_binding_of_other_bindings_is_listed_with_its_type():
    other = {"EU": {"type": "r2_bucket", "bucket_name": "files-eu", "jurisdiction": "eu"}}
    assert data({"r2": {"FILES": "files"}, "other_bindings": other})["r2_buckets"] == [
        {"binding": "EU", "bucket_name": "files-eu", "jurisdiction": "eu"},
        {"binding": "FILES", "bucket_name": "files"},
    ]


def test_a_worker_with_a_custom_address_is_not_on_workers_dev():
    found = data(domains=["api.example.com"], routes={"example.com/api/*": ID})
    assert found["workers_dev"] is False
    assert found["routes"] == [
        {"pattern": "example.com/api/*", "zone_id": ID},
        {"pattern": "api.example.com", "custom_domain": True},
    ]


def test_a_module_with_an_explicit_kind_has_its_own_rule():
    found = data(files={"a.wasm": "a.wasm", "help.md": {"path": "help.md", "kind": ModuleKind.TEXT}})
    assert found["rules"] == [{"type": "Text", "globs": ["**/help.md"], "fallthrough": True}]


def test_a_migration_has_its_tag():
    migrations = {"old_tag": "v1", "new_tag": "v2", "renamed_classes": [{"from_": "A", "to": "B"}]}
    assert data(migrations=migrations)["migrations"] == [{"tag": "v2", "renamed_classes": [{"from": "A", "to": "B"}]}]


def test_each_step_of_a_migration_has_its_own_tag():
    steps = [{"new_sqlite_classes": ["A"]}, {"deleted_classes": ["B"]}]
    assert data(migrations={"new_tag": "v2", "steps": steps})["migrations"] == [
        {"tag": "v2-step-1", "new_sqlite_classes": ["A"]},
        {"tag": "v2", "deleted_classes": ["B"]},
    ]


def test_wrangler_keeps_variables_that_the_worker_keeps():
    assert data(keep_bindings=["plain_text"])["keep_vars"] is True
    assert "keep_vars" not in data(keep_bindings=["secret_text"])


def test_ids_that_are_outputs_are_resolved():
    found = exported(lambda: {"hyperdrive": {"HYPERDRIVE": pulumi.Output.from_input(ID)}})
    assert found.value["hyperdrive"] == [{"binding": "HYPERDRIVE", "id": ID}]
    assert not found.secret


def test_an_unknown_id_makes_the_data_unknown_in_a_preview():
    def bindings() -> dict[str, Any]:
        return {"kv": {"CACHE": pulumi.CustomResource("test:index:Namespace", "answers").id}}

    assert exported(bindings).known
    assert not exported(bindings, preview=True).known


def test_a_variable_with_a_secret_value_is_listed_by_name():
    found = exported(lambda: {"vars": {"A": pulumi.Output.secret("hidden-value"), "B": "b"}})
    assert (found.value["vars"], found.value["secrets"]) == ({"B": "b"}, {"required": ["A"]})
    assert not found.secret


def test_an_id_with_a_secret_value_is_hidden():
    found = exported(lambda: {"durable_objects": {"A": {"class_name": pulumi.Output.secret("hidden-value")}}})
    assert found.value["durable_objects"]["bindings"] == [{"name": "A", "class_name": "[secret]"}]
    assert not found.secret


def test_values_of_secrets_are_not_read():
    found = exported(lambda: {"secrets": {"A": pulumi.Output.secret("hidden-value"), "B": "hidden-value"}})
    assert found.value["secrets"] == {"required": ["A", "B"]}
    assert "hidden-value" not in json.dumps(found.value)


@pytest.mark.parametrize("placement", [{"mode": "smart"}, {"region": "aws:us-east-1"}, {"host": "db.example.com:5432"}])
def test_a_placement_has_the_same_keys(placement: dict[str, str]) -> None:
    assert data(placement=placement)["placement"] == placement
