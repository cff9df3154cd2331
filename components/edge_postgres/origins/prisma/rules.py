"""Validation of the arguments for a Prisma Postgres database, without any access to Pulumi or Prisma."""

import re
from collections.abc import Callable, Collection

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.origin.limits import PRISMA_RESERVED_CONNECTIONS
from edge_postgres.origins.prisma.limits import MAX_CONNECTIONS, PrismaPlan


def validate_region(region: str, *, subject: str) -> str:
    """Returns the id of a region. Whether Prisma has the region is known when the engine checks the database."""
    if not re.fullmatch(r"[a-z]+(-[a-z]+)+-[0-9]+", region):
        raise ValidationError(subject, f"must be a region of Prisma, got {region}", "Set one such as `eu-central-1`.")
    return region


def reject_contradictions(names: Collection[str], path_of: Callable[[str], str]) -> None:
    """Raises `ValidationError` if arguments contradict each other.

    Args:
        names: The names of the arguments that are set.
        path_of: Returns the path of an argument as the user writes it.
    """
    if "project_id" in names and "project_name" in names:
        raise ValidationError(
            path_of("project_name"),
            f"cannot be combined with `{path_of('project_id')}`, because an existing project has a name",
            f"Omit it, or omit `{path_of('project_id')}` to create a project.",
        )
    if "source_backup_id" in names and "source_database_id" not in names:
        raise ValidationError(
            path_of("source_backup_id"),
            f"requires `{path_of('source_database_id')}`",
            "Set the id of the database that the backup belongs to.",
        )


def connections_of(plan: PrismaPlan, max_connections: float | None = None, *, subject: str) -> tuple[int, int]:
    """Returns the number of connections that a database accepts in all, and how many of them Prisma reserves."""
    most = MAX_CONNECTIONS[plan] if max_connections is None else to_int(max_connections, subject=subject)
    return int(most), int(PRISMA_RESERVED_CONNECTIONS)
