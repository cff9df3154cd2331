"""TLS modes, connection limits and caching that `Hyperdrive` rejects."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.harness import deploy, rejected
from tests.unit.sound import CONFIG, HOST, existing, hyperdrive, origin, unknown, vpc

Given = Callable[[Any], Any]


# TLS.


@pytest.mark.parametrize("mode", ["disable", "prefer", ""])
def test_a_tls_mode_that_hyperdrive_does_not_support_is_rejected(mode: str, given: Given, preview: bool) -> None:
    with rejected(
        f"Hyperdrive `main`.origin.sslmode: must be one of `require`, `verify-ca`, `verify-full`, got {mode}"
    ):
        deploy(lambda: hyperdrive(origin=origin(sslmode=given(mode))), preview=preview)


def test_an_invalid_tls_mode_is_rejected_while_the_ca_is_unknown() -> None:
    with rejected("got disable. Set one of them; Hyperdrive always connects to the database with TLS."):
        deploy(lambda: hyperdrive(origin=origin(sslmode="disable", ca_certificate_id=unknown())), preview=True)


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_a_verify_mode_without_a_ca_is_rejected_with_both_fixes(mode: str, given: Given, preview: bool) -> None:
    with rejected(
        f"Hyperdrive `main`.origin.sslmode: is {mode}",
        "which requires `ca_certificate_id`",
        "an uploaded CA. Set `ca_certificate_id`",
        "`require`",
    ):
        deploy(lambda: hyperdrive(origin=origin(sslmode=given(mode))), preview=preview)


def test_a_verify_mode_of_a_connection_string_without_a_ca_is_rejected(given: Given, preview: bool) -> None:
    url = f"postgres://app:pw@{HOST}/app?sslmode=verify-full"
    with rejected("Hyperdrive `main`.origin.sslmode: is verify-full"):
        deploy(lambda: hyperdrive(origin=existing(url=given(url)).origin), preview=preview)


@pytest.mark.parametrize(("mode", "shown"), [("require", "require"), (None, "omitted")])
def test_a_ca_without_a_verify_mode_is_rejected(mode: str | None, shown: str, given: Given, preview: bool) -> None:
    with rejected(
        f"Hyperdrive `main`.origin.sslmode: is {shown}, which cannot be combined with `ca_certificate_id`",
        "Set `verify-ca` or `verify-full`",
    ):
        deploy(lambda: hyperdrive(origin=origin(sslmode=mode, ca_certificate_id=given("ca"))), preview=preview)


@pytest.mark.parametrize("setting", [{"sslmode": "require"}, {"ca_certificate_id": "ca"}])
def test_a_tls_setting_with_a_vpc_service_is_rejected(setting: dict[str, str], preview: bool) -> None:
    with rejected("Hyperdrive `main`.origin.sslmode: cannot be combined with `service_id`", "its own TLS settings"):
        deploy(lambda: hyperdrive(origin=vpc(**setting)), preview=preview)


# Connections.


def test_a_limit_below_the_floor_is_rejected(given: Given, preview: bool) -> None:
    with rejected(
        "Hyperdrive `main`.connection_limit: must be at least 5, got 4 (Hyperdrive's minimum). "
        "Set a number from 5 to 1500."
    ):
        deploy(lambda: hyperdrive(connection_limit=given(4)), preview=preview)


@pytest.mark.parametrize(("plan", "limit", "ceiling"), [("free", 21, 20), ("paid", 1501, 1500), (None, 1501, 1500)])
def test_a_limit_above_the_plans_ceiling_is_rejected(
    plan: str | None, limit: int, ceiling: int, given: Given, preview: bool
) -> None:
    with rejected(f"Hyperdrive `main`.connection_limit: must be at most {ceiling}, got {limit}"):
        deploy(lambda: hyperdrive(connection_limit=given(limit), plan=plan), preview=preview)


def test_an_explicit_ceiling_overrides_the_ceiling_of_the_plan(given: Given, preview: bool) -> None:
    run = deploy(lambda: hyperdrive(connection_limit=50, plan="free", connection_ceiling=given(50)), preview=preview)
    assert run.one(CONFIG).inputs["originConnectionLimit"] == 50


def test_a_limit_that_leaves_the_database_no_connection_is_rejected(given: Given, preview: bool) -> None:
    with rejected(
        "Hyperdrive `main`.connection_limit: must be at most 9, got 10 (the database accepts 10 connections, "
        "of which 1 must stay free). "
        "Set a number from 5 to 9, or use a larger database."
    ):
        deploy(lambda: hyperdrive(origin=origin(max_connections=given(10))), preview=preview)


def test_a_limit_that_takes_reserved_connections_is_rejected(given: Given, preview: bool) -> None:
    fields = {"max_connections": 20, "reserved_connections": 11}
    with rejected("must be at most 9, got 10"):
        deploy(
            lambda: hyperdrive(origin=origin(**{key: given(field) for key, field in fields.items()})), preview=preview
        )


def test_the_connections_of_an_existing_database_bound_the_limit(given: Given, preview: bool) -> None:
    with rejected("got 10", "accepts 10 connections"):
        deploy(
            lambda: hyperdrive(
                origin=existing(url="postgres://app:pw@db.example.com/app", max_connections=given(10)).origin
            ),
            preview=preview,
        )


def test_an_invalid_limit_is_rejected_while_the_database_is_unknown() -> None:
    with rejected("Hyperdrive `main`.connection_limit: must be at least 5, got 4"):
        deploy(lambda: hyperdrive(connection_limit=4, origin=origin(max_connections=unknown())), preview=True)


def test_a_plan_that_does_not_exist_is_rejected() -> None:
    with rejected("Hyperdrive `main`.plan: must be one of `free`, `paid`, got `enterprise`."):
        deploy(lambda: hyperdrive(plan="enterprise"))


# Caching.


@pytest.mark.parametrize(
    "caching",
    [{}, {"disabled": False}, {"max_age": 60}, {"stale_while_revalidate": 15}, {"max_age": 60, "disabled": False}],
)
def test_incomplete_caching_is_rejected(caching: dict[str, Any], preview: bool) -> None:
    with rejected(
        "Hyperdrive `main`.caching: requires both `max_age` and `stale_while_revalidate`, or no cache",
        "as old as the sum of both ages",
    ):
        deploy(lambda: hyperdrive(caching=caching), preview=preview)


@pytest.mark.parametrize("age", ["max_age", "stale_while_revalidate"])
def test_an_age_with_disabled_caching_is_rejected(age: str, given: Given, preview: bool) -> None:
    with rejected("Hyperdrive `main`.caching: is disabled, which cannot be combined with"):
        deploy(lambda: hyperdrive(caching={"disabled": True, age: given(60)}), preview=preview)


@pytest.mark.parametrize("age", [0, -1, 3601])
def test_an_age_out_of_range_is_rejected(age: int, given: Given, preview: bool) -> None:
    with rejected(f"Hyperdrive `main`.caching.max_age: must be between 1 and 3600, got {age} (seconds)"):
        deploy(lambda: hyperdrive(caching={"max_age": given(age), "stale_while_revalidate": 15}), preview=preview)


def test_a_stale_age_below_zero_is_rejected(given: Given, preview: bool) -> None:
    with rejected(
        "Hyperdrive `main`.caching.stale_while_revalidate: must be at least 0, got -1 (seconds)", "0 or more"
    ):
        deploy(lambda: hyperdrive(caching={"max_age": 60, "stale_while_revalidate": given(-1)}), preview=preview)


@pytest.mark.parametrize("key", ["max_age", "stale_while_revalidate"])
def test_an_age_that_is_not_an_integer_is_rejected(key: str, given: Given) -> None:
    with rejected(f"Hyperdrive `main`.caching.{key}: must be an integer, got 0.5."):
        deploy(lambda: hyperdrive(caching={"max_age": 60, "stale_while_revalidate": 15, key: given(0.5)}))
