"""Rules of a Cloud SQL instance for Postgres and of its network. The functions do not use the SDK of Google."""

import ipaddress
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.origins.cloud_sql.limits import CLOUD_SQL_CONNECTIONS_FLOOR, CLOUD_SQL_NAME_CEILING

DEFAULT_POSTGRES_VERSION = "17"
INTERNET = ("0.0.0.0/0",)
# Shortest accepted prefix of an address range, in bits. A range with a shorter prefix is a large part of the Internet.
_WIDEST_PREFIX = 8
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Every instance contains these databases.
_OWN_DATABASES = frozenset({"postgres", "template0", "template1", "cloudsqladmin"})


class Availability(StrEnum):
    """Zones in which an instance runs."""

    ZONAL = "zonal"
    """One zone."""
    REGIONAL = "regional"
    """Two zones with failover, for about twice the price."""


if TYPE_CHECKING:
    AvailabilityInput = Availability | Literal["zonal", "regional"]
else:
    AvailabilityInput = Availability


def validate_instance_name(name: str, *, subject: str) -> str:
    """Returns the name of an instance unchanged. Raises `ValidationError` if Google would reject the name."""
    if not re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name):
        raise ValidationError(
            subject,
            f"must contain only lower-case letters, digits and hyphens, start with a letter and not end with a hyphen, "
            f"got {name}",
            "Set a name of this form, such as `shop-db`.",
        )
    # The limit includes the name of the project and a colon. The shortest name of a project has 6 characters.
    most = CLOUD_SQL_NAME_CEILING - 7
    if len(name) > most:
        raise ValidationError(
            subject,
            f"must have at most {CLOUD_SQL_NAME_CEILING} characters together with the name of the project, "
            f"got {len(name)} without the project",
            f"Set a name of at most {most} characters.",
        )
    return name


def validate_version(version: object, *, subject: str) -> str:
    """Returns the major version of Postgres in the notation of Google, such as `POSTGRES_17`.

    Raises:
        ValidationError: The value is not a string with a major version.
    """
    if not isinstance(version, str) or not re.fullmatch(r"9\.6|1[0-9]", version):
        raise ValidationError(
            subject,
            f"must be a string with a major version of Postgres, got {version}",
            'Set a major version, such as "17".',
            stack_file_fix='Set a major version in quotes, such as "17".',
        )
    return f"POSTGRES_{version.replace('.', '_')}"


def validate_max_connections(connections: float, *, subject: str) -> int:
    """Returns the value of the flag `max_connections`.

    Raises:
        ValidationError: The number is no integer, or is below the minimum of Google.
    """
    number = to_int(connections, subject=subject)
    if number < CLOUD_SQL_CONNECTIONS_FLOOR:
        least = int(CLOUD_SQL_CONNECTIONS_FLOOR)
        raise ValidationError(subject, f"must be at least {least}, got {number}", f"Set {least} or more.")
    return number


def validate_key(name: str, *, subject: str) -> str:
    """Returns the name of a key of Cloud KMS unchanged. Raises `ValidationError` unless the name is complete."""
    if not re.fullmatch(r"projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+", name):
        raise ValidationError(
            subject,
            f"must be the complete name of a key, got {name}",
            "Set a name of this form: `projects/PROJECT/locations/REGION/keyRings/RING/cryptoKeys/KEY`.",
        )
    return name


def parse_maintenance_window(window: str, *, subject: str) -> tuple[int, int]:
    """Returns the day from 1 (Monday) to 7 and the hour in UTC of the weekly maintenance.

    Raises:
        ValidationError: The value is no day with an hour, such as `sun:03:00`.
    """
    found = re.fullmatch(rf"({'|'.join(_DAYS)}):([01][0-9]|2[0-3]):00", window)
    if not found:
        problem = f"must be a day and a full hour in UTC, got {window}"
        raise ValidationError(subject, problem, "Set a value of this form: `sun:03:00`.")
    return _DAYS.index(found[1]) + 1, int(found[2])


def validate_new_database(database: str, *, subject: str) -> str:
    """Returns the name of a new database unchanged.

    Raises:
        ValidationError: Every new instance already contains a database of this name.
    """
    if database in _OWN_DATABASES:
        raise ValidationError(
            subject,
            f"cannot be {database}, because every instance already contains a database of this name",
            "Set another name, such as `app`.",
        )
    return database


def validate_networks(networks: Sequence[str], *, subject: str) -> list[str]:
    """Returns the IPv4 ranges that may connect, unchanged.

    Raises:
        ValidationError: There is no range. Or a range is no IPv4 range, is private or reserved, or is a large part of
            the Internet.
    """
    if not networks:
        raise ValidationError(
            subject,
            "must not be empty",
            "Set at least one range, or omit this setting to let Cloudflare's ranges connect.",
        )
    return [_validate_network(network, subject=subject) for network in networks]


def _validate_network(text: str, *, subject: str) -> str:
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        raise ValidationError(
            subject,
            f"must contain IPv4 ranges, got {text}",
            "Write each range as `192.0.2.0/24`, with zeros after the prefix.",
        ) from None
    if network.version != 4:
        raise ValidationError(subject, f"must contain IPv4 ranges, got {text}", "Remove the IPv6 range.")
    if network.prefixlen < _WIDEST_PREFIX:
        raise ValidationError(
            subject,
            f"cannot contain {text}, which is the Internet or a large part of it",
            "Set narrower ranges. Or set `open_to_the_internet` to true instead, so that only the password protects "
            "the database.",
        )
    if not network.is_global:
        raise ValidationError(
            subject,
            f"cannot contain the private or reserved range {text}, because clients connect to the public address",
            "Set the public address range from which the clients connect.",
        )
    return str(network)


def validate_private_network(name: str, *, subject: str) -> str:
    """Returns the name of a VPC network unchanged. Raises `ValidationError` unless the name is complete."""
    if not re.fullmatch(r"(https://www\.googleapis\.com/compute/v1/)?projects/[^/]+/global/networks/[^/]+", name):
        raise ValidationError(
            subject,
            f"must be the complete name of a VPC network, got {name}",
            "Set a name of this form: `projects/PROJECT/global/networks/NETWORK`.",
        )
    return name


def reject_two_kinds_of_access(networks: bool, *, open_access: bool, private: bool, subject: str) -> None:
    """Raises `ValidationError` if ranges, open access or a private network are set together."""
    if private and (networks or open_access):
        raise ValidationError(
            f"{subject}.private_network".removeprefix("."),
            f"cannot be combined with `{'authorized_networks' if networks else 'open_to_the_internet'}`, because an "
            "instance with a private address has no public address",
            "Remove one of the two settings.",
        )
    if networks and open_access:
        raise ValidationError(
            f"{subject}.open_to_the_internet".removeprefix("."),
            "cannot be combined with `authorized_networks` or `additional_networks`",
            "Remove one of the two settings.",
        )
