"""What Amazon RDS and Aurora take, and what this project refuses on top of it. Pure."""

import ipaddress
import re
from collections.abc import Sequence
from typing import Any

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
"""Days that backups are kept at least; ours: a mistake of a Friday is found on Monday, and again a week later."""
STORAGE_GIB = 20
"""What an instance gets where nothing is stated."""
GROWTH = 5
"""How many times the allocated storage it may grow to where nothing is stated."""
_WIDEST_PREFIX = 8
"""A range wider than this is a good part of the Internet, in IPv4 and in IPv6."""

# https://github.com/aws-cloudformation/cfn-lint/pull/4425 tried the first two; RDS's own roles begin with `rds_`, and
# Postgres takes no role that begins with `pg_`.
_RESERVED_USERS = re.compile(r"admin|rdsadmin|rds_.*|pg_.*")


def validate_version(version: Any, *, subject: str) -> str:
    """A version of Postgres, as a text: a number has lost the zero of 17.10."""
    if not isinstance(version, str):
        raise ValidationError(
            subject,
            f"is {version}, a number, and a number loses the zero at the end of 17.10",
            'Write it as a text, in quotes: "17.10".',
        )
    if not re.fullmatch(r"[1-9][0-9](\.[0-9]+)?", version):
        raise ValidationError(
            subject, f"is {version}", 'Use a major version, "17", or a full one, "17.6"; 10 is the oldest.'
        )
    return version


def is_full(version: str) -> bool:
    """Whether a version names the minor one too."""
    return "." in version


def family(engine: str, version: str) -> str:
    """The family of parameter groups: `postgres17`, `aurora-postgresql17`."""
    return f"{engine}{version.partition('.')[0]}"


def validate_identifier(identifier: str, *, subject: str) -> str:
    """A name that RDS takes for an instance or a cluster; it is part of the host name."""
    sound = re.fullmatch(r"[a-z](-?[a-z0-9])*", identifier)
    if not sound or len(identifier) > RDS_NAME_CEILING:
        raise ValidationError(
            subject,
            f"is {identifier}",
            f"Use at most {RDS_NAME_CEILING} lower-case letters, digits and single hyphens, a letter first and no "
            "hyphen last.",
        )
    return identifier


def validate_database(database: str, *, subject: str) -> str:
    """The name of a database that RDS makes with the server."""
    if database == "rdsadmin":
        raise ValidationError(subject, "is rdsadmin, a database that RDS keeps for itself", "Take another name.")
    return _validate_name(database, subject=subject)


def validate_user(user: str, *, subject: str) -> str:
    """The name of the master user."""
    if _RESERVED_USERS.fullmatch(user):
        raise ValidationError(subject, f"is {user}, a name that RDS keeps for itself", "Take another name, `app`.")
    return _validate_name(user, subject=subject)


def _validate_name(name: str, *, subject: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or len(name) > RDS_NAME_CEILING:
        raise ValidationError(
            subject,
            "is no name that RDS takes and Postgres keeps as it is",
            f"Use at most {RDS_NAME_CEILING} lower-case letters, digits and underscores, a letter first.",
        )
    return name


def validate_password(password: str, *, subject: str) -> str:
    """A password that RDS takes. It is not shown."""
    sound = re.fullmatch(r"[!-~]*", password) and not re.search(r"[/'\"@]", password)
    if not sound or not RDS_PASSWORD_FLOOR <= len(password) <= RDS_PASSWORD_CEILING:
        raise ValidationError(
            subject,
            "is no password that RDS takes",
            f"Use {RDS_PASSWORD_FLOOR} to {RDS_PASSWORD_CEILING} printable ASCII characters without space, slash, at "
            "sign and quotation marks, or leave it out: one is made.",
        )
    return password


def validate_subnets(subnets: Sequence[str], *, subject: str) -> list[str]:
    """Two subnets or more: RDS wants them in two zones, for an instance in one zone too."""
    if len(set(subnets)) < 2:
        raise ValidationError(subject, "has fewer than two subnets", "Name subnets of at least two availability zones.")
    return list(subnets)


def validate_backup_days(days: float, *, subject: str) -> int:
    """Days that backups are kept."""
    days = to_int(days, subject=subject)
    if not BACKUP_DAYS <= days <= RDS_BACKUP_DAYS_CEILING:
        raise ValidationError(
            subject,
            f"is {days}; backups are kept for at least {BACKUP_DAYS} days, and RDS keeps them for at most "
            f"{RDS_BACKUP_DAYS_CEILING}",
            f"Use {BACKUP_DAYS} to {RDS_BACKUP_DAYS_CEILING}.",
        )
    return days


def validate_storage(allocated: float, *, subject: str) -> int:
    """GiB of gp3 storage at the start."""
    allocated = to_int(allocated, subject=subject)
    if not RDS_STORAGE_FLOOR <= allocated <= RDS_STORAGE_CEILING:
        raise ValidationError(
            subject, f"is {allocated} GiB", f"Use {RDS_STORAGE_FLOOR} to {RDS_STORAGE_CEILING} GiB of gp3 storage."
        )
    return allocated


def validate_growth(maximum: float | None, allocated: int, *, subject: str) -> int:
    """GiB that the storage may grow to: a tenth more than there is, at least."""
    if maximum is None:
        return min(GROWTH * allocated, RDS_STORAGE_CEILING)
    maximum = to_int(maximum, subject=subject)
    # Whole numbers: a tenth more than 20 is 22, and not a little above it.
    least = -(-allocated * (100 + RDS_GROWTH_FLOOR) // 100)
    if not least <= maximum <= RDS_STORAGE_CEILING:
        raise ValidationError(
            subject,
            f"is {maximum} GiB; storage of {allocated} GiB that is full stops the database unless it can grow, by a "
            "tenth at least",
            f"Use {least} to {RDS_STORAGE_CEILING} GiB.",
        )
    return maximum


def validate_capacity(minimum: float, maximum: float, *, subject: str) -> dict[str, float]:
    """The least and the most capacity of Aurora Serverless v2, in ACU."""
    steps = all((bound * AURORA_CAPACITY_STEPS).is_integer() for bound in (float(minimum), float(maximum)))
    if not (steps and 0 <= minimum <= maximum and 1 <= maximum <= AURORA_CAPACITY_CEILING):
        raise ValidationError(
            subject,
            f"is {minimum:g} to {maximum:g} ACU",
            f"Use steps of 0.5 ACU, from 0 to a maximum between 1 and {AURORA_CAPACITY_CEILING}.",
        )
    return {"minimum": minimum, "maximum": maximum}


def validate_ranges(ranges: Sequence[str], *, subject: str) -> list[str]:
    """Address ranges of which none is the Internet; each once."""
    if not ranges:
        raise ValidationError(subject, "has no range", "Leave it out: then Cloudflare's ranges may connect.")
    for text in ranges:
        try:
            found = ipaddress.ip_network(text)
        except ValueError:
            raise ValidationError(
                subject, f"has {text}, which is no address range", "Write it as 192.0.2.0/24."
            ) from None
        if found.prefixlen < _WIDEST_PREFIX:
            raise ValidationError(
                subject,
                f"has {text}, all of the Internet or a good part of it",
                "Name narrower ranges; `open_to_the_internet` says that everybody may try passwords.",
            )
    return list(dict.fromkeys(ranges))
