"""Validation of the names of Neon's projects, branches, databases and roles, without Pulumi and without Neon's API."""

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.limits import HYPERDRIVE_NAME_BYTES
from edge_postgres.origin.rules import validate_length
from edge_postgres.origins.neon.limits import MAX_NAME_CHARACTERS

# Sources, which were not checked: https://neon.com/docs/manage/roles and https://neon.com/docs/manage/databases.
RESERVED_ROLE_PREFIX = "pg"
RESERVED_ROLES = frozenset({"neon_superuser", "cloud_admin", "zenith_admin", "public", "none"})
RESERVED_DATABASES = frozenset({"postgres", "template0", "template1"})
_SLOT_SUFFIX_BYTES = len("_a")


def validate_name(name: str, *, subject: str) -> str:
    """Returns the name of a project or a branch. Raises `ValidationError` for an empty or too long name."""
    if not 1 <= len(name) <= MAX_NAME_CHARACTERS:
        raise ValidationError(
            subject,
            f"must have 1 to {MAX_NAME_CHARACTERS} characters, got {len(name)} (Neon's limit)",
            "Set a shorter name." if name else "Set a name, or omit the setting.",
        )
    return name


def validate_role(user: str, database: str, *, is_new: bool, has_slots: bool, subject: str) -> str:
    """Returns the name of Hyperdrive's role unchanged.

    Args:
        user: The name.
        database: The name of the database.
        is_new: Whether the stack creates the project.
        has_slots: Whether the stack creates one role for each slot, whose names end with `_a` and `_b`.
        subject: The path of the setting.

    Raises:
        ValidationError: The role is the owner of the database in a new project, the name is reserved, or the name has a
            wrong length.
    """
    if is_new and user == owner_of(database):
        raise ValidationError(
            subject,
            f"must differ from {user}, because Neon creates a role with this name as the owner of the database",
            "Set another name for Hyperdrive's role.",
        )
    if user.startswith(RESERVED_ROLE_PREFIX) or user in RESERVED_ROLES:
        raise ValidationError(
            subject,
            f"must not begin with `{RESERVED_ROLE_PREFIX}` or be a reserved name, got `{user}` (Neon's rule for roles)",
            "Set another name for Hyperdrive's role.",
        )
    if not has_slots:
        return validate_length(user, "user name", subject=subject)
    most = HYPERDRIVE_NAME_BYTES - _SLOT_SUFFIX_BYTES
    if not 1 <= len(user.encode()) <= most:
        raise ValidationError(
            subject,
            f"must have a user name of 1 to {most} bytes, got {len(user.encode())}, because the name of each role ends "
            "with `_a` or `_b`",
            "Set a shorter user name." if user else "Set the user name.",
        )
    return user


def validate_new_database(database: str, *, subject: str) -> str:
    """Returns the name of a database that is created. Raises `ValidationError` for a name that Neon reserves."""
    if database in RESERVED_DATABASES:
        raise ValidationError(
            subject,
            f"must not be {', '.join(f'`{name}`' for name in sorted(RESERVED_DATABASES))}, got `{database}` "
            "(names that Neon reserves)",
            "Set another name for the database.",
        )
    return database


def owner_of(database: str) -> str:
    """Returns the name of the role that a new project has as the owner of its database."""
    return f"{database}_owner"
