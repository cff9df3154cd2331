"""What the database of a preview stack may be called."""

import re

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.limits import HYPERDRIVE_NAME_BYTES

_NAME = re.compile(r"[a-z_][a-z0-9_-]*")


def validate_database_name(database: str, *, subject: str) -> str:
    """A name that neither Postgres nor a connection string has to quote."""
    if not _NAME.fullmatch(database) or len(database) > HYPERDRIVE_NAME_BYTES:
        raise ValidationError(
            subject,
            f"is {database}",
            f"Use 1 to {HYPERDRIVE_NAME_BYTES} lower-case letters, digits, `_` and `-`, a letter first.",
        )
    return database


def other_database(wanted: str, server: str, *, subject: str) -> str:
    """The database to sign in to; another one than is to be made, and dropped."""
    if wanted == server:
        raise ValidationError(
            subject,
            f"is {wanted}, the database that the origin has already; it would be dropped with this stack",
            "Give the new one a name of its own, such as the stack's.",
        )
    return server
