"""What a Cloud SQL instance for Postgres may be, and who may reach it. Pure, and without Google's SDK."""

import ipaddress
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.origins.cloud_sql.limits import (
    CLOUD_SQL_CONNECTIONS,
    CLOUD_SQL_DISK_FLOOR,
    CLOUD_SQL_NAME_CEILING,
    CLOUD_SQL_SHARED_CORE_CONNECTIONS,
)

DEFAULT_POSTGRES_VERSION = "17"
RETAINED_BACKUPS = 7
EVERYBODY = ("0.0.0.0/0",)
# A range wider than this is a good part of the Internet.
_WIDEST_PREFIX = 8
# Every instance has these; Google's API does not make them again.
_OWN_DATABASES = frozenset({"postgres", "template0", "template1", "cloudsqladmin"})


class Availability(StrEnum):
    """Where an instance runs."""

    ZONAL = "zonal"
    """In one zone."""
    REGIONAL = "regional"
    """In two zones, one of which takes over; about twice the price."""


def validate_instance_name(name: str, *, subject: str) -> str:
    """A name that Google takes for an instance."""
    if not re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name):
        raise ValidationError(
            subject, f"is {name}", "Name it with lower-case letters, digits and hyphens, a letter first."
        )
    # The project's name counts too, and a colon between them; the shortest project has 6 characters.
    most = CLOUD_SQL_NAME_CEILING - 7
    if len(name) > most:
        raise ValidationError(
            subject,
            f"has {len(name)} characters; Google takes {CLOUD_SQL_NAME_CEILING} together with the project's",
            f"Use {most} or less.",
        )
    return name


def validate_version(version: Any, *, subject: str) -> str:
    """A major version of Postgres, as Google spells it."""
    if not isinstance(version, str) or not re.fullmatch(r"9\.6|1[0-9]", version):
        raise ValidationError(
            subject,
            f"is {version}; Cloud SQL takes a major version",
            'Write it as a text, in quotes: "17".',
        )
    return f"POSTGRES_{version.replace('.', '_')}"


def edition_of(tier: str) -> str:
    """The edition that has a tier; from Postgres 16 on Google takes the other one where none is stated."""
    return "ENTERPRISE_PLUS" if tier.startswith("db-perf-optimized-") else "ENTERPRISE"


def connections_of_tier(tier: str) -> int | None:
    """Connections that an instance accepts where nothing else is stated, as far as its tier tells its memory."""
    if tier in CLOUD_SQL_SHARED_CORE_CONNECTIONS:
        return int(CLOUD_SQL_SHARED_CORE_CONNECTIONS[tier])
    custom = re.fullmatch(r"db-custom-[0-9]+-([0-9]+)", tier)
    memory = int(custom[1]) if custom else 0
    return max((int(limit) for floor, limit in CLOUD_SQL_CONNECTIONS.items() if floor <= memory), default=None)


def validate_disk_size(gigabytes: float, *, subject: str) -> int:
    """A size of a disk, in GB."""
    size = to_int(gigabytes, subject=subject)
    if size < CLOUD_SQL_DISK_FLOOR:
        raise ValidationError(subject, f"is {size} GB", f"Use {CLOUD_SQL_DISK_FLOOR} GB or more.")
    return size


def validate_new_database(database: str, *, subject: str) -> str:
    """A database that the instance does not have from the beginning."""
    if database in _OWN_DATABASES:
        raise ValidationError(subject, f"is {database}, which every instance has already", "Name one of your own.")
    return database


def validate_networks(networks: Sequence[str], *, subject: str) -> list[str]:
    """IPv4 ranges that may dial the database, none of them a good part of the Internet."""
    if not networks:
        raise ValidationError(
            subject, "is empty; nobody could dial the database", "Leave it out: Cloudflare's ranges count."
        )
    return [_validate_network(network, subject=subject) for network in networks]


def _validate_network(text: str, *, subject: str) -> str:
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        raise ValidationError(
            subject, f"has {text}", "Write ranges as `192.0.2.0/24`, with zeros behind the mask."
        ) from None
    if network.version != 4:
        raise ValidationError(subject, f"has {text}; Cloud SQL takes IPv4 only", "Leave it out.")
    if network.prefixlen < _WIDEST_PREFIX:
        raise ValidationError(
            subject,
            f"has {text}, all of the Internet or a good part of it",
            "Name narrower ranges; `open_to_the_internet` says that everybody may try passwords.",
        )
    if not network.is_global:
        raise ValidationError(
            subject, f"has {text}, a private range; the public address knows none", "Name the public one of its router."
        )
    return str(network)


def reject_two_doors(networks: bool, *, everybody: bool, subject: str) -> None:
    """Raises ``ValidationError`` where ranges are named and everybody is let in."""
    if networks and everybody:
        raise ValidationError(
            f"{subject}.open_to_the_internet".removeprefix("."),
            "stands beside `authorized_networks`, which would mean nothing",
            "Leave one of them out.",
        )
