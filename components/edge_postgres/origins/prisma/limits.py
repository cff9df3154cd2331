"""Connection limits of Prisma's plans."""

from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from edge_postgres.core.limit import Limit


class PrismaPlan(StrEnum):
    """The plan of the workspace at Prisma."""

    FREE = "free"
    """The free plan."""
    STARTER = "starter"
    """The Starter plan."""
    PRO = "pro"
    """The Pro plan."""
    BUSINESS = "business"
    """The Business plan."""


if TYPE_CHECKING:
    PrismaPlanInput = PrismaPlan | Literal["free", "starter", "pro", "business"]
else:
    PrismaPlanInput = PrismaPlan


_POOLING = "https://www.prisma.io/docs/postgres/database/connection-pooling"

MAX_CONNECTIONS = {
    plan: Limit(connections, "direct connections to one database", _POOLING, "2026-11-21")
    for plan, connections in (
        (PrismaPlan.FREE, 10),
        (PrismaPlan.STARTER, 10),
        (PrismaPlan.PRO, 50),
        (PrismaPlan.BUSINESS, 100),
    )
}
