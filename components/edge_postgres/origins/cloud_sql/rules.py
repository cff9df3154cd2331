"""Rules of a Cloud SQL instance for Postgres and of its network. Pure, without the SDK of Google."""

import ipaddress
import re
from collections.abc import Sequence
from enum import StrEnum

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
INTERNET = ("0.0.0.0/0",)
# Shortest accepted prefix. A wider range is a large part of the internet.
_WIDEST_PREFIX = 8
# Every instance contains these databases.
_OWN_DATABASES = frozenset({"postgres", "template0", "template1", "cloudsqladmin"})


class Availability(StrEnum):
    """Zones in which an instance runs."""

    ZONAL = "zonal"
    """One zone."""
    REGIONAL = "regional"
    """Two zones with failover, for about twice the price."""


def validate_instance_name(name: str, *, subject: str) -> str:
    """Returns a valid name of an instance."""
    if not re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name):
        raise ValidationError(
            subject,
            f"must have lower-case letters, digits and hyphens, got {name}",
            "Start it with a letter, and end it with a letter or a digit.",
        )
    # The limit includes the name of the project and a colon. The shortest name of a project has 6 characters.
    most = CLOUD_SQL_NAME_CEILING - 7
    if len(name) > most:
        raise ValidationError(
            subject,
            f"must have at most {CLOUD_SQL_NAME_CEILING} characters together with the name of the project, "
            f"got {len(name)}",
            f"Shorten it to {most} or less.",
        )
    return name


def validate_version(version: object, *, subject: str) -> str:
    """Returns a major version of Postgres in the notation of Google."""
    if not isinstance(version, str) or not re.fullmatch(r"9\.6|1[0-9]", version):
        raise ValidationError(
            subject,
            f"must be a major version in quotes, got {version}",
            'Write it in quotes: "17".',
        )
    return f"POSTGRES_{version.replace('.', '_')}"


def edition_of(tier: str) -> str:
    """Returns the edition that contains a tier. From Postgres 16 on, the default of Google can be another edition."""
    return "ENTERPRISE_PLUS" if tier.startswith("db-perf-optimized-") else "ENTERPRISE"


def connections_of_tier(tier: str) -> int | None:
    """Returns the connections that an instance accepts by default, or None for a tier of unknown memory."""
    if tier in CLOUD_SQL_SHARED_CORE_CONNECTIONS:
        return int(CLOUD_SQL_SHARED_CORE_CONNECTIONS[tier])
    custom = re.fullmatch(r"db-custom-[0-9]+-([0-9]+)", tier)
    memory = int(custom[1]) if custom else 0
    return max((int(limit) for floor, limit in CLOUD_SQL_CONNECTIONS.items() if floor <= memory), default=None)


def validate_disk_size(gigabytes: float, *, subject: str) -> int:
    """Returns the size of a disk in GB."""
    size = to_int(gigabytes, subject=subject)
    if size < CLOUD_SQL_DISK_FLOOR:
        raise ValidationError(
            subject,
            f"must be at least {CLOUD_SQL_DISK_FLOOR} GB, got {size} GB",
            f"Set {CLOUD_SQL_DISK_FLOOR} or more.",
        )
    return size


def validate_new_database(database: str, *, subject: str) -> str:
    """Returns the name of a database that a new instance does not contain."""
    if database in _OWN_DATABASES:
        raise ValidationError(
            subject, f"cannot be {database}, which every instance contains", "Set another name, such as `app`."
        )
    return database


def validate_networks(networks: Sequence[str], *, subject: str) -> list[str]:
    """Returns the IPv4 ranges that may connect. None of them may be a large part of the internet."""
    if not networks:
        raise ValidationError(subject, "must not be empty", "Omit it, so that the ranges of Cloudflare may connect.")
    return [_validate_network(network, subject=subject) for network in networks]


def _validate_network(text: str, *, subject: str) -> str:
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        raise ValidationError(
            subject,
            f"must contain IPv4 ranges, got {text}",
            "Write a range as `192.0.2.0/24`, with zeros after the prefix.",
        ) from None
    if network.version != 4:
        raise ValidationError(subject, f"must contain IPv4 ranges, got {text}", "Remove the IPv6 range.")
    if network.prefixlen < _WIDEST_PREFIX:
        raise ValidationError(
            subject,
            f"cannot contain {text}, which is the internet or a large part of it",
            "Set narrower ranges. `open_to_the_internet` lets every address try passwords.",
        )
    if not network.is_global:
        raise ValidationError(
            subject,
            f"cannot contain the private range {text}, because clients connect to the public address",
            "Set the public range of the router.",
        )
    return str(network)


def reject_open_access_with_ranges(networks: bool, *, open_access: bool, subject: str) -> None:
    """Raises `ValidationError` for ranges of an instance that is open to the internet."""
    if networks and open_access:
        raise ValidationError(
            f"{subject}.open_to_the_internet".removeprefix("."),
            "cannot be combined with `authorized_networks`",
            "Remove one of them.",
        )
