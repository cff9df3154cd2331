"""Rules of Amazon RDS and Aurora, and stricter rules of this project. Pure."""

import ipaddress
import re
from collections.abc import Sequence
from typing import TypedDict

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.origins.rds.limits import (
    AURORA_CAPACITY_CEILING,
    AURORA_CAPACITY_STEPS,
    RDS_BACKUP_DAYS_CEILING,
    RDS_GROWTH_FLOOR,
    RDS_NAME_CEILING,
    RDS_PASSWORD_CEILING,
    RDS_PASSWORD_FLOOR,
    RDS_STORAGE_CEILING,
    RDS_STORAGE_FLOOR,
)

BACKUP_DAYS = 7
"""Minimum number of days that backups are kept. This project requires it, so that a mistake can be noticed late."""
STORAGE_GIB = 20
"""Default storage of an instance, in GiB."""
GROWTH = 5
"""Default maximum of the storage, as a multiple of the allocated storage."""
_WIDEST_PREFIX = 8
"""Shortest accepted prefix, in IPv4 and in IPv6. A wider range is a large part of the internet."""

# https://github.com/aws-cloudformation/cfn-lint/pull/4425 tested the first two. Roles of RDS begin with `rds_`, and
# Postgres rejects roles that begin with `pg_`.
_RESERVED_USERS = re.compile(r"admin|rdsadmin|rds_.*|pg_.*")


class Capacity(TypedDict):
    """Bounds of the capacity of Aurora Serverless v2, in ACU."""

    minimum: float
    maximum: float


def validate_version(version: object, *, subject: str) -> str:
    """Returns a version of Postgres. It must be a string, because YAML reads 17.10 as the number 17.1."""
    if not isinstance(version, str):
        raise ValidationError(
            subject,
            f"must be a string, got the number {version}, which loses the zero at the end of 17.10",
            'Put it in quotes: "17.10".',
        )
    if not re.fullmatch(r"[1-9][0-9](\.[0-9]+)?", version):
        raise ValidationError(
            subject,
            f"must be a version of Postgres from 10 on, got {version}",
            'Set a major version, "17", or a full one, "17.6".',
        )
    return version


def has_minor_version(version: str) -> bool:
    """Whether a version contains the minor version."""
    return "." in version


def parameter_group_family(engine: str, version: str) -> str:
    """Returns the family of parameter groups: `postgres17`, `aurora-postgresql17`."""
    return f"{engine}{version.partition('.')[0]}"


def validate_identifier(identifier: str, *, subject: str) -> str:
    """Returns a valid name of an instance or a cluster. The name is part of the host name."""
    sound = re.fullmatch(r"[a-z](-?[a-z0-9])*", identifier)
    if not sound or len(identifier) > RDS_NAME_CEILING:
        raise ValidationError(
            subject,
            f"must have at most {RDS_NAME_CEILING} lower-case letters, digits and single hyphens, got {identifier}",
            "Start it with a letter, and end it with a letter or a digit.",
        )
    return identifier


def validate_database(database: str, *, subject: str) -> str:
    """Returns a valid name of the database that RDS creates with the server."""
    if database == "rdsadmin":
        raise ValidationError(subject, "cannot be rdsadmin, which RDS reserves", "Set another name, such as `app`.")
    return _validate_name(database, subject=subject)


def validate_user(user: str, *, subject: str) -> str:
    """Returns a valid name of the master user."""
    if _RESERVED_USERS.fullmatch(user):
        raise ValidationError(subject, f"cannot be {user}, which RDS reserves", "Set another name, such as `app`.")
    return _validate_name(user, subject=subject)


def _validate_name(name: str, *, subject: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or len(name) > RDS_NAME_CEILING:
        raise ValidationError(
            subject,
            f"must be a name of at most {RDS_NAME_CEILING} lower-case letters, digits and underscores",
            "Start it with a letter.",
        )
    return name


def validate_password(password: str, *, subject: str) -> str:
    """Returns a valid password. No message contains it."""
    sound = re.fullmatch(r"[!-~]*", password) and not re.search(r"[/'\"@]", password)
    if not sound or not RDS_PASSWORD_FLOOR <= len(password) <= RDS_PASSWORD_CEILING:
        raise ValidationError(
            subject,
            f"must have {RDS_PASSWORD_FLOOR} to {RDS_PASSWORD_CEILING} printable ASCII characters, without space, "
            "slash, at sign and quotation marks",
            "Set another password, or omit it, so that one is generated.",
        )
    return password


def validate_subnets(subnets: Sequence[str], *, subject: str) -> list[str]:
    """Returns at least two subnets. RDS requires two zones, even for an instance in one zone."""
    if len(set(subnets)) < 2:
        raise ValidationError(
            subject, "must have at least two subnets", "Set subnets of at least two availability zones."
        )
    return list(subnets)


def validate_backup_days(days: float, *, subject: str) -> int:
    """Returns the number of days that backups are kept."""
    days = to_int(days, subject=subject)
    if not BACKUP_DAYS <= days <= RDS_BACKUP_DAYS_CEILING:
        raise ValidationError(
            subject,
            f"must be from {BACKUP_DAYS} days (the minimum of this project) to {RDS_BACKUP_DAYS_CEILING} days (the "
            f"maximum of RDS), got {days}",
            f"Set {BACKUP_DAYS} to {RDS_BACKUP_DAYS_CEILING}.",
        )
    return days


def validate_storage(allocated: float, *, subject: str) -> int:
    """Returns the allocated gp3 storage, in GiB."""
    allocated = to_int(allocated, subject=subject)
    if not RDS_STORAGE_FLOOR <= allocated <= RDS_STORAGE_CEILING:
        raise ValidationError(
            subject,
            f"must be from {RDS_STORAGE_FLOOR} to {RDS_STORAGE_CEILING} GiB (gp3 storage), got {allocated} GiB",
            f"Set {RDS_STORAGE_FLOOR} or more.",
        )
    return allocated


def validate_growth(maximum: float | None, allocated: int, *, subject: str) -> int:
    """Returns the maximum storage in GiB. It is at least a tenth above the allocated storage."""
    if maximum is None:
        return min(GROWTH * allocated, RDS_STORAGE_CEILING)
    maximum = to_int(maximum, subject=subject)
    # In integers, because 1.1 * 20 is a little more than 22.
    least = -(-allocated * (100 + RDS_GROWTH_FLOOR) // 100)
    if not least <= maximum <= RDS_STORAGE_CEILING:
        raise ValidationError(
            subject,
            f"must be from {least} to {RDS_STORAGE_CEILING} GiB, got {maximum} GiB; storage must be able to grow by a "
            "tenth, because full storage stops the database",
            f"Set {least} or more.",
        )
    return maximum


def validate_capacity(minimum: float, maximum: float, *, subject: str) -> Capacity:
    """Returns the bounds of the capacity of Aurora Serverless v2, in ACU."""
    steps = all((bound * AURORA_CAPACITY_STEPS).is_integer() for bound in (float(minimum), float(maximum)))
    if not (steps and 0 <= minimum <= maximum and 1 <= maximum <= AURORA_CAPACITY_CEILING):
        raise ValidationError(
            subject,
            f"must be in steps of 0.5 ACU, from 0 or more to a maximum of 1 to {AURORA_CAPACITY_CEILING} ACU, got "
            f"{minimum:g} to {maximum:g} ACU",
            "Set both bounds within these limits.",
        )
    return {"minimum": minimum, "maximum": maximum}


def validate_ranges(ranges: Sequence[str], *, subject: str) -> list[str]:
    """Returns the address ranges without duplicates. None of them may be a large part of the internet."""
    if not ranges:
        raise ValidationError(subject, "must not be empty", "Omit it, so that the ranges of Cloudflare may connect.")
    for text in ranges:
        try:
            found = ipaddress.ip_network(text)
        except ValueError:
            raise ValidationError(
                subject, f"must contain address ranges, got {text}", "Write a range as 192.0.2.0/24."
            ) from None
        if found.prefixlen < _WIDEST_PREFIX:
            raise ValidationError(
                subject,
                f"cannot contain {text}, which is the internet or a large part of it",
                "Set narrower ranges. `open_to_the_internet` lets every address try passwords.",
            )
    return list(dict.fromkeys(ranges))
