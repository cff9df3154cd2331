"""Validation of the arguments for a Prisma Postgres database. The functions use neither Pulumi nor Prisma's API."""

import re
from collections.abc import Mapping

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.origin.limits import PRISMA_RESERVED_CONNECTIONS
from edge_postgres.origins.prisma.limits import MAX_CONNECTIONS, PrismaPlan


def validate_region(region: str, *, subject: str) -> str:
    """Returns the region unchanged. Raises `ValidationError` for a value without the form of a region.

    The provider checks later whether Prisma has the region.
    """
    if not re.fullmatch(r"[a-z]+(-[a-z]+)+-[0-9]+", region):
        raise ValidationError(
            subject, f"must be a region of Prisma, got {region}", "Set a region such as `eu-central-1`."
        )
    return region


def reject_contradictions(args: Mapping[str, object], *, subject: str) -> None:
    """Rejects arguments that contradict each other.

    Raises:
        ValidationError: An existing project gets a name, or the database of a backup is missing.
    """
    reject_named_existing_project(
        args.get("project_id"), args.get("project_name"), setting="project_id", subject=f"{subject}.project_name"
    )
    if "source_backup_id" in args and "source_database_id" not in args:
        raise ValidationError(
            f"{subject}.source_backup_id",
            "requires `source_database_id`",
            "Set the ID of the database from which the backup was created.",
        )


def reject_named_existing_project(project_id: object, project_name: object, *, setting: str, subject: str) -> None:
    """Raises `ValidationError` if the ID of an existing project and a name for it are both set.

    Args:
        project_id: ID of the existing project, or None.
        project_name: Name for a new project, or None.
        setting: The argument or setting by which the user sets ``project_id``. The message contains it.
        subject: Path of the argument or setting by which the user sets ``project_name``. The message begins with it.
    """
    if project_id is not None and project_name is not None:
        raise ValidationError(
            subject,
            f"cannot be combined with `{setting}`, because an existing project already has a name",
            f"Omit this name, or omit `{setting}` to create a project.",
        )


def connections_of(plan: PrismaPlan, max_connections: float | None = None, *, subject: str) -> tuple[int, int]:
    """Returns two numbers: the connections that a database accepts in total, and those that Prisma reserves."""
    most = MAX_CONNECTIONS[plan] if max_connections is None else to_int(max_connections, subject=subject)
    return int(most), int(PRISMA_RESERVED_CONNECTIONS)
