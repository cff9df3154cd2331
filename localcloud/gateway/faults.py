"""Fault injection for one Hyperdrive configuration: failures of its database, and of the network to it."""

import enum
from dataclasses import dataclass
from typing import Any


class DatabaseState(enum.StrEnum):
    """A state in which a database does not serve as usual."""

    DOWN = "down"
    """It refuses connections, and open connections are lost."""
    FULL = "full"
    """It rejects new connections, because others have all of them. Connections in use are kept until they are free."""
    RESTARTING = "restarting"
    """It ends all connections, and rejects new ones."""
    FAILING_OVER = "failing-over"
    """All connections are lost, and new ones reach a server that accepts only reads."""
    WRONG_CREDENTIALS = "wrong-credentials"
    """The password is wrong for new connections. Connections in use are kept until they are free."""


@dataclass(frozen=True)
class OriginFaults:
    """The injected faults of one configuration. Without arguments: none."""

    latency_ms: float = 0
    """Delay of each message to the database, and of each message from it."""
    slow_ms: float = 0
    """Further delay of each message from the database, while its connection is in use."""
    reset_rate: float = 0
    """Share of the queries, 0 to 1, whose connection is reset before the response. The database has run the query."""
    limit_reached: bool = False
    """No client gets a connection, as if all connections of the pool were in use."""
    database: DatabaseState | None = None

    def content(self) -> dict[str, Any]:
        """Returns the injected faults as JSON for the gateway."""
        return {
            "latencyMs": self.latency_ms,
            "slowMs": self.slow_ms,
            "resetRate": self.reset_rate,
            "limitReached": self.limit_reached,
            "database": self.database,
        }
