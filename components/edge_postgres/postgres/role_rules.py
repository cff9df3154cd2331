"""Validation of the names of the two rotating login roles and of their group role."""

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.limits import HYPERDRIVE_NAME_BYTES

VENDOR_ADMINISTRATORS = (
    *("rds_superuser", "cloudsqlsuperuser", "alloydbsuperuser", "neon_superuser", "azure_pg_admin"),
    *("rdsadmin", "cloudsqladmin", "cloud_admin", "supabase_admin", "postgres"),
)
"""Roles that administrate a server: those of vendors, and the usual first role. A member of one can do so too."""


def validate_owner_role(owner_role: str, admin: str | None, *, subject: str, shown: bool = True) -> str:
    """Returns the name of the group role unchanged.

    Args:
        owner_role: Name of the group role, as which the Workers act.
        admin: Name of the role that creates the login roles; None if unknown.
        subject: Path of the setting.
        shown: Whether the message contains the name, which can be part of a secret connection string.

    Raises:
        ValidationError: The group role is the administrator, or an administrator of a vendor.
    """
    if owner_role == admin or owner_role in VENDOR_ADMINISTRATORS:
        raise ValidationError(
            subject,
            "cannot be an administrator of the server, because the Workers would act as the administrator"
            + (f", got {owner_role}" if shown else ""),
            "Set another role, such as `app_owner`. A missing role is created, and becomes the owner of the tables.",
        )
    return owner_role


def reject_same_role(a: object, b: object, *, subject: str) -> None:
    """Raises `ValidationError` if both slots have the same role. An Output is not compared."""
    if isinstance(a, str) and a == b:
        raise ValidationError(
            subject,
            f"must name two roles, got {a} in both slots",
            "Set two different roles, because one role keeps its password while the other password changes.",
        )


def validate_role_name(role: str, *, subject: str) -> str:
    """Returns the name of a slot's role unchanged. Raises `ValidationError` if the name has more than 63 bytes."""
    if len(role.encode()) > HYPERDRIVE_NAME_BYTES:
        raise ValidationError(
            subject,
            f"must have at most {HYPERDRIVE_NAME_BYTES} bytes with the suffix of a slot, `_a` or `_b`, got {role}",
            f"Set `owner_role` to a name of at most {HYPERDRIVE_NAME_BYTES - 2} bytes.",
        )
    return role
