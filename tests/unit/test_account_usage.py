"""A stack file that alone exceeds a limit of its Cloudflare account is rejected before anything is created."""

from pathlib import Path
from typing import Any

import pytest

from edge_postgres.core.limits import ACCOUNT_LIMITS, AccountResource
from edge_postgres.core.plan import Plan
from edge_postgres.stack.account_usage import AccountLimitsSettings, count_configurations
from tests.unit.test_settings import URL, faults, load, root, stack_file

__all__ = ["root"]

ZONE = "0" * 32
WORKER = {"bundle": "worker.js", "compatibilityDate": "2026-11-01"}


def database(**changes: Any) -> dict[str, Any]:
    hyperdrive = {"connectionLimit": 5, "caching": "none", **changes}
    return {"provider": "existing", "urlSecret": "databases.main.url", "hyperdrive": hyperdrive}


def workers(count: int, **settings: Any) -> dict[str, Any]:
    return {f"w{index}": {**WORKER, **settings} for index in range(count)}


def exceeded(root: Path, **changes: Any) -> tuple[str, str]:
    ((path, message),) = faults(root, stack_file(**changes)).items()
    return path, message.strip()


def test_the_configurations_of_a_stack_count_against_the_plan(root: Path) -> None:
    databases = {"main": database(), **{f"d{index}": database() for index in range(10)}}
    path, message = exceeded(root, plan="free", databases=databases)
    assert path == "databases"
    assert message == (
        "must have at most 10 Hyperdrive configurations of an account (free plan), got 11. Create fewer, use "
        "another account, or set `accountLimits.hyperdriveConfigurations` if Cloudflare has raised the limit."
    )
    load(root, stack_file(plan="free", databases=databases, accountLimits={"hyperdriveConfigurations": 11}))


def test_a_pair_counts_twice_and_slots_double_it() -> None:
    plain: dict[str, Any] = {"hyperdrive": {}}
    pair: dict[str, Any] = {"hyperdrive": {"fresh": {}}}
    slots, both = {**plain, "credentials": {}}, {**pair, "credentials": {}}
    counts = [count_configurations({"databases": {"main": each}}) for each in ({}, plain, pair, slots, both)]
    assert counts == [0, 1, 2, 2, 4]


def test_cron_triggers_of_all_workers_are_summed(root: Path) -> None:
    crons = ["0 1 * * *", "0 2 * * *", "0 3 * * *"]
    path, message = exceeded(root, plan="free", workers=workers(2, crons=crons))
    assert (path, "at most 5 cron triggers of an account (free plan), got 6" in message) == ("workers", True)


def test_workers_are_counted(root: Path) -> None:
    assert "at most 100 Workers of an account" in exceeded(root, plan="free", workers=workers(101))[1]


def test_routes_are_counted_for_each_zone(root: Path) -> None:
    limits = {"routesPerZone": 2}
    two = {"a.example.com/*": ZONE, "b.example.com/*": ZONE}
    load(root, stack_file(accountLimits=limits, workers__api__routes={**two, "example.net/*": "1" * 32}))
    message = exceeded(root, accountLimits=limits, workers__api__routes={**two, "c.example.com/*": ZONE})[1]
    assert "at most 2 routes of a zone (`accountLimits.routesPerZone`), got 3" in message


@pytest.mark.parametrize(
    ("domains", "accepted"),
    [
        (["a.example.com", "b.example.net"], True),
        (["a.example.co.uk", "b.other.co.uk"], True),
        (["a.example.com", "b.example.com"], False),
    ],
)
def test_custom_domains_are_counted_for_each_zone(root: Path, domains: list[str], accepted: bool) -> None:
    file = stack_file(accountLimits={"domainsPerZone": 1}, workers__api__domains=domains)
    if accepted:
        load(root, file)
    else:
        assert (
            "at most 1 custom domains of Workers in a zone (`accountLimits.domainsPerZone`), got 2"
            in faults(root, file)["workers"]
        )


def test_existing_namespaces_and_tunnels_do_not_count(root: Path) -> None:
    limits = {"kvNamespaces": 1, "tunnels": 1}
    load(root, stack_file(accountLimits=limits, kv={"a": {}, "b": {"id": ZONE}}))
    assert "got 2" in exceeded(root, accountLimits=limits, kv={"a": {}, "b": {}})[1]


def test_a_limit_below_one_is_rejected(root: Path) -> None:
    path, message = exceeded(root, accountLimits={"workers": 0})
    assert (path, message.startswith("must be at least 1")) == ("accountLimits.workers", True)


def test_every_limit_has_a_setting_that_raises_it() -> None:
    assert set(AccountResource) == set(AccountLimitsSettings.model_fields)
    assert set(ACCOUNT_LIMITS) == set(AccountResource)
    assert all(set(limits) == set(Plan) for limits in ACCOUNT_LIMITS.values())


def test_a_stored_secret_counts_with_its_previous_version(root: Path) -> None:
    secrets: dict[str, dict[str, Any]] = {"one": {}, "two": {"version": 2}}
    values = {"databases": {"main": {"url": URL}}, "secretsStore": {"one": "1", "two": "1", "two-v2": "2"}}
    changes: dict[str, Any] = {"secretsStore": {"storeName": "store", "secrets": secrets}, "secrets": values}
    path, message = exceeded(root, accountLimits={"storedSecrets": 2}, **changes)
    assert (path, "got 3" in message) == ("secretsStore.secrets", True)
    secrets["two"]["keepPrevious"] = False
    load(root, stack_file(accountLimits={"storedSecrets": 2}, **changes))


def test_the_component_of_the_secrets_store_gets_the_raised_limit(root: Path) -> None:
    assert load(root, stack_file(accountLimits={"storedSecrets": 200}))[1].stored_secrets_ceiling == 200
