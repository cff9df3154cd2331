"""Validation of the arguments for Neon projects, branches and computes, without Pulumi and without Neon's API."""

from collections.abc import Collection, Mapping

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.origin.rules import validate_length
from edge_postgres.origins.neon.limits import HYPERDRIVE_POSTGRES, MAX_CONNECTIONS

DEFAULT_BRANCH = "main"
DEFAULT_DATABASE = "neondb"
DEFAULT_USER = "hyperdrive"
DEFAULT_POSTGRES_VERSION = 17
SMALLEST_COMPUTE = min(MAX_CONNECTIONS)

# Arguments that apply only to a new project, only to an existing project, and only to a branch that the stack creates.
NEW_PROJECT_ONLY = ("region", "postgres_version", "organization", "project_name")
EXISTING_PROJECT_ONLY = ("parent", "expires_after_seconds", "create_database")
OWN_BRANCH_ONLY = ("parent", "expires_after_seconds", "protected", "min_cu", "max_cu", "suspend_after_seconds")


def reject_contradictions(names: Collection[str], *, settings: Mapping[str, str], subject: str) -> None:
    """Rejects arguments that do not apply to the new or existing project, and a new project without a region.

    Args:
        names: The names of the arguments that are set.
        settings: By the name of each argument of `NeonPostgres`, the setting or the argument that the user sets.
        subject: Path of the component or of the section, for messages.

    Raises:
        ValidationError: An argument does not apply, or the region of a new project is missing.
    """
    project, branch = settings["project_id"], settings["branch"]
    if "project_id" not in names:
        if name := _find_first(EXISTING_PROJECT_ONLY, names):
            raise ValidationError(
                f"{subject}.{settings[name]}",
                f"requires `{project}`, because a new project has only its root branch and one database",
                f"Omit this setting, or set `{project}`.",
            )
        if "region" not in names:
            raise ValidationError(
                f"{subject}.{settings['region']}",
                "is required for a new project",
                f"Set a region such as `aws-eu-central-1`, or set `{project}` to an existing project.",
            )
    elif name := _find_first(NEW_PROJECT_ONLY, names):
        raise ValidationError(
            f"{subject}.{settings[name]}",
            f"cannot be combined with `{project}`, because it applies to a new project only",
            f"Omit this setting, or omit `{project}` to create a project.",
        )
    elif "branch" not in names and (name := _find_first(OWN_BRANCH_ONLY, names)):
        raise ValidationError(
            f"{subject}.{settings[name]}",
            f"requires `{branch}`, because this stack does not change the default branch of an existing project",
            f"Omit this setting, or set `{branch}` to create a separate branch.",
        )


def _find_first(rejected: tuple[str, ...], names: Collection[str]) -> str | None:
    return next((name for name in rejected if name in names), None)


def reject_expiry_of_protected(protected: bool | None, expires_after_seconds: float | None, *, subject: str) -> None:
    """Raises `ValidationError` for a protected branch that expires."""
    if protected and expires_after_seconds is not None:
        raise ValidationError(
            subject,
            "cannot be combined with an expiry, because Neon does not let a protected branch expire",
            "Omit the protection or the expiry.",
        )


def validate_role(user: str, database: str, *, is_new: bool, subject: str) -> str:
    """Returns the name of Hyperdrive's role unchanged.

    Raises:
        ValidationError: The role is the owner of the database in a new project, or the name has a wrong length.
    """
    if is_new and user == owner_of(database):
        raise ValidationError(
            subject,
            f"must differ from {user}, because Neon creates a role with this name as the owner of the database",
            "Set another name for Hyperdrive's role.",
        )
    return validate_length(user, "user name", subject=subject)


def owner_of(database: str) -> str:
    """Returns the name of the role that a new project has as the owner of its database."""
    return f"{database}_owner"


def validate_compute(
    min_cu: float | None, max_cu: float | None, *, upper_bound: str, subject: str
) -> tuple[float, float]:
    """Returns the lower and the upper bound of a compute's size.

    The lower bound is Neon's smallest size by default. The upper bound is equal to the lower bound by default.

    Args:
        min_cu: The lower bound in compute units.
        max_cu: The upper bound in compute units.
        upper_bound: The name of the argument or setting with the upper bound. The message contains it.
        subject: The path of the argument or setting with the lower bound. The message begins with it.

    Raises:
        ValidationError: The lower bound is below Neon's smallest size, or above the upper bound.
    """
    if min_cu is not None and min_cu < SMALLEST_COMPUTE:
        raise ValidationError(
            subject,
            f"must be at least {SMALLEST_COMPUTE:g}, got {min_cu:g} (Neon's smallest compute)",
            "Set 0.25, 0.5, or an integer.",
        )
    least = SMALLEST_COMPUTE if min_cu is None else min_cu
    if max_cu is not None and max_cu < least:
        raise ValidationError(
            subject,
            f"must be at most `{upper_bound}`, which is {max_cu:g}, got {least:g}",
            f"Set `{upper_bound}` to {least:g} or more, or lower the minimum.",
        )
    return least, least if max_cu is None else max_cu


def validate_expiry(seconds: float | None, *, subject: str) -> int | None:
    """Returns the lifetime of a branch in seconds as an integer; None for a branch that does not expire.

    Raises:
        ValidationError: The lifetime is not more than 0, or not an integer.
    """
    if seconds is None:
        return None
    if to_int(seconds, subject=subject) <= 0:
        raise ValidationError(
            subject,
            f"must be more than 0 s, got {seconds:g} s",
            "Set a longer time, or omit the setting to keep the branch.",
        )
    return int(seconds)


def describe_unlisted_version(version: int) -> str | None:
    """Returns a warning about a major version that Cloudflare does not list for Hyperdrive, else None."""
    if version <= HYPERDRIVE_POSTGRES:
        return None
    return (
        f"is {version}, but Cloudflare lists versions up to {HYPERDRIVE_POSTGRES} for Hyperdrive. "
        "Test Hyperdrive with this version before production depends on it."
    )


def connections_of(compute_units: float) -> int:
    """Returns the number of connections that a compute with this number of compute units accepts."""
    return int(MAX_CONNECTIONS[max(size for size in MAX_CONNECTIONS if size <= compute_units)])
