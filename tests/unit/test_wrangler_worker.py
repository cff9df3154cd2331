"""The engine, the wrangler file and `Env` have the same bindings."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from edge_postgres.workers.wrangler_bindings import list_bindings
from edge_postgres.wrangler.files import Format, Mode, Source, configuration_name, render_files
from edge_postgres.wrangler.types import infer_env_types
from tests.harness import Run, deploy
from tests.unit.sound import SCRIPT, worker
from tests.unit.wrangler_sample import BINDINGS

SECRETS = dict.fromkeys(BINDINGS["secrets"], "hidden-value")


@pytest.fixture
def run(bundle: str) -> Run:
    declared = {**BINDINGS, "secrets": SECRETS}
    return deploy(lambda: {"data": worker(bundle, **declared).wrangler})


def test_the_engine_the_file_and_env_have_the_same_names(run: Run) -> None:
    data = run.exports["data"].value
    sent = {binding["name"] for binding in run.one(SCRIPT).inputs["bindings"]}
    in_file = {name for _, name, _ in list_bindings(data)} | set(data["vars"]) | set(data["secrets"]["required"])
    assert sent == in_file == set(infer_env_types(data))


def test_the_engine_and_the_file_have_the_same_values(run: Run) -> None:
    data = run.exports["data"].value
    in_file = {name: values_of(entry) for _, name, entry in list_bindings(data)}
    in_file |= {name: values_of(value) for name, value in data["vars"].items()}
    sent = {binding["name"]: sent_values(binding) for binding in run.one(SCRIPT).inputs["bindings"]}
    unknown_to_wrangler = {entry["name"] for entry in data["unsafe"]["bindings"]}
    for name, values in in_file.items():
        if name not in unknown_to_wrangler:
            assert values - {name} == sent[name], name


def test_a_secret_is_listed_in_the_file_by_name_only(run: Run) -> None:
    assert set(run.exports["data"].value["secrets"]["required"]) == set(SECRETS)
    assert "hidden-value" not in json.dumps(run.exports["data"].value)
    assert not run.exports["data"].secret


@pytest.mark.parametrize("form", list(Format))
@pytest.mark.parametrize("mode", list(Mode))
def test_every_file_has_the_names_of_the_secrets_and_no_value(run: Run, mode: Mode, form: Format) -> None:
    files = render_files(run.exports["data"].value, Source("dev", "api", "make wrangler STACK=dev"), mode, form)
    assert set(files) == {configuration_name(mode, form), "worker-configuration.d.ts", ".dev.vars.example"}
    for name, text in files.items():
        assert [secret for secret in SECRETS if secret not in text] == [], name
        assert "hidden-value" not in text, name


def sent_values(binding: Mapping[str, Any]) -> set[Any]:
    values = {key: value for key, value in binding.items() if key not in ("name", "type")}
    return values_of(json.loads(values["json"]) if binding["type"] == "json" else values)


def values_of(value: Any) -> set[Any]:
    """The plain values of a binding, without their keys."""

    def found(value: Any) -> Iterator[Any]:
        if isinstance(value, Mapping):
            for item in value.values():
                yield from found(item)
        elif isinstance(value, list):
            for item in value:
                yield from found(item)
        else:
            yield value

    return set(found(value))
