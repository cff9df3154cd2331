"""Rules of RDS and Aurora, and estimates of their connections."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_postgres.core.limit import Limit
from edge_postgres.origins.rds import limits as numbers
from edge_postgres.origins.rds.capacity import validate_capacity
from edge_postgres.origins.rds.connections import connections_of_capacity, connections_of_class
from edge_postgres.origins.rds.network_rules import validate_group_prefix, validate_ranges, validate_subnets
from edge_postgres.origins.rds.rules import (
    parameter_group_family,
    validate_backup_days,
    validate_cluster_identifier,
    validate_database,
    validate_growth,
    validate_identifier,
    validate_password,
    validate_storage,
    validate_user,
    validate_version,
)
from tests.harness import rejected


def flat(name: str, value: Any) -> dict[str, int]:
    if isinstance(value, Limit):
        return {name: int(value)}
    return {path: found for key, inner in value.items() for path, found in flat(f"{name}[{key}]", inner).items()}


def test_the_numbers_are_those_of_the_sources() -> None:
    found: dict[str, int] = {}
    for name, value in vars(numbers).items():
        if name.isupper() and not name.startswith("_") and name != "RDS_MEMORY":
            found |= flat(name, value)
    assert found == {
        "RDS_BYTES_FOR_ONE_CONNECTION": 9531392,
        "RDS_CONNECTIONS_CEILING": 5000,
        "RDS_RESERVED_CONNECTIONS": 5,
        "AURORA_CONNECTIONS[1]": 189,
        "AURORA_CONNECTIONS[4]": 823,
        "AURORA_CONNECTIONS[8]": 1669,
        "AURORA_CONNECTIONS[16]": 3360,
        "AURORA_CONNECTIONS[32]": 5000,
        "AURORA_CONNECTIONS_CEILING_BELOW_ONE": 2000,
        "AURORA_CAPACITY_CEILING": 256,
        "AURORA_CAPACITY_STEPS": 2,
        "AURORA_RESUME_SECONDS": 15,
        "RDS_STORAGE_FLOOR": 20,
        "RDS_STORAGE_CEILING": 65536,
        "RDS_GROWTH_FLOOR": 10,
        "RDS_PERFORMANCE_FLOOR": 400,
        "RDS_IOPS_FLOOR": 12000,
        "RDS_IOPS_CEILING": 64000,
        "RDS_THROUGHPUT_FLOOR": 500,
        "RDS_THROUGHPUT_CEILING": 4000,
        "RDS_IOPS_FOR_ONE_MIB": 4,
        "RDS_WINDOW_FLOOR": 30,
        "RDS_BACKUP_DAYS_CEILING": 35,
        "RDS_NAME_CEILING": 63,
        "RDS_PASSWORD_FLOOR": 8,
        "RDS_PASSWORD_CEILING": 128,
    }


def test_the_memory_of_the_classes_is_that_of_the_source() -> None:
    found = {letter: {size: int(gib) for size, gib in sizes.items()} for letter, sizes in numbers.RDS_MEMORY.items()}
    assert found == {
        "t": {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32},
        "m": {"large": 8, "xlarge": 16, "2xlarge": 32, "4xlarge": 64, "8xlarge": 128, "12xlarge": 192, "16xlarge": 256,
              "24xlarge": 384},
        "r": {"large": 16, "xlarge": 32, "2xlarge": 64, "4xlarge": 128, "8xlarge": 256, "12xlarge": 384,
              "16xlarge": 512, "24xlarge": 768},
    }  # fmt: skip


# Connections.


@pytest.mark.parametrize(
    ("instance_class", "estimate", "measured"),
    [
        ("db.t3.small", 191, 198),
        ("db.t4g.medium", 383, 413),
        ("db.t2.large", 766, 856),
        ("db.m7g.large", 766, 856),
        ("db.r5.large", 1532, 1660),
    ],
)
def test_the_estimate_of_a_class_is_below_the_measured_number(
    instance_class: str, estimate: int, measured: int
) -> None:
    assert connections_of_class(instance_class) == estimate < measured


def test_the_estimate_of_the_smallest_class_is_below_nominal_memory() -> None:
    assert connections_of_class("db.t4g.micro") == 84


def test_large_classes_have_the_maximum_of_the_formula() -> None:
    assert [connections_of_class(found) for found in ("db.r6gd.2xlarge", "db.m5.24xlarge")] == [5000, 5000]


@pytest.mark.parametrize(
    "unknown",
    ["db.x2g.large", "db.r4.large", "db.m3.medium", "db.t4g.nano", "db.r5.large.tpc2.mem2x", "t4g.medium", "db.nope"],
)
def test_an_unknown_class_has_no_estimate(unknown: str) -> None:
    assert connections_of_class(unknown) is None


@pytest.mark.parametrize(
    ("minimum", "maximum", "estimate"),
    [
        (1, 1, 189), (1, 3.5, 189), (1, 4, 823), (1, 8, 1669), (1, 15.5, 1669), (1, 16, 3360), (1, 32, 5000),
        (1, 256, 5000), (0.5, 8, 1669), (0.5, 16, 2000), (0, 256, 2000), (0, 1, 189),
    ],
)  # fmt: skip
def test_the_maximum_capacity_determines_the_connections(minimum: float, maximum: float, estimate: int) -> None:
    assert connections_of_capacity(minimum, maximum) == estimate


# Values.


@pytest.mark.parametrize("version", ["10", "17", "17.6", "17.10", "18.1"])
def test_a_valid_version_is_unchanged(version: str) -> None:
    assert validate_version(version, subject="version") == version


@pytest.mark.parametrize("version", ["9.6.24", "17.", "17.6.1", "v17", "", "117", "17.x"])
def test_an_invalid_version_is_rejected(version: str) -> None:
    with rejected(f"version: must be a version of Postgres, at least 10, got {version}", '"17"'):
        validate_version(version, subject="version")


@pytest.mark.parametrize("version", [17, 17.1])
def test_a_version_that_is_a_number_is_rejected_with_the_reason(version: float) -> None:
    with rejected(
        f"must be a string, got the number {version}",
        'Set a string, such as "17.10". The number 17.10 would be the version 17.1.',
    ):
        validate_version(version, subject="version")


def test_a_family_has_the_major_version() -> None:
    assert [parameter_group_family("postgres", version) for version in ("17", "17.10")] == ["postgres17", "postgres17"]


@pytest.mark.parametrize("identifier", ["a", "main", "edge-postgres-dev-main", "a1-2", "x" * 63])
def test_a_valid_identifier_is_accepted(identifier: str) -> None:
    assert validate_identifier(identifier, subject="identifier") == identifier


@pytest.mark.parametrize("identifier", ["", "1a", "-a", "a-", "a--b", "A", "a_b", "a.b", "x" * 64, "a\n"])
def test_an_invalid_identifier_is_rejected(identifier: str) -> None:
    with rejected(
        "identifier: must start with a letter, not end with a hyphen, and have at most 63 ", f"got {identifier}"
    ):
        validate_identifier(identifier, subject="identifier")


@pytest.mark.parametrize("validate", [validate_identifier, validate_cluster_identifier, validate_group_prefix])
def test_a_name_that_begins_like_the_id_of_a_security_group_is_rejected(validate: Callable[..., str]) -> None:
    with rejected("identifier: cannot begin with `sg-`, because EC2 rejects such names", "got sg-main"):
        validate("sg-main", subject="identifier")
    assert validate("sgmain", subject="identifier") == "sgmain"


def test_the_case_of_a_prefix_of_a_security_group_has_no_effect() -> None:
    with rejected("name: cannot begin with `sg-`", "got SG-main"):
        validate_group_prefix("SG-main", subject="name")


NAMES: list[Callable[..., str]] = [validate_database, validate_user]


@pytest.mark.parametrize("rule", NAMES)
@pytest.mark.parametrize("name", ["app", "a1_b", "postgres", "x" * 63])
def test_a_valid_name_is_accepted(rule: Callable[..., str], name: str) -> None:
    assert rule(name, subject="name") == name


@pytest.mark.parametrize("rule", NAMES)
@pytest.mark.parametrize("name", ["", "1a", "_a", "App", "a-b", "a b", "x" * 64, "ä"])
def test_an_invalid_name_is_rejected(rule: Callable[..., str], name: str) -> None:
    with rejected("name: must have at most 63", "start with a letter", f"got {name}"):
        rule(name, subject="name")


@pytest.mark.parametrize("user", ["admin", "rdsadmin", "rds_superuser", "rds_iam", "pg_monitor"])
def test_a_reserved_user_of_rds_is_rejected(user: str) -> None:
    with rejected(f"user: cannot be {user}, which RDS reserves"):
        validate_user(user, subject="user")


@pytest.mark.parametrize("user", ["administrator", "rds", "pguser"])
def test_a_user_similar_to_a_reserved_one_is_accepted(user: str) -> None:
    assert validate_user(user, subject="user") == user


@pytest.mark.parametrize("password", ["x" * 8, "x" * 128, "!#$%&()*+,-.:;<=>?[]^_`{|}~"])
def test_a_valid_password_is_accepted(password: str) -> None:
    assert validate_password(password, subject="password") == password


SEVEN = "Kq7vXw2"


@pytest.mark.parametrize("password", [SEVEN, SEVEN * 19, *(f"{SEVEN}{sign}" for sign in "/'\"@ \n\tü\x7f")])
def test_an_invalid_password_is_rejected_and_not_shown(password: str) -> None:
    with pytest.raises(ValueError, match="password: must have 8 to 128 printable ASCII characters") as error:
        validate_password(password, subject="password")
    assert SEVEN not in str(error.value)


def test_a_duplicate_subnet_is_counted_once() -> None:
    with rejected("subnets: must have at least two different subnets"):
        validate_subnets(["subnet-0a", "subnet-0a"], subject="subnets")


@pytest.mark.parametrize("days", [7, 35, 14.0])
def test_a_valid_number_of_backup_days_is_accepted(days: float) -> None:
    assert repr(validate_backup_days(days, subject="days")) == repr(int(days))


@pytest.mark.parametrize("days", [0, 1, 6, 36])
def test_backups_for_fewer_or_more_days_are_rejected(days: int) -> None:
    with rejected("days: must be from 7 days", "to 35 days", f"got {days}", "Set a number from 7 to 35."):
        validate_backup_days(days, subject="days")


@pytest.mark.parametrize("gib", [19, 65537, 0])
def test_storage_out_of_bounds_is_rejected(gib: int) -> None:
    with rejected("gib: must be from 20 to 65536 GiB", f"got {gib}."):
        validate_storage(gib, subject="gib")


@pytest.mark.parametrize("rule", [validate_backup_days, validate_storage])
@pytest.mark.parametrize(("number", "fix"), [(20.5, "Set an integer."), ("20", "Set a number without quotes.")])
def test_a_number_that_is_not_an_integer_is_rejected(rule: Callable[..., int], number: Any, fix: str) -> None:
    with rejected(fix):
        rule(number, subject="number")


@pytest.mark.parametrize(("allocated", "least"), [(20, 22), (25, 28), (100, 110), (1000, 1100)])
def test_storage_must_grow_by_at_least_a_tenth(allocated: int, least: int) -> None:
    assert validate_growth(least, allocated, subject="maximum") == least
    with rejected(
        f"maximum: must be from {least} to 65536 GiB, got {least - 1} GiB", f"Set a number from {least} to 65536."
    ):
        validate_growth(least - 1, allocated, subject="maximum")


def test_storage_above_the_maximum_of_rds_is_rejected() -> None:
    with rejected("got 65537 GiB"):
        validate_growth(65537, 20, subject="maximum")


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
@settings(max_examples=60)
def test_every_accepted_capacity_is_within_the_bounds(minimum: float, maximum: float) -> None:
    try:
        validate_capacity(minimum, maximum, subject="capacity")
    except ValueError:
        return
    assert 0 <= minimum <= maximum <= 256
    assert maximum >= 1
    assert (2 * minimum).is_integer()
    assert (2 * maximum).is_integer()


@pytest.mark.parametrize(("minimum", "maximum"), [(0, 1), (0.5, 256), (256, 256), (1, 1.5)])
def test_a_capacity_within_the_bounds_is_accepted(minimum: float, maximum: float) -> None:
    assert validate_capacity(minimum, maximum, subject="capacity") == {"minimum": minimum, "maximum": maximum}


@pytest.mark.parametrize(
    ("minimum", "maximum", "problem", "fix"),
    [
        (-0.5, 4, "a minimum capacity of at least 0 ACU, got -0.5 ACU", "Set the minimum capacity to 0 or more."),
        (0, 0.5, "a maximum capacity from 1 to 256 ACU, got 0.5 ACU", "to a number from 1 to 256."),
        (1, 256.5, "a maximum capacity from 1 to 256 ACU, got 256.5 ACU", "to a number from 1 to 256."),
        (4, 2, "at least the minimum capacity, which is 4 ACU, got 2 ACU", "Set a larger maximum capacity"),
        (0.3, 4, "a minimum capacity that is a multiple of 0.5 ACU, got 0.3 ACU", "to a multiple of 0.5."),
        (1, 4.2, "a maximum capacity that is a multiple of 0.5 ACU, got 4.2 ACU", "to a multiple of 0.5."),
        (float("nan"), 4, "a minimum capacity that is a multiple of 0.5 ACU, got nan ACU", "to a multiple of 0.5."),
    ],
)
def test_an_invalid_capacity_is_rejected(minimum: float, maximum: float, problem: str, fix: str) -> None:
    with rejected("capacity: must ", problem, fix):
        validate_capacity(minimum, maximum, subject="capacity")


@pytest.mark.parametrize("wide", ["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "2000::/3"])
def test_a_range_with_a_large_part_of_the_internet_is_rejected(wide: str) -> None:
    with rejected(f"ranges: cannot contain {wide}, which is the Internet", "`open_to_the_internet`"):
        validate_ranges(["192.0.2.0/24", wide], subject="ranges")


@pytest.mark.parametrize("text", ["192.0.2.1/24", "192.0.2.0/33", "example.com", ""])
def test_an_invalid_range_is_rejected(text: str) -> None:
    with rejected(f"ranges: must contain address ranges in CIDR notation, got {text}"):
        validate_ranges([text], subject="ranges")


def test_an_empty_list_of_ranges_is_rejected() -> None:
    with rejected("ranges: must not be empty", "omit this setting to let Cloudflare's ranges connect."):
        validate_ranges([], subject="ranges")


def test_a_duplicate_range_is_returned_once() -> None:
    assert validate_ranges(["192.0.2.0/24", "10.0.0.0/8", "192.0.2.0/24"], subject="ranges") == [
        "192.0.2.0/24",
        "10.0.0.0/8",
    ]
