"""Rules of an origin's values that every database vendor shares. Pure."""

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.hosts import vendor_of
from edge_postgres.origin.limits import HYPERDRIVE_NAME_BYTES, HYPERDRIVE_USER_BYTES


def known_connections(host: str) -> dict[str, int]:
    """Returns ``max_connections`` and ``reserved_connections`` as far as the vendor of a host fixes them."""
    vendor = vendor_of(host)
    numbers = {
        "max_connections": vendor.max_connections if vendor else None,
        "reserved_connections": vendor.reserved_connections if vendor else None,
    }
    return {argument: int(number) for argument, number in numbers.items() if number is not None}


def validate_database(database: str | None, host: str, *, subject: str) -> str:
    """Returns the name of the database, by default the name that the vendor fixes; at most 63 bytes."""
    vendor = vendor_of(host)
    fixed = vendor.database if vendor else None
    if not (database or fixed):
        raise ValidationError(
            subject,
            "has no database name",
            "Append the name to the connection string, `…:5432/NAME`, or set `database`.",
        )
    return validate_length(database or fixed, "database name", subject=subject)


def validate_user(value: str | None, *, subject: str) -> str:
    """Returns the name of an existing role."""
    return validate_length(value, "user name", HYPERDRIVE_USER_BYTES, subject=subject)


def validate_length(value: str | None, noun: str, most: int = HYPERDRIVE_NAME_BYTES, *, subject: str) -> str:
    """Returns a name of 1 to 63 bytes, by default; ``noun`` names it in the message."""
    value = value or ""
    size = len(value.encode())
    if not 1 <= size <= most:
        raise ValidationError(
            subject,
            f"must have a {noun} of 1 to {most} bytes, got {size} (Hyperdrive's limit)",
            f"Use a shorter {noun}." if size else f"Set the {noun}.",
        )
    return value


def validate_password(password: str | None, *, subject: str) -> str:
    """Returns a password that is not empty."""
    if not password:
        raise ValidationError(
            subject, "must not be empty; Hyperdrive authenticates with a password", "Set a password for the role."
        )
    return password
