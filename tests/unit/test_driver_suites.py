"""The comparison of the test suites of drivers: which results fail it."""

import tomllib

from tools.drivers.comparison import FAILURES, SUITES, Known, differences

DIRECT = {"reads": True, "listens": True, "needs_ipv6": False}


def test_a_failure_through_the_gateway_needs_a_reason() -> None:
    pooled = {"reads": False, "listens": False, "needs_ipv6": False}
    assert list(differences(DIRECT, pooled, {"listens"})) == ["failures without a reason: reads"]


def test_a_test_that_does_not_run_through_the_gateway_needs_a_reason() -> None:
    assert list(differences(DIRECT, {"listens": False}, {"listens"})) == ["failures without a reason: reads"]


def test_a_reason_for_a_test_that_passes_is_rejected() -> None:
    assert list(differences(DIRECT, DIRECT, {"listens"})) == ["reasons without a failure: listens"]


def test_a_suite_that_fails_on_the_database_is_rejected() -> None:
    assert "no test passes on the database directly" in list(differences({"reads": False}, {"reads": False}, set()))


def test_every_entry_has_a_known_suite_and_a_reason_and_names_each_test_once() -> None:
    entries = tomllib.loads(FAILURES.read_text())["failures"]
    assert {entry["suite"] for entry in entries} <= set(SUITES)
    assert all(entry["reason"].endswith(".") for entry in entries)
    for suite in SUITES:
        named = [test for entry in entries if entry["suite"] == suite for test in entry["tests"]]
        known = Known.of(suite)
        assert len(named) == len(known.failing) + len(known.endless)
