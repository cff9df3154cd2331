"""Rules of an origin's values that apply to every database vendor."""

from edge_postgres.core.errors import ValidationError, missing_value
from edge_postgres.origin.hosts import vendor_of
from edge_postgres.origin.limits import HYPERDRIVE_NAME_BYTES, HYPERDRIVE_USER_BYTES


def known_connections(host: str) -> dict[str, int]:
    """Returns the numbers of connections that are the same for all databases of the host's vendor.

    The keys are ``max_connections`` and ``reserved_connections``. A key is missing if its number is unknown.
    """
    vendor = vendor_of(host)
    numbers = {
        "max_connections": vendor.max_connections if vendor else None,
        "reserved_connections": vendor.reserved_connections if vendor else None,
    }
    return {argument: int(number) for argument, number in numbers.items() if number is not None}


def validate_database(database: str | None, host: str, *, subject: str) -> str:
    """Returns the name of the database. The default is the database that every server of the host's vendor has.

    Raises:
        ValidationError: There is no name, or the name has more than 63 bytes.
    """
    vendor = vendor_of(host)
    fixed = vendor.database if vendor else None
    if not (database or fixed):
        raise ValidationError(
            subject,
            "has no database name",
            "Append the name to the connection string, `…:5432/NAME`. Without a connection string, set `database`.",
        )
    return validate_length(database or fixed, "database name", subject=subject)


def validate_user(value: str | None, *, subject: str) -> str:
    """Returns the name of an existing role unchanged. Raises `ValidationError` for an empty or too long name."""
    return validate_length(value, "user name", HYPERDRIVE_USER_BYTES, subject=subject)


def validate_length(value: str | None, noun: str, most: int = HYPERDRIVE_NAME_BYTES, *, subject: str) -> str:
    """Returns a name unchanged.

    Args:
        value: The name.
        noun: The kind of name, for the message: "database name".
        most: The maximum length in bytes.
        subject: The path, for the message.

    Raises:
        ValidationError: The name is None or empty, or has more than ``most`` bytes.
    """
    if value is None:
        raise missing_value(subject=subject)
    size = len(value.encode())
    if not 1 <= size <= most:
        raise ValidationError(
            subject,
            f"must have a {noun} of 1 to {most} bytes, got {size} (Hyperdrive's limit)",
            f"Set a shorter {noun}." if size else f"Set the {noun}.",
        )
    return value


def validate_password(password: str | None, *, subject: str) -> str:
    """Returns the password unchanged. Raises `ValidationError` if the password is None or empty."""
    if password is None:
        raise missing_value(subject=subject)
    if not password:
        raise ValidationError(
            subject,
            "must not be empty, because Hyperdrive authenticates with a password",
            "Set the password of the role.",
        )
    return password
