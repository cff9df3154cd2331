"""What a Prisma Postgres database may be, and what contradicts what. Pure."""

import re
from collections.abc import Callable, Collection

from edge_postgres.core.errors import Refusal
from edge_postgres.core.numbers import to_int
from edge_postgres.origin.limits import PRISMA_RESERVED_CONNECTIONS
from edge_postgres.origins.prisma.limits import MAX_CONNECTIONS, PrismaPlan


def checked_region(subject: str, region: str) -> str:
    """A region's id. Which ones there are, Prisma itself tells when the database is checked."""
    if not re.fullmatch(r"[a-z]+(-[a-z]+)+-[0-9]+", region):
        raise Refusal(
            subject, f"is {region}, which is no region", "Name one near the audience, such as `eu-central-1`."
        )
    return region


def refuse_contradictions(stated: Collection[str], spelled: Callable[[str], str]) -> None:
    """Raises ``Refusal`` where arguments name two projects, or a backup of no database.

    ``spelled`` gives an argument's name as the user writes it.
    """
    if "project_id" in stated and "project_name" in stated:
        raise Refusal(
            spelled("project_name"),
            f"stands beside `{spelled('project_id')}`; a project that is there has a name already",
            "Leave it out, or leave the project out to make a new one.",
        )
    if "source_backup_id" in stated and "source_database_id" not in stated:
        raise Refusal(
            spelled("source_backup_id"),
            f"is stated without `{spelled('source_database_id')}`",
            "Name the database that the backup is of.",
        )


def connections_of(subject: str, plan: PrismaPlan, max_connections: float | None = None) -> tuple[int, int]:
    """How many connections a database accepts in all, and how many of them Prisma keeps."""
    most = MAX_CONNECTIONS[plan] if max_connections is None else to_int(subject, max_connections)
    return int(most), int(PRISMA_RESERVED_CONNECTIONS)
