"""The files of a wrangler configuration: both formats are equal, and no file has a secret."""

import json
import tomllib
from typing import Any

import pytest

from edge_postgres.workers.wrangler_configuration import build_configuration
from edge_postgres.wrangler.files import Format, Mode, Source, render_files, select_fragment
from edge_postgres.wrangler.toml import render_toml
from edge_postgres.wrangler.types import infer_env_types
from tests.harness import rejected
from tests.unit.wrangler_sample import BINDINGS, SETTINGS

DATA = build_configuration("edge-postgres-dev-api", BINDINGS, SETTINGS)
SOURCE = Source("dev", "api", "make wrangler STACK=dev")


def read_jsonc(text: str) -> Any:
    """Parses JSON whose comments are on separate lines."""
    return json.loads("\n".join(line for line in text.splitlines() if not line.startswith("//")))


def written(mode: Mode = Mode.FILE, form: Format = Format.JSONC, data: dict[str, Any] = DATA) -> dict[str, str]:
    return render_files(data, SOURCE, mode, form)


def test_a_complete_file_has_the_name_that_wrangler_reads():
    assert set(written()) == {"wrangler.jsonc", "worker-configuration.d.ts", ".dev.vars.example"}
    assert "wrangler.toml" in written(form=Format.TOML)


def test_a_fragment_has_a_name_that_wrangler_does_not_read():
    assert set(written(Mode.FRAGMENT)) >= {"wrangler.fragment.jsonc"}


@pytest.mark.parametrize("mode", list(Mode))
def test_jsonc_and_toml_are_equal(mode: Mode):
    (json_text, *_), (toml_text, *_) = written(mode).values(), written(mode, Format.TOML).values()
    assert read_jsonc(json_text) == tomllib.loads(toml_text) == (DATA if mode is Mode.FILE else select_fragment(DATA))


def test_a_fragment_has_only_the_settings_of_the_stack():
    left = set(DATA) - set(select_fragment(DATA))
    assert left >= {"$schema", "name", "main", "routes", "rules", "assets", "observability"}
    assert set(select_fragment(DATA)) >= {"compatibility_date", "compatibility_flags", "hyperdrive", "vars", "secrets"}


def test_toml_has_a_table_for_each_hyperdrive_binding_and_one_of_variables():
    lines = written(form=Format.TOML)["wrangler.toml"].splitlines()
    assert lines.count("[[hyperdrive]]") == 1
    assert lines.count("[vars]") == 1
    assert any(line.startswith('"$schema" = ') for line in lines)


def test_toml_has_no_null():
    with rejected("vars.A.b", "null", "wrangler.jsonc"):
        render_toml({"vars": {"A": {"b": None}}})


@pytest.mark.parametrize(
    "data",
    [
        {"vars": {"QUOTED": 'a "b" \\ c', "LINES": "one\ntwo\ttab\x7f\x00", "UNICODE": "ü 💾", "EMPTY": ""}},
        {"a key with spaces": 1, "dotted.key": True, "": -1.5, "large": 2**63 - 1},
        {"empty": {}, "nothing": [], "mixed": [1, {"a": [{"b": "c"}]}], "tables": [{"a": {"b": [{"c": 1}]}}, {}]},
    ],
)
def test_json_data_stays_the_same_after_a_round_trip_through_toml(data: dict[str, Any]):
    assert tomllib.loads(render_toml(data)) == data


def test_the_first_line_of_every_file_names_its_origin():
    first = {text.partition("\n")[0] for text in written().values()}
    assert {line.lstrip("/# ") for line in first} == {
        "edge-postgres wrote this file from Worker `api` of stack `dev`. `make wrangler STACK=dev` generates it again."
    }


def test_the_heading_names_the_stack_and_the_secrets_of_the_worker():
    heading = written()["wrangler.jsonc"].partition("\n\n")[0]
    assert "The stack deploys the Worker" in heading
    assert "Secrets, by name only: DB_PASSWORD, STRIPE_KEY." in heading
    assert "CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE" in heading
    assert "SIGNING (secret_key)" in heading


def test_the_configuration_begins_with_the_script_for_any_order_of_keys():
    sorted_keys = dict(sorted(DATA.items()))
    found = list(read_jsonc(written(data=sorted_keys)["wrangler.jsonc"]))
    assert found[:5] == ["$schema", "name", "main", "compatibility_date", "compatibility_flags"]
    assert sorted(found) == list(sorted_keys)


def test_a_worker_without_secrets_and_databases_has_a_short_heading():
    plain = build_configuration("api", {}, {"compatibility_date": "2026-11-01"})
    assert len(written(data=plain)["wrangler.jsonc"].partition("\n\n")[0].splitlines()) == 3


def test_the_example_of_secrets_has_their_names_and_no_values():
    lines = written()[".dev.vars.example"].splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == ["DB_PASSWORD=", "STRIPE_KEY="]


def test_no_file_has_a_local_connection_string_or_a_key():
    for form in Format:
        for text in written(form=form).values():
            assert "localConnectionString" not in text
            assert "bm90LWEta2V5" not in text


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("HYPERDRIVE", "Hyperdrive"),
        ("CACHE", "KVNamespace"),
        ("LOG_LEVEL", "string"),
        ("PORT", "number"),
        ("SETTINGS", "object"),
        ("HOSTS", "string[]"),
        ("MIXED", "(boolean|number|object|string)[]"),
        ("NONE", "unknown[]"),
        ("STRIPE_KEY", "string"),
        ("ASSETS", "Fetcher"),
        ("SIGNING", "any"),
        ("COUNTER", 'DurableObjectNamespace<import("./src/index").Counter>'),
        ("FAR", "DurableObjectNamespace"),
    ],
)
def test_env_has_the_type_of_a_binding(name: str, type_: str):
    assert infer_env_types(DATA)[name] == type_


def test_a_source_in_another_folder_is_imported_from_that_folder():
    moved = {**DATA, "main": "../../workers/src/pg.ts"}
    assert infer_env_types(moved)["COUNTER"] == 'DurableObjectNamespace<import("../../workers/src/pg").Counter>'
