"""Dates, flags and drivers: which runtime a Worker gets."""

from typing import Any

import pytest

from components.compatibility import Driver, checked_date, refuse_old_driver, rendered_flags
from tests.harness import refusal


def flags(date: str, *given: str, driver: Driver | None = Driver.PG) -> list[str]:
    return rendered_flags(given, date, "flags", driver)


# The regimes.


@pytest.mark.parametrize("driver", list(Driver))
def test_below_2024_09_23_a_driver_is_refused_even_with_the_flag(driver: Driver) -> None:
    with refusal("`date` is 2024-09-22", "database drivers load from 2024-09-23 on", "Use 2026-08-04 or later"):
        checked_date("2024-09-22", "date", driver)


def test_below_2024_09_23_a_worker_without_a_driver_is_allowed() -> None:
    assert checked_date("2021-11-02", "date", None) == "2021-11-02"
    assert flags("2021-11-02", driver=None) == []


@pytest.mark.parametrize("date", ["2024-09-23", "2026-08-03", "2026-08-04", "2026-11-21"])
def test_from_2024_09_23_on_a_driver_is_allowed(date: str) -> None:
    assert checked_date(date, "date", Driver.PG) == date


@pytest.mark.parametrize("date", ["2024-09-23", "2026-08-03"])
@pytest.mark.parametrize("driver", list(Driver))
def test_until_2026_08_03_a_driver_without_the_node_flag_is_refused(date: str, driver: Driver) -> None:
    with refusal(f"`flags` lacks nodejs_compat; at {date} the driver {driver.value}", "from 2026-08-04 on"):
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


def test_a_worker_without_a_driver_needs_no_flag() -> None:
    assert flags("2026-08-03", driver=None) == []


@pytest.mark.parametrize("date", ["2024-09-23", "2026-08-04"])
@pytest.mark.parametrize("flag", ["no_nodejs_compat", "no_nodejs_compat_v2"])
def test_opting_out_of_node_compatibility_is_refused_with_a_driver(date: str, flag: str) -> None:
    with refusal(f"`flags` has {flag}; the driver pg needs Node compatibility", "Leave the flag out."):
        flags(date, "nodejs_compat", flag)


def test_opting_out_of_node_compatibility_is_allowed_without_a_driver() -> None:
    assert flags("2026-08-04", "no_nodejs_compat", driver=None) == ["no_nodejs_compat"]


# Flags.


@pytest.mark.parametrize("driver", [None, Driver.PG])
def test_the_flag_of_old_wranglers_is_refused(driver: Driver | None) -> None:
    with refusal("`flags` has node_compat, which wrangler 4 removed", "`nodejs_compat`", "2026-08-04"):
        flags("2026-08-04", "node_compat", driver=driver)


def test_a_flag_that_stands_twice_is_refused() -> None:
    with refusal("`flags` has nodejs_compat twice"):
        flags("2026-08-03", "nodejs_compat", "nodejs_compat")


@pytest.mark.parametrize("date", ["2026-08-03", "2026-08-04"])
def test_other_flags_are_sent_sorted(date: str) -> None:
    rendered = flags(date, "url_standard", "nodejs_compat", "brotli_content_encoding")
    assert [flag for flag in rendered if flag != "nodejs_compat"] == ["brotli_content_encoding", "url_standard"]
    assert rendered == sorted(rendered)


# Dates.


@pytest.mark.parametrize("date", ["", "today", "2026-02-30", "21.11.2026", "2026-11", 20261121, None])
def test_what_is_no_date_is_refused(date: Any) -> None:
    with refusal(f"`date` is {date}, which is no date", '"YYYY-MM-DD", in quotes'):
        checked_date(date, "date", None)


# Drivers in the bundle.


@pytest.mark.parametrize(
    ("driver", "banner"), [(Driver.PG, "pg@8.16.3"), (Driver.PG, "pg@8.23.1"), (Driver.POSTGRES_JS, "postgres@3.4.5")]
)
def test_a_release_that_works_is_allowed(driver: Driver, banner: str) -> None:
    refuse_old_driver(f"/* edge-postgres: driver {banner} */\ncode", "bundle", driver)


@pytest.mark.parametrize(
    ("driver", "banner", "floor"),
    [
        (Driver.PG, "pg@8.16.2", "8.16.3"),
        (Driver.PG, "pg@7.99.99", "8.16.3"),
        (Driver.POSTGRES_JS, "postgres@3.4.4", "3.4.5"),
    ],
)
def test_a_release_below_the_floor_is_refused_with_the_command_that_installs_another(
    driver: Driver, banner: str, floor: str
) -> None:
    package = banner.split("@")[0]
    with refusal(f"`bundle` holds {banner.replace('@', ' ')}", f"from {floor} on", f'npm install "{package}@^{floor}"'):
        refuse_old_driver(f"/* edge-postgres: driver {banner} */", "bundle", driver)


def test_pg_8_11_4_is_refused_by_name() -> None:
    with refusal("`bundle` holds pg 8.11.4", "parsing of connection strings is broken"):
        refuse_old_driver("/* edge-postgres: driver pg@8.11.4 */", "bundle", Driver.PG)


def test_another_driver_than_stated_is_refused() -> None:
    with refusal("`bundle` holds the driver postgres, not pg"):
        refuse_old_driver("/* edge-postgres: driver postgres@3.4.9 */", "bundle", Driver.PG)


def test_a_bundle_that_says_nothing_is_taken_on_trust() -> None:
    refuse_old_driver("export default {}", "bundle", Driver.PG)
