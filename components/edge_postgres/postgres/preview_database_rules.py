"""Validation of the name of a preview stack's database."""

import re

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.limits import HYPERDRIVE_NAME_BYTES

_NAME = re.compile(r"[a-z_][a-z0-9_-]*")


def validate_database_name(database: str, *, subject: str) -> str:
    """Returns a name that needs no quoting in a connection string."""
    if not _NAME.fullmatch(database) or len(database) > HYPERDRIVE_NAME_BYTES:
        raise ValidationError(
            subject,
            f"must be 1 to {HYPERDRIVE_NAME_BYTES} lower-case letters, digits, `_` and `-`, got {database}",
            "Start it with a letter, and use these characters only.",
        )
    return database


def validate_other_database(server_database: str, new_database: str, *, subject: str) -> str:
    """Returns the existing database of the server, which must not be the new one, because the new one is dropped."""
    if new_database == server_database:
        raise ValidationError(
            subject,
            f"must differ from the origin's database, {new_database}, because it is dropped with this stack",
            "Give the new database another name, such as the stack's name.",
        )
    return server_database
