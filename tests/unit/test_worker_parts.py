"""Schedule, placement, logs and limits of a Worker: accepted values and validation errors."""

from typing import Any

import pytest

from edge_postgres.core.plan import Plan
from edge_postgres.workers.cpu_limits import render_limits
from edge_postgres.workers.observability import render_observability
from edge_postgres.workers.placement import render_script_placement, render_version_placement
from edge_postgres.workers.schedule import validate_crons
from tests.harness import rejected

# The schedule.


@pytest.mark.parametrize(
    "cron",
    ["* * * * *", "*/30 * * * *", "45 * * * *", "0 17 * * sun", "10 7 * * mon-fri", "10 7 * * 2-6", "0 15 1 * *",
     "0 18 * * 6L", "0 18 * * friL", "59 23 LW * *", "0 0 15W * *", "0 0 L JAN,aug *", "0 0 * * 2#1",
     "1,5-9/2 0 1 1 1"],
)  # fmt: skip
def test_cron_expressions_of_cloudflare_are_accepted(cron: str) -> None:
    assert validate_crons([cron], Plan.PAID, subject="api.crons") == [cron]


@pytest.mark.parametrize(
    ("cron", "problem"),
    [
        ("0 3 * *", "must have five fields"),
        ("0 0 3 * * *", "must have five fields"),
        ("60 * * * *", "must have a valid minute, got 60"),
        ("* 24 * * *", "must have a valid hour, got 24"),
        ("* * 0 * *", "must have a valid day of the month, got 0"),
        ("* * * 13 *", "must have a valid month, got 13"),
        ("0 3 * * 0", "must have a valid day of the week, got 0 in 0 3 * * 0. Use numbers from 1 to 7 (1 is Sunday)"),
        ("5-1 * * * *", "must have a valid minute, got 5-1"),
        ("*/0 * * * *", "must have a valid minute, got */0"),
        ("1,, * * * *", "must have a valid minute, got an empty value in 1,, * * * *. "),
        ("L * * * *", "must have a valid minute, got L"),
        ("@daily", "must have five fields"),
    ],
)
def test_an_invalid_cron_expression_is_rejected(cron: str, problem: str) -> None:
    with rejected("api.crons: ", f"{cron}. ", problem):
        validate_crons([cron], Plan.PAID, subject="api.crons")


def test_a_duplicate_cron_expression_is_rejected() -> None:
    with rejected("api.crons: must be unique, got 0 3 * * * twice"):
        validate_crons(["0 3 * * *", "0  3 * * *"], Plan.PAID, subject="api.crons")


def test_more_cron_expressions_than_the_maximum_of_an_account_are_rejected() -> None:
    crons = [f"{minute} * * * *" for minute in range(6)]
    assert validate_crons(crons, Plan.PAID, subject="api.crons")
    with rejected("api.crons: must have at most 5 expressions in an account on the free plan, got 6"):
        validate_crons(crons, Plan.FREE, subject="api.crons")


# Placement.


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"mode": "smart"}, {"mode": "smart"}),
        ({"region": "gcp:us-east4"}, {"mode": "targeted", "region": "gcp:us-east4"}),
        ({"host": "db.example.com:5432"}, {"mode": "targeted", "host": "db.example.com:5432"}),
        ({"hostname": "api.example.com"}, {"mode": "targeted", "hostname": "api.example.com"}),
    ],
)
def test_placement_is_sent_in_the_form_of_the_api(given: Any, sent: dict[str, str]) -> None:
    assert render_version_placement(given, subject="api.placement") == sent


def test_a_script_has_only_the_mode_of_a_placement() -> None:
    assert render_script_placement({"mode": "smart"}, subject="api.placement") == {"mode": "smart"}
    with rejected("api.placement.region: cannot be set for a script, because it is read-only", "Use `WorkerRollout`"):
        render_script_placement({"region": "aws:us-east-1"}, subject="api.placement")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "api.placement: must have one of `mode`, `region`, `host` and `hostname`, got none"),
        (
            {"mode": "smart", "region": "aws:us-east-1"},
            "api.placement: must have one of `mode`, `region`, `host` and `hostname`, got `mode` and `region`",
        ),
        ({"host": "db.example.com:5432", "hostname": "a.example.com"}, "got `host` and `hostname`"),
        ({"mode": "targeted"}, "api.placement.mode: must be `smart`, got targeted. Set `smart`"),
        ({"region": "us-east-1"}, "api.placement.region: must be a cloud and a region, got us-east-1"),
        ({"host": "db.example.com"}, "api.placement.host: must be a host name and a port, got db.example.com"),
        (
            {"hostname": "https://a.example.com"},
            "api.placement.hostname: must be a host name alone, got https://a.example.com",
        ),
    ],
)
def test_an_invalid_placement_is_rejected(given: Any, problem: str) -> None:
    with rejected(problem):
        render_version_placement(given, subject="api.placement")


# Logs and traces.


def test_defaults_of_the_logs_are_sent() -> None:
    assert render_observability({"enabled": True}, subject="api.observability") == {
        "enabled": True,
        "head_sampling_rate": 1,
        "logs": {"enabled": True, "invocation_logs": True, "head_sampling_rate": 1, "persist": True},
        "traces": {"enabled": False, "head_sampling_rate": 1, "persist": True},
    }


def test_destinations_are_sorted() -> None:
    found: Any = render_observability({"enabled": True, "logs": {"destinations": ["b", "a"]}}, subject="o")
    assert found["logs"]["destinations"] == ["a", "b"]


@pytest.mark.parametrize("rate", [-0.1, 1.1])
@pytest.mark.parametrize("part", ["", "logs.", "traces."])
def test_an_invalid_sampling_rate_is_rejected(part: str, rate: Any) -> None:
    sampled: dict[str, Any] = {"head_sampling_rate": rate}
    args: Any = {"enabled": True, **({part[:-1]: sampled} if part else sampled)}
    with rejected(f"o.{part}head_sampling_rate: must be from 0 to 1, got {rate}"):
        render_observability(args, subject="o")


@pytest.mark.parametrize("part", ["logs", "traces"])
def test_an_enabled_part_of_disabled_observability_is_rejected(part: str) -> None:
    args: Any = {"enabled": False, part: {"enabled": True}}
    with rejected(f"o.{part}.enabled: cannot be combined with `enabled: false`"):
        render_observability(args, subject="o")


# Limits.


def test_limits_are_sent_as_integers() -> None:
    limits = render_limits({"cpu_ms": 300_000.0, "subrequests": 1}, Plan.PAID, subject="l")
    assert limits == {"cpu_ms": 300_000, "subrequests": 1}
    assert all(type(limit) is int for limit in limits.values())


@pytest.mark.parametrize(
    ("given", "plan", "problem"),
    [
        ({}, Plan.PAID, "l: must not be empty"),
        ({"cpu_ms": 0}, Plan.PAID, "l.cpu_ms: must be at least 1, got 0. Set 1 or more."),
        ({"subrequests": 1.5}, Plan.PAID, "l.subrequests: must be an integer, got 1.5"),
        ({"cpu_ms": 300_001}, Plan.PAID, "l.cpu_ms: must be at most 300000 on the paid plan, got 300001"),
        ({"cpu_ms": 11}, Plan.FREE, "must be at most 10 on the free plan"),
        ({"subrequests": 1001}, Plan.FREE, "l.subrequests: must be at most 1000 on the free plan, got 1001"),
        ({"subrequests": 10_000_001}, Plan.PAID, "l.subrequests: must be at most 10000000 on the paid plan"),
    ],
)
def test_invalid_limits_are_rejected(given: Any, plan: Plan, problem: str) -> None:
    with rejected(problem):
        render_limits(given, plan, subject="l")
