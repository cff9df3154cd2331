"""A cached and a fresh configuration on one database."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from edge_postgres.hyperdrive.rules import split_limit
from tests.harness import Registration, deploy, rejected
from tests.unit.sound import CONFIG, PASSWORD, SCRIPT, existing, pair, worker

Given = Callable[[Any], Any]


def both(**changes: Any) -> tuple[Registration, Registration]:
    return halves(lambda: changes)


def halves(changes: Callable[[], dict[str, Any]], *, preview: bool = False) -> tuple[Registration, Registration]:
    """The cached and the fresh configuration; the arguments are made inside the program."""
    run = deploy(lambda: pair(**changes()) and None, preview=preview)
    by_name = {entry.name: entry for entry in run.all(CONFIG)}
    return by_name["main-cached-config"], by_name["main-fresh-config"]


def test_one_caches_and_the_other_never_does() -> None:
    cached, fresh = both()
    assert cached.inputs["caching"] == {"disabled": False, "maxAge": 60, "staleWhileRevalidate": 15}
    assert fresh.inputs["caching"] == {"disabled": True}


def test_the_limit_is_split(given: Given, preview: bool) -> None:
    cached, fresh = halves(lambda: {"connection_limit": given(50), "fresh_share": given(0.3)}, preview=preview)
    assert (cached.inputs["originConnectionLimit"], fresh.inputs["originConnectionLimit"]) == (35, 15)


def test_both_dial_the_same_database() -> None:
    cached, fresh = both()
    assert cached.inputs["origin"] == fresh.inputs["origin"]
    assert "origin.password" in cached.secrets & fresh.secrets


def test_they_are_told_apart_by_name() -> None:
    assert [each.inputs["name"] for each in both()] == ["main", "main-fresh"]
    assert [each.inputs["name"] for each in both(config_name="shop")] == ["shop", "shop-fresh"]
    assert [each.inputs["name"] for each in both(fresh_config_name="live")] == ["main", "live"]


def test_the_ids_and_the_limits_are_outputs() -> None:
    def program() -> Any:
        made = pair()
        return {"ids": [made.cached_id, made.fresh_id], "limits": [made.cached_limit, made.fresh_limit]}

    run = deploy(program)
    assert run.exports["ids"].value == ["main-cached-config-id", "main-fresh-config-id"]
    assert run.exports["limits"].value == [14, 6]


def test_a_worker_binds_both_under_names_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "worker.js").write_text("export default {}")

    def program() -> None:
        made = pair()
        worker(str(tmp_path / "worker.js"), hyperdrive={**made.bindings(), **made.bindings("READS", "WRITES")})

    bindings = deploy(program).one(SCRIPT).inputs["bindings"]
    assert {binding["name"]: binding["id"] for binding in bindings} == {
        "HYPERDRIVE": "main-cached-config-id",
        "HYPERDRIVE_FRESH": "main-fresh-config-id",
        "READS": "main-cached-config-id",
        "WRITES": "main-fresh-config-id",
    }


def test_a_single_one_that_becomes_a_pair_is_the_cached_one() -> None:
    run = deploy(lambda: pair() and None)
    (cached,) = (entry for entry in run.registrations if entry.name == "main-cached")
    (alias,) = cached.wire.aliases
    assert (alias.spec.name, alias.spec.noParent) == ("main", True)


def test_it_waits_for_what_the_origin_waits_for() -> None:
    def program() -> None:
        found = existing(host="db.example.com", database="app", user="app", password=PASSWORD)
        pair(origin=found.origin)

    assert len(deploy(program).all(CONFIG)) == 2


def test_a_disabled_cache_is_rejected() -> None:
    with rejected("main.caching: is disabled", "instead of a pair"):
        both(caching={"disabled": True})


def test_no_caching_is_rejected() -> None:
    with rejected("main.caching: is required"):
        both(caching=...)


def test_fewer_connections_than_the_two_open_are_rejected(given: Given, preview: bool) -> None:
    with rejected("main.connection_limit: must be at least 10, got 9", "at least 5", "Set 10 or more"):
        halves(lambda: {"connection_limit": given(9)}, preview=preview)


@pytest.mark.parametrize("share", [0, 1, -0.5, 1.5, float("nan")])
def test_a_share_that_leaves_one_with_nothing_is_rejected(share: float) -> None:
    with rejected(f"main.fresh_share: must be above 0 and below 1, got {share:g}"):
        both(fresh_share=share)


def test_an_argument_that_there_is_not_is_rejected() -> None:
    with rejected("main.fresh_limit: unknown argument"):
        both(fresh_limit=5)


@examples(limit=st.integers(10, 1500), share=st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_the_two_take_the_limit_together_and_each_has_the_floor(limit: int, share: float) -> None:
    parts = split_limit(limit, share, subject="")
    assert parts["cached"] + parts["fresh"] == limit
    assert min(parts.values()) >= 5
