"""Renamed keys of a stack file: the components keep their resources if a name at a vendor stays."""

import json
import runpy
from typing import Any

import pulumi
import pytest

from edge_postgres.stack.renamed_keys import find_renamed_keys
from edge_postgres.stack.vendor_names import VendorNames, read_previous_sections, render_sections
from tests.harness import Run, deploy
from tests.unit.sound import ACCOUNT, URL
from tests.unit.test_default_names import DATABASES, PROGRAM, worker_file
from tests.unit.vendors import CALLS, OUTPUTS

READ = "pulumi:pulumi:readStackOutputs"
SITE = {"productionBranch": "main", "compatibilityDate": "2026-11-01", "production": {}, "preview": {}}


def deployed(file: dict[str, Any], previous: Any = None) -> Run:
    """A deployment of a stack file whose previous update exported the output `names`."""
    return deploy(
        lambda: runpy.run_path(str(PROGRAM)) and None,
        config={"accountId": ACCOUNT, "secrets": {"databases": {"url": URL}}, "databases": {}, **file},
        secret_keys=["secrets"],
        outputs=OUTPUTS,
        calls={**CALLS, READ: {"outputs": {} if previous is None else {"names": previous}}},
    )


def aliases_of_components(run: Run, key: str) -> dict[str, set[str]]:
    """The previous names by type of the components of an entry."""
    return {
        entry.type: {alias.spec.name for alias in entry.wire.aliases}
        for entry in run.registrations
        if entry.name == key and entry.type.startswith("edge-postgres:index:")
    }


def renamed(section: str, entry: dict[str, Any], old: str, new: str) -> dict[str, set[str]]:
    """The aliases of the components after the rename of a key."""
    before = deployed({section: {old: entry}})
    file = {section: {new: entry}}
    return aliases_of_components(deployed(file, before.exports["names"].value), new)


@pytest.mark.parametrize("kind", DATABASES)
def test_every_component_of_a_renamed_database_has_its_previous_key_as_an_alias(kind: str) -> None:
    aliases = renamed("databases", DATABASES[kind], "main", "orders")
    assert aliases
    assert [type_ for type_, names in aliases.items() if "main" not in names] == []


@pytest.mark.parametrize(
    ("section", "entry"),
    [
        ("kv", {"title": "shop-answers"}),
        ("queues", {"queueName": "shop-jobs"}),
        ("pages", {**SITE, "projectName": "shop"}),
    ],
)
def test_a_renamed_entry_with_a_fixed_name_has_its_previous_key_as_an_alias(
    section: str, entry: dict[str, Any]
) -> None:
    (names,) = renamed(section, entry, "old", "new").values()
    assert names == {"old"}


def test_a_renamed_worker_with_a_script_name_has_its_previous_key_as_an_alias(bundle: str) -> None:
    (entry,) = worker_file("api", bundle, scriptName="shop-api")["workers"].values()
    (names,) = renamed("workers", entry, "api", "web").values()
    assert names == {"api"}


def test_an_explicit_default_name_of_the_previous_key_keeps_the_resources() -> None:
    before = deployed({"kv": {"answers": {}}}).exports["names"].value
    title = before["kv"]["answers"]["names"]["title"]
    run = deployed({"kv": {"replies": {"title": title}}}, before)
    assert aliases_of_components(run, "replies") == {"edge-postgres:index:KvCache": {"answers"}}


def test_a_renamed_key_without_a_fixed_name_is_a_new_entry() -> None:
    assert renamed("kv", {}, "old", "new") == {"edge-postgres:index:KvCache": set()}


def test_a_name_that_another_entry_keeps_is_no_rename() -> None:
    before = {"kv": {"one": VendorNames({"title": "shop"})}}
    after = {"kv": {"one": VendorNames({"title": "other"}), "two": VendorNames({"title": "shop"})}}
    assert find_renamed_keys(before, after) == {}


def test_a_name_of_two_former_entries_is_no_rename() -> None:
    shop = VendorNames({"title": "shop"})
    assert find_renamed_keys({"kv": {"one": shop, "two": shop}}, {"kv": {"three": shop}}) == {}


@pytest.mark.parametrize("output", [None, 1, {"kv": 1}, {"kv": {"old": {"unknown": 1}}}])
def test_an_output_of_another_version_is_ignored(output: Any) -> None:
    run = deployed({"kv": {"new": {"title": "shop"}}}, output)
    assert aliases_of_components(run, "new") == {"edge-postgres:index:KvCache": set()}


def test_the_output_has_no_empty_field() -> None:
    sections = {"kv": {"answers": VendorNames({"title": "shop"})}, "pages": {}}
    assert json.dumps(render_sections(sections)) == '{"kv": {"answers": {"names": {"title": "shop"}}}}'


def test_previous_outputs_that_the_engine_cannot_read_are_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[str] = []

    def fail(*_: object) -> None:
        raise RuntimeError("the backend does not answer")

    monkeypatch.setattr(pulumi.runtime, "invoke", fail)
    monkeypatch.setattr(pulumi.log, "warn", logged.append)
    assert read_previous_sections() == {}
    assert ["(the backend does not answer)" in line for line in logged] == [True]
