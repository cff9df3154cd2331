"""What a Neon project, branch and compute may be, and what contradicts what. Pure."""

from collections.abc import Callable, Collection

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.origin.rules import validate_length
from edge_postgres.origins.neon.limits import HYPERDRIVE_POSTGRES, MAX_CONNECTIONS

DEFAULT_BRANCH = "main"
DEFAULT_DATABASE = "neondb"
DEFAULT_USER = "hyperdrive"
DEFAULT_POSTGRES_VERSION = 17
SMALLEST_COMPUTE = min(MAX_CONNECTIONS)

NEW_PROJECT_ONLY = ("region", "postgres_version", "organization", "project_name")
EXISTING_PROJECT_ONLY = ("parent", "expires_after_seconds", "create_database")
OWN_BRANCH_ONLY = ("parent", "expires_after_seconds", "protected", "min_cu", "max_cu", "suspend_after_seconds")


def reject_contradictions(stated: Collection[str], spelled: Callable[[str], str]) -> None:
    """Raises ``ValidationError`` where arguments name two projects, or speak of what is not this stack's.

    ``spelled`` gives an argument's name as the user writes it.
    """
    project = spelled("project_id")
    if "project_id" not in stated:
        _refuse(
            EXISTING_PROJECT_ONLY, stated, spelled,
            f"is stated without `{project}`; the branch of a new project is its root, which has neither parent nor "
            "end, and its database is made with it",
            f"Leave it out, or name an existing project in `{project}`.",
        )  # fmt: skip
        if "region" not in stated:
            raise ValidationError(
                spelled("region"),
                "is not given",
                f"State where the project shall be, such as `aws-eu-central-1`, or an existing one in `{project}`.",
            )
        return
    _refuse(
        NEW_PROJECT_ONLY, stated, spelled, f"stands beside `{project}`; a project that is there has one already",
        "Leave it out, or leave the project out to make a new one.",
    )  # fmt: skip
    if "branch" not in stated:
        branch = spelled("branch")
        _refuse(
            OWN_BRANCH_ONLY, stated, spelled,
            f"is stated without `{branch}`; the default branch of an existing project is not this stack's to change",
            f"Name a branch of its own in `{branch}`, or leave it out.",
        )  # fmt: skip


def _refuse(
    names: tuple[str, ...], stated: Collection[str], spelled: Callable[[str], str], fault: str, way_out: str
) -> None:
    for name in names:
        if name in stated:
            raise ValidationError(spelled(name), fault, way_out)


def reject_expiry_of_protected(protected: bool | None, *, expires_after_seconds: float | None, subject: str) -> None:
    """Raises ``ValidationError`` for a protected branch that expires."""
    if protected and expires_after_seconds is not None:
        raise ValidationError(
            subject, "stands beside an expiry; Neon does not let a protected branch expire", "State one."
        )


def validate_role(user: str, *, database: str, is_new: bool, subject: str) -> str:
    """The role for Hyperdrive; not the one that a new project makes as the owner of its database."""
    if is_new and user == owner_of(database):
        raise ValidationError(
            subject, f"is {user}, which owns the database and comes with the project", "Give Hyperdrive its own role."
        )
    return validate_length(user, "user name", subject=subject)


def owner_of(database: str) -> str:
    """The role that a new project makes with its database."""
    return f"{database}_owner"


def validate_compute(other: str, *, subject: str, min_cu: float | None, max_cu: float | None) -> dict[str, float]:
    """The bounds between which a compute scales: from the smallest, and not at all, where they are left out.

    ``subject`` is the lower bound, ``other`` the name of the upper one.
    """
    least = SMALLEST_COMPUTE if min_cu is None else min_cu
    most = least if max_cu is None else max_cu
    if least < SMALLEST_COMPUTE:
        raise ValidationError(
            subject,
            f"is {least:g}; the smallest compute has {SMALLEST_COMPUTE:g} CU",
            "Use 0.25, 0.5, or a whole number.",
        )
    if least > most:
        raise ValidationError(subject, f"is {least:g}, more than `{other}`, {most:g}", "Use a range, or one size.")
    return {"min_cu": least, "max_cu": most}


def validate_expiry(seconds: float | None, *, subject: str) -> int | None:
    """Seconds for which a branch lives, or None: it stays."""
    if seconds is None:
        return None
    if to_int(seconds, subject=subject) <= 0:
        raise ValidationError(
            subject, f"is {seconds:g} s", "Use a time above 0, or leave it out for a branch that stays."
        )
    return int(seconds)


def untested(version: int) -> str | None:
    """What is to be said of a major version that Hyperdrive does not list."""
    if version <= HYPERDRIVE_POSTGRES:
        return None
    return f"is {version}; Hyperdrive lists versions up to {HYPERDRIVE_POSTGRES}. Try it before you depend on it."


def connections_of(compute_units: float) -> int:
    """How many connections a compute accepts that has scaled down to ``compute_units``."""
    return int(MAX_CONNECTIONS[max(size for size in MAX_CONNECTIONS if size <= compute_units)])
