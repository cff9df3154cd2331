"""Rules of a Cloud SQL instance and of its network."""

from typing import Any

import pytest

from edge_postgres.origins.cloud_sql.limits import (
    CLOUD_SQL_CONNECTIONS,
    CLOUD_SQL_DISK_FLOOR,
    CLOUD_SQL_NAME_CEILING,
    CLOUD_SQL_RESERVED_CONNECTIONS,
    CLOUD_SQL_SHARED_CORE_CONNECTIONS,
)
from edge_postgres.origins.cloud_sql.rules import (
    validate_instance_name,
    validate_networks,
    validate_new_database,
    validate_version,
)
from edge_postgres.origins.cloud_sql.tiers import connections_of_tier, edition_of, validate_disk_size
from tests.harness import rejected


@pytest.mark.parametrize(
    ("tier", "connections"),
    [("db-f1-micro", 25), ("db-g1-small", 50), ("db-custom-1-3840", 100), ("db-custom-1-6143", 100),
     ("db-custom-1-6144", 200), ("db-custom-2-7680", 400), ("db-custom-4-15360", 500), ("db-custom-8-30720", 600),
     ("db-custom-16-61440", 800), ("db-custom-32-122880", 1000), ("db-custom-96-638976", 1000)],
)  # fmt: skip
def test_the_tier_determines_the_connections(tier: str, connections: int) -> None:
    assert connections_of_tier(tier) == connections


@pytest.mark.parametrize("tier", ["db-perf-optimized-N-2", "db-n1-standard-1", "db-custom-1", "", "db-custom-1-1024"])
def test_a_tier_of_unknown_memory_has_no_known_connections(tier: str) -> None:
    assert connections_of_tier(tier) is None


def test_the_numbers_are_those_of_the_sources() -> None:
    assert {tier: int(limit) for tier, limit in CLOUD_SQL_SHARED_CORE_CONNECTIONS.items()} == {
        "db-f1-micro": 25, "db-g1-small": 50
    }  # fmt: skip
    assert {memory / 1024: int(limit) for memory, limit in CLOUD_SQL_CONNECTIONS.items()} == {
        3.75: 100, 6: 200, 7.5: 400, 15: 500, 30: 600, 60: 800, 120: 1000
    }  # fmt: skip
    assert (int(CLOUD_SQL_RESERVED_CONNECTIONS), int(CLOUD_SQL_NAME_CEILING), int(CLOUD_SQL_DISK_FLOOR)) == (3, 98, 10)


@pytest.mark.parametrize(
    ("network", "words"),
    [("0.0.0.0/0", "`open_to_the_internet`"), ("0.0.0.0/1", "a large part of it"), ("64.0.0.0/7", "a large part of it"),
     ("2400:cb00::/32", "must contain IPv4"), ("10.0.0.0/8", "the private or reserved range"),
     ("8.8.8.8/24", "zeros after"), ("example.com", "Write each range as")],
)  # fmt: skip
def test_a_range_that_is_too_wide_private_or_invalid_is_rejected(network: str, words: str) -> None:
    with rejected(f"{network}", words):
        validate_networks(["8.8.8.8/32", network], subject="networks")


def test_an_empty_list_of_ranges_is_rejected() -> None:
    with rejected("networks: must not be empty"):
        validate_networks([], subject="networks")


def test_the_widest_accepted_range_has_8_bits() -> None:
    assert validate_networks(["8.0.0.0/8"], subject="networks") == ["8.0.0.0/8"]


@pytest.mark.parametrize("name", ["Main", "1main", "main_db", "main-", "", "ä"])
def test_a_name_that_google_does_not_accept_is_rejected(name: str) -> None:
    with rejected(
        f"not end with a hyphen, got {name}", "name: must contain only lower-case letters, digits and hyphens"
    ):
        validate_instance_name(name, subject="name")


def test_a_name_that_is_too_long_together_with_the_name_of_the_project_is_rejected() -> None:
    assert validate_instance_name("x" * 91, subject="name") == "x" * 91
    with rejected(
        "name: must have at most 98 characters together with the name of the project, got 92",
        "Set a name of at most 91 characters.",
    ):
        validate_instance_name("x" * 92, subject="name")


@pytest.mark.parametrize(
    ("version", "expected"), [("17", "POSTGRES_17"), ("18", "POSTGRES_18"), ("9.6", "POSTGRES_9_6")]
)
def test_a_version_is_spelled_as_google_spells_it(version: str, expected: str) -> None:
    assert validate_version(version, subject="version") == expected


@pytest.mark.parametrize("version", ["17.6", "POSTGRES_17", "8", "", 17, None])
def test_an_invalid_major_version_is_rejected(version: Any) -> None:
    with rejected(f"version: must be a string with a major version of Postgres, got {version}"):
        validate_version(version, subject="version")


@pytest.mark.parametrize("size", [9, 0, -1])
def test_a_disk_below_the_minimum_is_rejected(size: float) -> None:
    with rejected(f"size: must be at least 10 GB, got {size} GB", "Set 10 GB or more."):
        validate_disk_size(size, "db-custom-2-7680", subject="size")


@pytest.mark.parametrize("database", ["postgres", "template0", "template1", "cloudsqladmin"])
def test_a_database_that_every_instance_has_is_rejected(database: str) -> None:
    with rejected(f"database: cannot be {database}, because every instance already contains a database of this name"):
        validate_new_database(database, subject="database")


@pytest.mark.parametrize(
    ("tier", "edition"),
    [("db-f1-micro", "ENTERPRISE"), ("db-g1-small", "ENTERPRISE"), ("db-custom-2-7680", "ENTERPRISE"),
     ("db-perf-optimized-N-2", "ENTERPRISE_PLUS")],
)  # fmt: skip
def test_a_tier_has_its_edition(tier: str, edition: str) -> None:
    assert edition_of(tier) == edition
