"""Settings of one emulator."""

from dataclasses import dataclass, field
from pathlib import Path

from edge_postgres.origins.neon.compute_rules import connections_of
from edge_postgres.origins.neon.limits import NeonPlan

RESERVED_CONNECTIONS = 7
POOLER_CLIENTS = 10_000


@dataclass(frozen=True)
class Rate:
    """Rate limits. Source: https://neon.com/docs/reference/api (2026-11-21)."""

    per_minute: int = 700
    """Requests per minute in total."""
    per_second: int = 40
    """Requests per second of one route."""


@dataclass(frozen=True)
class Settings:
    """Settings of one emulator."""

    store: Path
    """File for the state."""
    api_key: str = field(repr=False)
    """The only key that the API accepts."""
    operation_reads: int = 2
    """Number of reads until an operation has advanced from `scheduling` to `finished`."""
    operation_delay_seconds: float = 0.0
    """Minimum duration of each status of an operation."""
    rate: Rate | None = None
    """Rate limits. None: no limits."""
    personal_key: bool = False
    """Whether the key is a personal key, which requires `org_id`. Otherwise it is an organization key."""
    plan: NeonPlan = NeonPlan.SCALE
    """The plan of the organization, whose limits are enforced."""
    max_connections: int | None = None
    """Maximum of every compute, below Neon's number. None: Neon's number, which may be above that of this machine."""

    def connections(self, min_cu: float, max_cu: float) -> int:
        """Returns the connections for clients of a compute, by its smallest and largest compute units."""
        accepted = connections_of(min_cu, max_cu)
        return max(min(accepted, self.max_connections or accepted) - RESERVED_CONNECTIONS, 0)
