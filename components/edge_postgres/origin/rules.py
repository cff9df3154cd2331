"""What an origin's values may be, whoever makes the database. Pure."""

import re

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.address import validate_host
from edge_postgres.origin.hosts import Endpoint, vendor_of
from edge_postgres.origin.limits import HYPERDRIVE_NAME_BYTES, HYPERDRIVE_USER_BYTES

_HOST_AND_PORT = re.compile(r"[^:/@\s]+:[0-9]{1,5}")


def validate_address(host: str | None, *, subject: str) -> str:
    """A host alone; the ``endpoint`` of many a resource holds host and port in one."""
    if _HOST_AND_PORT.fullmatch(host or ""):
        raise ValidationError(
            subject,
            "is no host name and no IP address",
            "Give the host alone: what holds host and port in one, such as a resource's `endpoint`, has the host as "
            "`address` or `host` beside it, and the port belongs in `port`.",
        )
    return validate_host(host or "", subject=subject)


def validate_endpoint(endpoint: str | None, *, subject: str) -> str | None:
    """What is said to answer, one of two words. What else stands there may hold a password: it is not shown."""
    if endpoint not in (None, Endpoint.DIRECT.value, Endpoint.POOLED.value):
        raise ValidationError(
            subject,
            "is neither `direct` nor `pooled`",
            "Say which of them answers at the host; an address belongs in `host` and `port`.",
        )
    return endpoint


def port_of(host: str, *, subject: str) -> int:
    """The port where the database itself answers on a host, when nobody says it."""
    vendor = vendor_of(host)
    port = 5432 if vendor is None else vendor.port
    if port is None:
        name = vendor.name if vendor else ""
        raise ValidationError(
            subject, f"names no port, and every database at {name} has its own", "Take it from the connection string."
        )
    return port


def known_connections(host: str) -> dict[str, int]:
    """What a host tells about connections: ``max_connections``, ``reserved_connections``, or neither."""
    vendor = vendor_of(host)
    numbers = {
        "max_connections": vendor.max_connections if vendor else None,
        "reserved_connections": vendor.reserved_connections if vendor else None,
    }
    return {argument: int(number) for argument, number in numbers.items() if number is not None}


def validate_database(database: str | None, host: str, *, subject: str) -> str:
    """The name of the database, or the vendor's fixed one; at most 63 bytes."""
    vendor = vendor_of(host)
    fixed = vendor.database if vendor else None
    if not (database or fixed):
        raise ValidationError(
            subject, "names no database", "Append it to the connection string, `…:5432/NAME`, or state it."
        )
    return validate_length(database or fixed, "database name", subject=subject)


def validate_user(value: str | None, *, subject: str) -> str:
    """The name of a user that is there already."""
    return validate_length(value, "user name", HYPERDRIVE_USER_BYTES, subject=subject)


def validate_length(value: str | None, noun: str, most: int = HYPERDRIVE_NAME_BYTES, *, subject: str) -> str:
    """A name of 1 to 63 bytes."""
    value = value or ""
    size = len(value.encode())
    if not 1 <= size <= most:
        raise ValidationError(
            subject,
            f"has a {noun} of {size} bytes; Hyperdrive takes 1 to {most}",
            f"Use a shorter {noun}." if size else f"State the {noun}.",
        )
    return value


def validate_password(password: str | None, *, subject: str) -> str:
    """A password that is not empty."""
    if not password:
        raise ValidationError(subject, "is empty; Hyperdrive signs in with a password", "Give the role a password.")
    return password
