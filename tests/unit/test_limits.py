"""The limits of vendors: their sources and their validation."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.limit import NOT_CHECKED, Limit
from edge_postgres.core.limits import ACCOUNT_LIMITS
from edge_postgres.core.plan import Plan
from edge_postgres.hyperdrive import limits as numbers
from edge_postgres.hyperdrive.rules import validate_limit
from edge_postgres.workers import limits as workers
from tests.harness import rejected
from tools.reference.limits import limit_modules

MODULES = {module.__name__.removeprefix("edge_postgres."): module for module in limit_modules()}


def values(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The values of a table with their names, `NAME[key]`."""
    if not isinstance(value, dict):
        yield name, value
        return
    for key, inner in value.items():
        yield from values(f"{name}[{key}]", inner)


LIMITS = {
    f"{place}.{path}": limit
    for place, module in MODULES.items()
    for name, value in vars(module).items()
    if name.isupper() and not name.startswith("_") and name not in ("TYPE_CHECKING", "NOT_CHECKED")
    for path, limit in values(name, value)
}


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_every_number_is_a_limit(name: str) -> None:
    assert isinstance(LIMITS[name], Limit)


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_a_limit_has_a_unit(name: str) -> None:
    assert LIMITS[name].unit.split()


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_a_limit_has_a_public_source(name: str) -> None:
    assert LIMITS[name].source.startswith("https://")


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_a_limit_has_the_date_of_its_source_or_was_not_checked(name: str) -> None:
    if LIMITS[name].read_on == NOT_CHECKED:
        return
    assert datetime.date.fromisoformat(LIMITS[name].read_on).isoformat() == LIMITS[name].read_on


@pytest.mark.parametrize(
    "name",
    [
        "HYPERDRIVE_CONNECTIONS_CEILING",
        "WORKER_VARIABLES_CEILING",
        "WORKER_CPU_CEILING",
        "ASSET_FILES_CEILING",
    ],
)
def test_a_limit_that_depends_on_the_plan_has_a_value_for_each_plan(name: str) -> None:
    by_plan = vars(numbers).get(name) or vars(workers)[name]
    assert set(by_plan) == set(Plan)
    assert by_plan[Plan.FREE] < by_plan[Plan.PAID]


QUEUE_LIMITS = {
    "workers.limits.QUEUE_BATCH_SIZE_CEILING": 100,
    "workers.limits.QUEUE_BATCH_TIMEOUT_CEILING": 60,
    "workers.limits.QUEUE_RETRIES_CEILING": 100,
    "workers.limits.QUEUE_CONCURRENCY_CEILING": 250,
    "workers.limits.QUEUE_DELAY_CEILING": 86_400,
    "workers.limits.QUEUE_RETENTION_FLOOR": 60,
    "workers.limits.QUEUE_RETENTION_CEILING": 1_209_600,
}


def test_cloudflares_limits_equal_the_numbers_of_the_sources() -> None:
    limits = {
        name: int(limit)
        for name, limit in LIMITS.items()
        if name.startswith(("hyperdrive.", "workers.", "origin.limits.HYPERDRIVE"))
    }
    assert limits == {
        "hyperdrive.limits.HYPERDRIVE_CONNECTIONS_FLOOR": 5,
        "hyperdrive.limits.HYPERDRIVE_CONNECTIONS_CEILING[free]": 20,
        "hyperdrive.limits.HYPERDRIVE_CONNECTIONS_CEILING[paid]": 1500,
        "hyperdrive.limits.HYPERDRIVE_MAX_AGE_CEILING": 3600,
        "origin.limits.HYPERDRIVE_NAME_BYTES": 63,
        "origin.limits.HYPERDRIVE_POSTGRES": 17,
        "origin.limits.HYPERDRIVE_USER_BYTES": 64,
        "workers.limits.WORKER_VARIABLES_CEILING[free]": 64,
        "workers.limits.WORKER_VARIABLES_CEILING[paid]": 128,
        "workers.limits.WORKER_VARIABLE_BYTES": 5120,
        "workers.limits.WORKER_CPU_CEILING[free]": 10,
        "workers.limits.WORKER_CPU_CEILING[paid]": 300000,
        "workers.limits.WORKER_SUBREQUESTS_CEILING[free]": 1000,
        "workers.limits.WORKER_SUBREQUESTS_CEILING[paid]": 10_000_000,
        "workers.limits.ASSET_FILES_CEILING[free]": 20000,
        "workers.limits.ASSET_FILES_CEILING[paid]": 100000,
        "workers.limits.ASSET_FILE_BYTES": 26214400,
        "workers.limits.SECRETS_STORE_VALUE_BYTES": 65536,
        "workers.limits.RATE_LIMIT_SHORT_PERIOD": 10,
        "workers.limits.RATE_LIMIT_LONG_PERIOD": 60,
        "workers.limits.WORKER_SIZE_BYTES": 67108864,
        **QUEUE_LIMITS,
    }


def test_limits_of_an_account_equal_the_numbers_of_the_sources() -> None:
    by_plan = {plan: {str(each): int(limits[plan]) for each, limits in ACCOUNT_LIMITS.items()} for plan in Plan}
    equal = {
        "kv_namespaces": 1000,
        "stored_secrets": 100,
        "tunnels": 1000,
        "access_service_tokens": 50,
        "pages_projects": 100,
        "domains_per_zone": 100,
        "routes_per_zone": 1000,
    }
    assert by_plan == {
        Plan.FREE: {"hyperdrive_configurations": 10, "workers": 100, "cron_triggers": 5, **equal},
        Plan.PAID: {"hyperdrive_configurations": 25, "workers": 500, "cron_triggers": 250, **equal},
    }


def test_a_limit_is_formatted_as_its_number() -> None:
    assert f"{numbers.HYPERDRIVE_CONNECTIONS_FLOOR}" == "5"


# The rules of the connection limit.


@pytest.mark.parametrize(("plan", "limit"), [("free", 5), ("free", 20), ("paid", 5), ("paid", 1500)])
def test_the_bounds_of_a_plan_are_allowed(plan: str, limit: int) -> None:
    assert validate_limit(limit, plan=Plan(plan), subject="limit") == limit


@pytest.mark.parametrize("limit", [4, 0, -1, 4.0])
def test_a_limit_below_the_minimum_is_rejected(limit: float) -> None:
    with rejected(f"limit: must be at least 5, got {limit:g}", "Set a number from 5 to 1500."):
        validate_limit(limit, plan=Plan.PAID, subject="limit")


@pytest.mark.parametrize(("plan", "limit", "ceiling"), [("free", 21, 20), ("paid", 1501, 1500)])
def test_a_limit_above_the_maximum_of_the_plan_is_rejected(plan: str, limit: int, ceiling: int) -> None:
    with rejected(
        f"limit: must be at most {ceiling}, got {limit}",
        f"the {plan} plan",
        f"Set a number from 5 to {ceiling}, or set `connection_ceiling`",
    ):
        validate_limit(limit, plan=Plan(plan), subject="limit")


def test_a_custom_ceiling_allows_more_than_the_plan() -> None:
    assert validate_limit(100, plan=Plan.FREE, ceiling=100, subject="limit") == 100


def test_a_custom_ceiling_allows_less_than_the_plan() -> None:
    with rejected("must be at most 10, got 11"):
        validate_limit(11, plan=Plan.PAID, ceiling=10, subject="limit")


@pytest.mark.parametrize("limit", [10.5, float("nan"), float("inf")])
def test_a_limit_that_is_not_an_integer_is_rejected(limit: float) -> None:
    with rejected(f"limit: must be an integer, got {limit:g}"):
        validate_limit(limit, plan=Plan.PAID, subject="limit")


def test_a_string_as_limit_is_rejected_and_not_shown() -> None:
    with rejected("limit: must be a number, got a string. Set a number without quotes."):
        validate_limit("10", plan=Plan.PAID, subject="limit")  # type: ignore[arg-type]


def test_a_float_without_a_fraction_becomes_an_integer() -> None:
    assert repr(validate_limit(10.0, plan=Plan.PAID, subject="limit")) == "10"


def test_one_connection_of_the_database_is_kept_free() -> None:
    assert validate_limit(99, plan=Plan.PAID, max_connections=100, subject="limit") == 99
    with rejected(
        "must be at most 99, got 100 (the database accepts 100 connections, of which 1 must stay free)",
        "Set a number from 5 to 99, or use a larger database.",
    ):
        validate_limit(100, plan=Plan.PAID, max_connections=100, subject="limit")


def test_reserved_connections_stay_free() -> None:
    assert validate_limit(90, plan=Plan.PAID, max_connections=100, reserved=10, subject="limit") == 90
    with rejected("must be at most 90, got 91"):
        validate_limit(91, plan=Plan.PAID, max_connections=100, reserved=10, subject="limit")


def test_the_error_for_a_database_with_six_connections_suggests_the_smallest_limit() -> None:
    with rejected("must be at most 5, got 6", "Set a number from 5 to 5, or use a larger database."):
        validate_limit(6, plan=Plan.PAID, max_connections=6, subject="limit")


def test_the_error_for_a_too_small_database_suggests_no_number() -> None:
    with rejected(
        "must be at most 0, got 5", "accepts 5 connections, of which 5 must stay free). Use a larger database."
    ):
        validate_limit(5, plan=Plan.PAID, max_connections=5, reserved=5, subject="limit")


@given(
    st.floats() | st.integers(),
    st.sampled_from(Plan),
    st.none() | st.integers(0, 5000),
    st.none() | st.integers(0, 5000),
    st.none() | st.integers(0, 100),
)
@settings(max_examples=150)
def test_an_accepted_limit_is_within_all_bounds(
    limit: float, plan: Plan, ceiling: int | None, most: int | None, reserved: int | None
) -> None:
    try:
        allowed = validate_limit(
            limit, plan=plan, ceiling=ceiling, max_connections=most, reserved=reserved, subject="limit"
        )
    except ValidationError:
        return
    assert type(allowed) is int
    assert 5 <= allowed <= (numbers.HYPERDRIVE_CONNECTIONS_CEILING[plan] if ceiling is None else ceiling)
    assert most is None or allowed <= most - max(reserved or 0, 1)
