"""Validation of the arguments for Neon projects, branches and computes, without Pulumi and without Neon's API."""

from collections.abc import Collection, Mapping

from edge_postgres.core.args import did_you_mean
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int, to_int_within
from edge_postgres.origins.neon.limits import (
    MAX_EXPIRY_SECONDS,
    MAX_HISTORY_SECONDS,
    NEWEST_POSTGRES,
    OLDEST_POSTGRES,
    PROTECTED_BRANCHES,
    NeonPlan,
)

DEFAULT_BRANCH = "main"
DEFAULT_DATABASE = "neondb"
DEFAULT_USER = "hyperdrive"
DEFAULT_POSTGRES_VERSION = 17
DEFAULT_PLAN = NeonPlan.SCALE
"""The plan with the highest limits, so that without a plan no setting is rejected that Neon accepts on some plan."""

# Source, which was not checked: https://neon.com/docs/introduction/regions. Neon ended its regions at Azure on
# 2026-08-27.
REGIONS = (
    "aws-us-east-1",
    "aws-us-east-2",
    "aws-us-west-2",
    "aws-eu-central-1",
    "aws-eu-west-2",
    "aws-ap-southeast-1",
    "aws-ap-southeast-2",
    "aws-sa-east-1",
)

# Arguments that apply only to a new project, only to an existing project, and only to a branch that the stack creates.
NEW_PROJECT_ONLY = ("region", "postgres_version", "organization", "project_name", "history_retention_seconds")
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


def validate_region(region: str, *, subject: str) -> str:
    """Returns the region of a new project. Raises `ValidationError` for a region that Neon does not offer."""
    if region not in REGIONS:
        raise ValidationError(
            subject,
            f"must be one of {', '.join(f'`{each}`' for each in REGIONS)}, got `{region}` (Neon's regions)",
            did_you_mean(region, REGIONS) or "Set one of these regions.",
        )
    return region


def validate_version(version: float, *, subject: str) -> int:
    """Returns the major version of Postgres. Raises `ValidationError` for a version that Neon does not offer."""
    return to_int_within(version, OLDEST_POSTGRES, NEWEST_POSTGRES, "(Neon's versions of Postgres)", subject=subject)


def validate_protection(protected: bool | None, plan: NeonPlan, *, subject: str) -> bool:
    """Returns whether the branch is protected. Raises `ValidationError` on a plan without protected branches."""
    if protected and not PROTECTED_BRANCHES[plan]:
        raise ValidationError(
            subject,
            f"must not be true on the plan `{plan}`, because this plan has no protected branches",
            "Omit the protection, or set `plan` to the plan of the organization.",
        )
    return bool(protected)


def validate_history(seconds: float | None, plan: NeonPlan, *, subject: str) -> int | None:
    """Returns the seconds of history of a project as an integer; None for Neon's default.

    Raises:
        ValidationError: The number is not an integer, or is outside of the range of the plan.
    """
    if seconds is None:
        return None
    number = to_int_within(seconds, 0, MAX_HISTORY_SECONDS[NeonPlan.SCALE], "s (Neon's limit)", subject=subject)
    if number > MAX_HISTORY_SECONDS[plan]:
        raise ValidationError(
            subject,
            f"must be at most {MAX_HISTORY_SECONDS[plan]} s on the plan `{plan}`, got {number} s",
            "Set a shorter time, or set `plan` to the plan of the organization.",
        )
    return number


def validate_expiry(seconds: float | None, *, subject: str) -> int | None:
    """Returns the lifetime of a branch in seconds as an integer; None for a branch that does not expire.

    Raises:
        ValidationError: The lifetime is not more than 0, longer than Neon's maximum, or not an integer.
    """
    if seconds is None:
        return None
    if to_int(seconds, subject=subject) <= 0:
        raise ValidationError(
            subject,
            f"must be more than 0 s, got {seconds:g} s",
            "Set a longer time, or omit the setting to keep the branch.",
        )
    if seconds > MAX_EXPIRY_SECONDS:
        raise ValidationError(
            subject,
            f"must be at most {MAX_EXPIRY_SECONDS} s (30 days), got {seconds:g} s (Neon's limit)",
            "Set a shorter time, or omit the setting to keep the branch.",
        )
    return int(seconds)
