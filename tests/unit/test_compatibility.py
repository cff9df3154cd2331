"""Compatibility dates and flags, which select the runtime of a Worker."""

from typing import Any

import pytest

from edge_postgres.workers.compatibility import find_node_need, render_flags, validate_date
from edge_postgres.workers.drivers import Driver, needs_node
from tests.harness import rejected

ON_NODE = [driver for driver in Driver if needs_node(driver)]
WITHOUT_NODE = [driver for driver in Driver if not needs_node(driver)]


def flags(date: str, *given: str, driver: Driver | None = Driver.PG) -> list[str]:
    return render_flags(given, date, find_node_need(driver), subject="flags")


# Ranges of dates.


@pytest.mark.parametrize("driver", ON_NODE)
def test_below_2024_09_23_a_driver_is_rejected_even_with_the_flag(driver: Driver) -> None:
    with rejected(
        "date: must be 2024-09-23 or later with a database driver, got 2024-09-22", "Set 2026-08-04 or later"
    ):
        validate_date("2024-09-22", find_node_need(driver), subject="date")


@pytest.mark.parametrize("driver", [None, *WITHOUT_NODE])
def test_below_2024_09_23_a_worker_that_does_not_need_node_is_allowed(driver: Driver | None) -> None:
    assert validate_date("2021-11-02", find_node_need(driver), subject="date") == "2021-11-02"
    assert flags("2021-11-02", driver=driver) == []


@pytest.mark.parametrize("date", ["2024-09-23", "2026-08-03", "2026-08-04", "2026-11-21"])
def test_from_2024_09_23_on_a_driver_is_allowed(date: str) -> None:
    assert validate_date(date, find_node_need(Driver.PG), subject="date") == date


@pytest.mark.parametrize("date", ["2024-09-23", "2026-08-03"])
@pytest.mark.parametrize("driver", ON_NODE)
def test_until_2026_08_03_a_driver_without_the_node_flag_is_rejected(date: str, driver: Driver) -> None:
    with rejected(
        f"flags: must contain nodejs_compat, because the driver {driver.value} does not load without it on {date}",
        "set a compatibility date of 2026-08-04 or later",
    ):
        flags(date, driver=driver)


@pytest.mark.parametrize("date", ["2024-09-23", "2026-08-03"])
@pytest.mark.parametrize("flag", ["nodejs_compat", "nodejs_compat_v2"])
def test_until_2026_08_03_the_node_flag_is_sent(date: str, flag: str) -> None:
    assert flags(date, flag) == [flag]


@pytest.mark.parametrize("date", ["2026-08-04", "2026-11-21"])
@pytest.mark.parametrize("flag", ["nodejs_compat", "nodejs_compat_v2"])
@pytest.mark.parametrize("driver", [None, *Driver])
def test_from_2026_08_04_on_the_node_flag_is_not_sent(date: str, flag: str, driver: Driver | None) -> None:
    assert flags(date, flag, driver=driver) == []


def test_from_2026_08_04_on_no_flag_is_needed() -> None:
    assert flags("2026-08-04") == []


@pytest.mark.parametrize("driver", [None, *WITHOUT_NODE])
def test_a_worker_that_does_not_need_node_needs_no_flag(driver: Driver | None) -> None:
    assert flags("2026-08-03", driver=driver) == []


@pytest.mark.parametrize("date", ["2024-09-23", "2026-08-04"])
@pytest.mark.parametrize("flag", ["no_nodejs_compat", "no_nodejs_compat_v2"])
def test_opting_out_of_node_compatibility_is_rejected_with_a_driver(date: str, flag: str) -> None:
    with rejected(
        f"flags: must not contain {flag}, because the driver pg needs Node compatibility", "Remove the flag."
    ):
        flags(date, "nodejs_compat", flag)


@pytest.mark.parametrize("driver", [None, *WITHOUT_NODE])
def test_opting_out_of_node_compatibility_is_allowed_if_the_driver_does_not_need_it(driver: Driver | None) -> None:
    assert flags("2026-08-04", "no_nodejs_compat", driver=driver) == ["no_nodejs_compat"]


# A Hyperdrive binding without a driver.

BEHIND_HYPERDRIVE = find_node_need(None, has_hyperdrive=True)
RUST = "Set `driver: rust-postgres` if the Worker uses Rust."


def test_a_date_below_2024_09_23_is_rejected_with_a_hyperdrive_binding_alone() -> None:
    with rejected("date: must be 2024-09-23 or later with a database driver, got 2021-01-01", RUST):
        validate_date("2021-01-01", BEHIND_HYPERDRIVE, subject="date")


def test_until_2026_08_03_a_hyperdrive_binding_alone_needs_the_node_flag() -> None:
    with rejected("flags: must contain nodejs_compat, because the driver behind a Hyperdrive binding", RUST):
        render_flags([], "2026-08-03", BEHIND_HYPERDRIVE, subject="flags")


def test_opting_out_of_node_compatibility_is_rejected_with_a_hyperdrive_binding_alone() -> None:
    with rejected("flags: must not contain no_nodejs_compat, because the driver behind a Hyperdrive binding", RUST):
        render_flags(["no_nodejs_compat"], "2026-08-04", BEHIND_HYPERDRIVE, subject="flags")


@pytest.mark.parametrize("driver", WITHOUT_NODE)
def test_a_hyperdrive_binding_needs_no_node_with_a_driver_that_does_not_need_it(driver: Driver) -> None:
    assert find_node_need(driver, has_hyperdrive=True) is None


# Flags.


@pytest.mark.parametrize("driver", [None, Driver.PG])
def test_the_flag_of_old_wranglers_is_rejected(driver: Driver | None) -> None:
    with rejected("flags: must not contain node_compat, which wrangler 4 removed", "`nodejs_compat`", "2026-08-04"):
        flags("2026-08-04", "node_compat", driver=driver)


def test_a_duplicate_flag_is_rejected() -> None:
    with rejected("flags: must be unique, got nodejs_compat twice"):
        flags("2026-08-03", "nodejs_compat", "nodejs_compat")


@pytest.mark.parametrize("date", ["2026-08-03", "2026-08-04"])
def test_other_flags_are_sent_sorted(date: str) -> None:
    rendered = flags(date, "url_standard", "nodejs_compat", "brotli_content_encoding")
    assert [flag for flag in rendered if flag != "nodejs_compat"] == ["brotli_content_encoding", "url_standard"]
    assert rendered == sorted(rendered)


# Dates.


@pytest.mark.parametrize("date", ["", "today", "2026-02-30", "21.11.2026", "2026-11", 20261121, None])
def test_an_invalid_date_is_rejected(date: Any) -> None:
    with rejected(f"date: must be a date, got {date}.", 'Set a string such as "2026-11-01".'):
        validate_date(date, None, subject="date")
