"""Validation of the name of a preview stack's database, and of the existing database on the same server."""

import re

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.limits import HYPERDRIVE_NAME_BYTES

_NAME = re.compile(r"[a-z_][a-z0-9_-]*")


def validate_database_name(database: str, *, subject: str) -> str:
    """Returns the name of the new database unchanged.

    Raises:
        ValidationError: The name is empty or too long, has other characters than lower-case letters, digits, `_` and
            `-`, or starts with a digit or `-`.
    """
    if not _NAME.fullmatch(database) or len(database) > HYPERDRIVE_NAME_BYTES:
        raise ValidationError(
            subject,
            f"must have at most {HYPERDRIVE_NAME_BYTES} lower-case letters, digits, `_` and `-`, and start with a "
            f"letter or `_`, got {database}",
            "Set a name of this form, such as `pr-123`.",
        )
    return database


def validate_server_address(host: str | None, port: float | None, *, subject: str) -> tuple[str, float]:
    """Returns host and port of the server unchanged. Raises `ValidationError` if the origin lacks one of them."""
    if host is None or port is None:
        raise ValidationError(
            subject,
            "must have a host and a port, because `pulumi up` connects to the server to create the database",
            "Set an origin with a public host and a port, not one with an Access or Workers VPC route.",
        )
    return host, port


def validate_server_database(server_database: str, new_database: str, *, subject: str) -> str:
    """Returns the name of the existing database on the server unchanged.

    Raises:
        ValidationError: The new database has the same name. The existing database would be dropped with the stack.
    """
    if new_database == server_database:
        raise ValidationError(
            subject,
            f"must differ from {new_database}, the existing database of the origin, because the new database is "
            "dropped with this stack",
            "Set another name for the new database, such as the name of the stack.",
        )
    return server_database
