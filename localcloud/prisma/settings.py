"""How one emulator behaves."""

import enum
from dataclasses import dataclass, field
from pathlib import Path

RESERVED_CONNECTIONS = 5
"""Of the direct ones, for Prisma itself: https://www.prisma.io/docs/postgres/database/connection-pooling (2026-11-21).

Whether the plan's number includes them is not said: here it does.
"""


@dataclass(frozen=True)
class ConnectionLimits:
    """Connections to one database."""

    direct: int
    pooled: int


class Plan(enum.StrEnum):
    """What the workspace pays for."""

    FREE = "free"
    STARTER = "starter"
    PRO = "pro"
    BUSINESS = "business"

    @property
    def connections(self) -> ConnectionLimits:
        """Those that are left for clients."""
        limits = CONNECTIONS[self]
        return ConnectionLimits(limits.direct - RESERVED_CONNECTIONS, limits.pooled)


# https://www.prisma.io/docs/postgres/database/connection-pooling (2026-11-21)
CONNECTIONS = {
    Plan.FREE: ConnectionLimits(direct=10, pooled=50),
    Plan.STARTER: ConnectionLimits(direct=10, pooled=50),
    Plan.PRO: ConnectionLimits(direct=50, pooled=250),
    Plan.BUSINESS: ConnectionLimits(direct=100, pooled=500),
}


@dataclass(frozen=True)
class Settings:
    store: Path
    """The file that keeps the state."""
    service_token: str = field(repr=False)
    """The only token that is taken."""
    plan: Plan = Plan.FREE
    looks_until_ready: int = 2
    """How many answers show a new database as `provisioning`. Until it is `ready` it lets nobody in."""
    looks_until_revoked: int = 1
    """How many answers show a rotated connection before its old credentials end."""
    databases_port: int | None = None
    """Leads to all databases, each client to that of its user; None: there is none."""
    most_databases: int | None = None
    """Where the plan's limit is; None: nowhere."""
