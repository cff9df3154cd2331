"""`HyperdrivePair`: a cached and a fresh configuration of one database."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from edge_postgres.hyperdrive.rules import split_limit
from tests.harness import MAIN, Registration, deploy, rejected
from tests.unit.sound import CONFIG, PASSWORD, SCRIPT, existing, hyperdrive, pair, worker

Given = Callable[[Any], Any]


def both(**changes: Any) -> tuple[Registration, Registration]:
    return halves(lambda: changes)


def halves(changes: Callable[[], dict[str, Any]], *, preview: bool = False) -> tuple[Registration, Registration]:
    """Returns the cached and the fresh configuration. ``changes`` creates arguments inside the program."""
    run = deploy(lambda: pair(**changes()) and None, preview=preview)
    by_component = {entry.wire.parent.rpartition("::")[2]: entry for entry in run.all(CONFIG)}
    return by_component["main-cached"], by_component["main-fresh"]


def test_only_the_cached_configuration_caches() -> None:
    cached, fresh = both()
    assert cached.inputs["caching"] == {"disabled": False, "maxAge": 60, "staleWhileRevalidate": 15}
    assert fresh.inputs["caching"] == {"disabled": True}


def test_the_limit_is_split(given: Given, preview: bool) -> None:
    cached, fresh = halves(lambda: {"connection_limit": given(50), "fresh_share": given(0.3)}, preview=preview)
    assert (cached.inputs["originConnectionLimit"], fresh.inputs["originConnectionLimit"]) == (35, 15)


def test_both_configurations_connect_to_the_same_database() -> None:
    cached, fresh = both()
    assert cached.inputs["origin"] == fresh.inputs["origin"]
    assert "origin.password" in cached.secrets & fresh.secrets


def test_the_configurations_have_different_names() -> None:
    assert [each.inputs["name"] for each in both()] == [MAIN, f"{MAIN}-fresh"]
    assert [each.inputs["name"] for each in both(config_name="shop")] == ["shop", "shop-fresh"]
    assert [each.inputs["name"] for each in both(fresh_config_name="live")] == [MAIN, "live"]


def test_the_ids_and_the_limits_are_outputs() -> None:
    def program() -> Any:
        component = pair()
        return {
            "ids": [component.cached_id, component.fresh_id],
            "limits": [component.cached_limit, component.fresh_limit],
        }

    run = deploy(program)
    assert run.exports["ids"].value == [f"{MAIN}-id", f"{MAIN}-fresh-id"]
    assert run.exports["limits"].value == [14, 6]


def test_a_worker_can_choose_the_names_of_both_bindings(tmp_path: Path) -> None:
    (tmp_path / "worker.js").write_text("export default {}")

    def program() -> None:
        component = pair()
        worker(
            str(tmp_path / "worker.js"), hyperdrive={**component.bindings(), **component.bindings("READS", "WRITES")}
        )

    bindings = deploy(program).one(SCRIPT).inputs["bindings"]
    assert {binding["name"]: binding["id"] for binding in bindings} == {
        "HYPERDRIVE": f"{MAIN}-id",
        "HYPERDRIVE_FRESH": f"{MAIN}-fresh-id",
        "READS": f"{MAIN}-id",
        "WRITES": f"{MAIN}-fresh-id",
    }


def test_a_single_configuration_becomes_the_cached_one_of_a_pair() -> None:
    run = deploy(lambda: pair() and None)
    (cached,) = (entry for entry in run.registrations if entry.name == "main-cached")
    (alias,) = cached.wire.aliases
    assert (alias.spec.name, alias.spec.noParent) == ("main", True)


def test_the_cached_configuration_of_a_pair_becomes_a_single_one() -> None:
    run = deploy(lambda: hyperdrive() and None)
    aliases = run.one("edge-postgres:index:Hyperdrive").wire.aliases
    root, slots = "urn:pulumi:dev::edge-postgres::edge-postgres:index:", "HyperdriveSlots"
    assert {(alias.spec.name, alias.spec.parentUrn) for alias in aliases} == {
        ("main-cached", f"{root}HyperdrivePair::main"),
        ("main-a", f"{root}{slots}::main"),
        ("main-a-cached", f"{root}{slots}$edge-postgres:index:HyperdrivePair::main-a"),
    }


def test_a_pair_within_another_component_becomes_a_single_one() -> None:
    def program() -> None:
        company = pulumi.ComponentResource("company:index:Database", "orders")
        hyperdrive(opts=pulumi.ResourceOptions(parent=company))

    alias = deploy(program).one("edge-postgres:index:Hyperdrive").wire.aliases[0]
    pair = "company:index:Database$edge-postgres:index:HyperdrivePair"
    assert alias.spec.parentUrn == f"urn:pulumi:dev::edge-postgres::{pair}::main"


def test_a_pair_accepts_the_origin_of_a_component() -> None:
    def program() -> None:
        found = existing(host="db.example.com", database="app", user="app", password=PASSWORD)
        pair(origin=found.origin)

    assert len(deploy(program).all(CONFIG)) == 2


def test_a_disabled_cache_is_rejected() -> None:
    with rejected("HyperdrivePair `main`.caching: is disabled", "instead of a pair"):
        both(caching={"disabled": True})


def test_missing_caching_is_rejected() -> None:
    with rejected("HyperdrivePair `main`.caching: is required"):
        both(caching=...)


def test_a_limit_below_the_minimum_of_two_configurations_is_rejected(given: Given, preview: bool) -> None:
    with rejected("HyperdrivePair `main`.connection_limit: must be at least 10, got 9", "at least 5", "Set 10 or more"):
        halves(lambda: {"connection_limit": given(9)}, preview=preview)


@pytest.mark.parametrize("share", [0, 1, -0.5, 1.5, float("nan")])
def test_an_invalid_share_is_rejected(share: float) -> None:
    with rejected(f"HyperdrivePair `main`.fresh_share: must be above 0 and below 1, got {share:g}"):
        both(fresh_share=share)


def test_an_unknown_argument_is_rejected() -> None:
    with rejected("HyperdrivePair `main`.fresh_limit: unknown argument"):
        both(fresh_limit=5)


@examples(limit=st.integers(10, 1500), share=st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_the_two_limits_add_up_and_each_has_the_minimum(limit: int, share: float) -> None:
    parts = split_limit(limit, share, subject="")
    assert parts["cached"] + parts["fresh"] == limit
    assert min(parts.values()) >= 5
