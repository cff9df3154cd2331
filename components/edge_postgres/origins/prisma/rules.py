"""Validation of the arguments for a Prisma Postgres database, without any access to Pulumi or Prisma."""

import re
from collections.abc import Mapping

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.origin.limits import PRISMA_RESERVED_CONNECTIONS
from edge_postgres.origins.prisma.limits import MAX_CONNECTIONS, PrismaPlan


def validate_region(region: str, *, subject: str) -> str:
    """Returns the id of a region. Whether Prisma has the region is known when the engine checks the database."""
    if not re.fullmatch(r"[a-z]+(-[a-z]+)+-[0-9]+", region):
        raise ValidationError(subject, f"must be a region of Prisma, got {region}", "Set one such as `eu-central-1`.")
    return region


def reject_contradictions(args: Mapping[str, object], *, subject: str) -> None:
    """Raises `ValidationError` if arguments contradict each other."""
    reject_named_existing_project(
        args.get("project_id"), args.get("project_name"), setting="project_id", subject=f"{subject}.project_name"
    )
    if "source_backup_id" in args and "source_database_id" not in args:
        raise ValidationError(
            f"{subject}.source_backup_id",
            "requires `source_database_id`",
            "Set the id of the database that the backup belongs to.",
        )


def reject_named_existing_project(project_id: object, project_name: object, *, setting: str, subject: str) -> None:
    """Raises `ValidationError` if the ID of an existing project and a name for it are both set.

    Args:
        project_id: The ID, or None.
        project_name: The name, or None.
        setting: The name of the argument or setting with the ID, for the message.
        subject: The path of the name.
    """
    if project_id is not None and project_name is not None:
        raise ValidationError(
            subject,
            f"cannot be combined with `{setting}`, because an existing project has a name",
            f"Omit it, or omit `{setting}` to create a project.",
        )


def connections_of(plan: PrismaPlan, max_connections: float | None = None, *, subject: str) -> tuple[int, int]:
    """Returns the number of connections that a database accepts in all, and how many of them Prisma reserves."""
    most = MAX_CONNECTIONS[plan] if max_connections is None else to_int(max_connections, subject=subject)
    return int(most), int(PRISMA_RESERVED_CONNECTIONS)
