"""Validation of the names of the two rotating login roles."""

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.limits import HYPERDRIVE_NAME_BYTES


def validate_role_name(role: str, *, subject: str) -> str:
    """Returns the name of a slot's role unchanged. Raises `ValidationError` if the name has more than 63 bytes."""
    if len(role.encode()) > HYPERDRIVE_NAME_BYTES:
        raise ValidationError(
            subject,
            f"must have at most {HYPERDRIVE_NAME_BYTES} bytes with the suffix of a slot, `_a` or `_b`, got {role}",
            f"Set `owner_role` to a name of at most {HYPERDRIVE_NAME_BYTES - 2} bytes.",
        )
    return role
