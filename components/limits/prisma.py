"""Prisma's numbers."""

from enum import StrEnum

from components.limits import Limit


class PrismaPlan(StrEnum):
    """The plan of the workspace at Prisma."""

    FREE = "free"
    """Free."""
    STARTER = "starter"
    """Starter."""
    PRO = "pro"
    """Pro."""
    BUSINESS = "business"
    """Business."""


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

# The page does not say whether the plan's number holds these already. Here it does: fewer usable ones, the safe side.
RESERVED_CONNECTIONS = Limit(5, "direct connections to one database that Prisma keeps", _POOLING, "2026-11-21")
