"""Settings of one emulator."""

import enum
from dataclasses import dataclass, field
from pathlib import Path

RESERVED_CONNECTIONS = 5
"""Direct connections that Prisma reserves.

Source: https://www.prisma.io/docs/postgres/database/connection-pooling (2026-11-21). The documentation does not define
whether the plan's number includes them. Here it does.
"""


@dataclass(frozen=True)
class ConnectionLimits:
    """Limits of connections to one database."""

    direct: int
    pooled: int


class Plan(enum.StrEnum):
    """The plan of the workspace."""

    FREE = "free"
    STARTER = "starter"
    PRO = "pro"
    BUSINESS = "business"

    @property
    def connections(self) -> ConnectionLimits:
        """The limits for clients."""
        limits = CONNECTIONS[self]
        return ConnectionLimits(limits.direct - RESERVED_CONNECTIONS, limits.pooled)

    @property
    def backup_days(self) -> int:
        """The days for which Prisma keeps a backup.

        Source: https://www.prisma.io/docs/postgres/database/backups (2026-11-21)
        """
        return {Plan.FREE: 0, Plan.BUSINESS: 30}.get(self, 7)


# https://www.prisma.io/docs/postgres/database/connection-pooling (2026-11-21)
CONNECTIONS = {
    Plan.FREE: ConnectionLimits(direct=10, pooled=50),
    Plan.STARTER: ConnectionLimits(direct=10, pooled=50),
    Plan.PRO: ConnectionLimits(direct=50, pooled=250),
    Plan.BUSINESS: ConnectionLimits(direct=100, pooled=500),
}


@dataclass(frozen=True)
class Settings:
    """Settings of one emulator."""

    store: Path
    """File for the state."""
    service_token: str = field(repr=False)
    """The only token that the API accepts."""
    plan: Plan = Plan.FREE
    reads_until_ready: int = 2
    """Number of reads that return a new database as `provisioning`. It rejects logins until it is `ready`."""
    reads_until_revoked: int = 1
    """Number of reads of a rotated connection until its old credentials are revoked."""
    databases_port: int | None = None
    """Port that routes each login to the database of the user. None: no such port."""
    max_databases: int | None = None
    """Limit of the plan. None: no limit."""
