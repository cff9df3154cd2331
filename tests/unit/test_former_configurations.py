"""A Hyperdrive configuration that a rollback needs is deleted only after the stack file kept it."""

import functools
from pathlib import Path
from typing import Any

import pytest

from edge_postgres.core.plan import Plan
from edge_postgres.stack.account_usage import count_configurations
from edge_postgres.stack.entry_names import sections_of
from edge_postgres.stack.former_configurations import find_lost_configurations
from edge_postgres.stack.vendor_names import Sections, read_previous_sections, render_sections
from tests.harness import deploy
from tests.unit.test_settings import URL, load, only_fault, root, stack_file

__all__ = ["root"]

AGES = {"maxAge": 60, "staleWhileRevalidate": 15}
HYPERDRIVE = {"connectionLimit": 20, "caching": AGES, "configName": "shop"}
KEPT = {"connectionLimit": 10, "caching": "none"}
SLOTS = {
    "activeSlot": "a",
    "a": {"user": "app_a", "passwordSecret": "databases.main.password-a"},
    "b": {"user": "app_b", "passwordSecret": "databases.main.password-b"},
}
SECRETS = {"databases": {"main": {"url": URL, "password-a": "sentinel-a", "password-b": "sentinel-b"}}}


def file_of(credentials: Any = None, **hyperdrive: Any) -> dict[str, Any]:
    settings = {"hyperdrive": {**HYPERDRIVE, **hyperdrive}, **({"credentials": credentials} if credentials else {})}
    database = {"provider": "existing", "urlSecret": "databases.main.url", "noProductionData": True, **settings}
    return stack_file(databases={"main": database}, secrets=SECRETS)


def sections(root: Path, *, stack: str = "dev", **changes: Any) -> Sections:
    return sections_of(load(root, file_of(**changes), stack=stack)[0])


def errors(previous: Sections, current: Sections, *gradual: str) -> list[str]:
    return [f"{error.path} {error.message}" for error in find_lost_configurations(previous, current, gradual)]


def test_a_renamed_configuration_must_be_kept(root: Path) -> None:
    before = sections(root)
    (error,) = errors(before, sections(root, configName="store"))
    assert error == (
        "databases.main.hyperdrive would delete the Hyperdrive configuration shop, because an older version of a "
        "Worker can be bound to it, and a rollback to that version would have no database. Add `keep: {shop: "
        "{connectionLimit: 20, caching: none}}` with the limit and the caching of the configuration, or set "
        "`deleteAtOnce: true`."
    )
    kept = sections(root, configName="store", keep={"shop": KEPT})
    assert errors(before, kept) == []
    assert errors(kept, sections(root, configName="store")) == []
    assert errors(kept, before) == [errors(sections(root, configName="store"), before)[0]]


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        ({}, {"fresh": {"share": 0.5}}, None),
        ({"fresh": {"share": 0.5}}, {}, "shop-fresh"),
        ({"fresh": {"share": 0.5, "configName": "live"}}, {"fresh": {"share": 0.5}}, "live"),
        ({}, {"credentials": SLOTS}, None),
        ({"credentials": SLOTS}, {}, "shop-b"),
        ({"credentials": SLOTS}, {"credentials": {**SLOTS, "activeSlot": "b"}}, None),
        ({"credentials": SLOTS}, {"credentials": SLOTS, "configName": "store"}, "shop-a, shop-b"),
        ({"credentials": SLOTS, "fresh": {"share": 0.5}}, {"credentials": SLOTS}, "shop-a-fresh, shop-b-fresh"),
        ({"credentials": SLOTS, "fresh": {"share": 0.5}}, {}, "shop-b, shop-a-fresh, shop-b-fresh"),
    ],
)
def test_a_configuration_that_only_changes_its_name_with_the_slots_is_not_lost(
    root: Path, old: dict[str, Any], new: dict[str, Any], lost: str | None
) -> None:
    found = [
        error.split("configuration ")[1].split(", because")[0]
        for error in errors(sections(root, **old), sections(root, **new))
    ]
    assert found == ([lost] if lost else [])


@pytest.mark.parametrize("removed", [{}, {"databases": {}}])
def test_a_removed_database_is_rejected_until_it_may_be_deleted_at_once(root: Path, removed: Sections) -> None:
    (error,) = errors(sections(root), removed)
    assert "Undo the removal, and remove only the bindings." in error
    assert "set `deleteAtOnce: true` in it, run `pulumi up`, and then remove it" in error
    assert errors(sections(root, deleteAtOnce=True), removed) == []


def test_the_stack_may_delete_configurations_at_once_in_a_preview_or_with_the_setting(root: Path) -> None:
    before = sections(root)
    assert errors(before, sections(root, configName="store", deleteAtOnce=True)) == []
    of_preview = functools.partial(sections, root, stack="pr-1")
    assert errors(of_preview(configName="shop-pr-1"), of_preview(configName="store-pr-1")) == []
    of_preview = functools.partial(of_preview, deleteAtOnce=False)
    assert len(errors(of_preview(configName="shop-pr-1"), of_preview(configName="store-pr-1"))) == 1


def test_a_kept_configuration_stays_while_an_older_version_is_deployed(root: Path) -> None:
    kept, without = sections(root, keep={"old": KEPT}), sections(root)
    (error,) = errors(kept, without, "workers.api.rollout.previousVersionId")
    assert error.startswith(
        "databases.main.hyperdrive.keep must have old while `workers.api.rollout.previousVersionId` deploys an older "
        "version"
    )
    assert errors(kept, without) == []


def test_the_current_configuration_cannot_be_kept_under_its_former_name(root: Path) -> None:
    slots, single = sections(root, credentials=SLOTS), sections(root, keep={"shop-a": KEPT, "shop-b": KEPT})
    (error,) = errors(slots, single)
    assert error == "databases.main.hyperdrive.keep.shop-a is the current configuration. Remove the entry."


def test_a_kept_configuration_has_a_unique_name(root: Path) -> None:
    path = "databases.main.hyperdrive.keep.shop"
    assert "must have a unique name of a Hyperdrive configuration, got shop" in only_fault(
        root, path, file_of(keep={"shop": KEPT})
    )


@pytest.mark.parametrize(
    ("kept", "setting"), [({"caching": "none"}, "connectionLimit"), ({"connectionLimit": 10}, "caching")]
)
def test_a_kept_configuration_requires_a_limit_and_caching(root: Path, kept: dict[str, Any], setting: str) -> None:
    path = f"databases.main.hyperdrive.keep.old.{setting}"
    assert "is required" in only_fault(root, path, file_of(keep={"old": kept}))


def test_the_limit_of_a_kept_configuration_has_the_bounds_of_hyperdrive(root: Path) -> None:
    path = "databases.main.hyperdrive.keep.old.connectionLimit"
    assert "must be at least 5, got 4" in only_fault(root, path, file_of(keep={"old": {**KEPT, "connectionLimit": 4}}))


def test_a_kept_configuration_counts_in_the_budget_and_in_the_account(root: Path) -> None:
    file = file_of(keep={"old": KEPT})
    assert count_configurations(file) == 2
    file["databases"]["main"]["maxConnections"] = 33
    settings = load(root, file)[0].databases["main"]
    args = settings.budget_args(Plan.PAID, {})
    assert args["limits"] == {"main": 20, "keep old": 10}
    file["databases"]["main"]["maxConnections"] = 30
    assert "`keep old` (10)" in only_fault(root, "databases.main.hyperdrive.connectionLimit", file)


def test_the_stack_output_has_what_the_next_update_compares(root: Path) -> None:
    current = sections(root, credentials=SLOTS, keep={"old": KEPT})
    entry = {
        "names": {"hyperdrive.configName": "shop"},
        "kind": "existing",
        "configurations": {"shop": "shop-a", "shop-b": "shop-b"},
        "kept": ["old"],
    }
    output = render_sections(current)
    assert output["databases"] == {"main": entry}
    calls = {"pulumi:pulumi:readStackOutputs": {"outputs": {"names": output}}}
    assert deploy(read_previous_sections, calls=calls).result["databases"] == current["databases"]
