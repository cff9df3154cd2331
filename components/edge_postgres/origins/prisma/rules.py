"""What a Prisma Postgres database may be, and what contradicts what. Pure."""

import re
from collections.abc import Callable, Collection

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.origin.limits import PRISMA_RESERVED_CONNECTIONS
from edge_postgres.origins.prisma.limits import MAX_CONNECTIONS, PrismaPlan


def validate_region(region: str, *, subject: str) -> str:
    """A region's id. Which ones there are, Prisma itself tells when the database is checked."""
    if not re.fullmatch(r"[a-z]+(-[a-z]+)+-[0-9]+", region):
        raise ValidationError(
            subject, f"is {region}, which is no region", "Name one near the audience, such as `eu-central-1`."
        )
    return region


def reject_contradictions(stated: Collection[str], spelled: Callable[[str], str]) -> None:
    """Raises ``ValidationError`` where arguments name two projects, or a backup of no database.

    ``spelled`` gives an argument's name as the user writes it.
    """
    if "project_id" in stated and "project_name" in stated:
        raise ValidationError(
            spelled("project_name"),
            f"stands beside `{spelled('project_id')}`; a project that is there has a name already",
            "Leave it out, or leave the project out to make a new one.",
        )
    if "source_backup_id" in stated and "source_database_id" not in stated:
        raise ValidationError(
            spelled("source_backup_id"),
            f"is stated without `{spelled('source_database_id')}`",
            "Name the database that the backup is of.",
        )


def connections_of(plan: PrismaPlan, max_connections: float | None = None, *, subject: str) -> tuple[int, int]:
    """How many connections a database accepts in all, and how many of them Prisma keeps."""
    most = MAX_CONNECTIONS[plan] if max_connections is None else to_int(max_connections, subject=subject)
    return int(most), int(PRISMA_RESERVED_CONNECTIONS)
