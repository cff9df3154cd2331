"""Settings of one emulator."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

# Connection limits by compute units: https://neon.com/docs/connect/connection-pooling (2026-11-21).
MAX_CONNECTIONS = {
    0.25: 104,
    0.5: 209,
    1: 419,
    2: 839,
    3: 1258,
    4: 1678,
    5: 2098,
    6: 2517,
    7: 2937,
    8: 3357,
    9: 4000,
}
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
    max_connections: Mapping[float, int] = field(default_factory=lambda: MAX_CONNECTIONS)
    """Connection limit of a compute by compute units. The server on this machine may have a lower limit."""

    def connections(self, compute_units: float) -> int:
        """Returns the connections for clients of a compute. Neon uses the minimum size of autoscaling."""
        known = [size for size in self.max_connections if size <= compute_units] or [min(self.max_connections)]
        return max(self.max_connections[max(known)] - RESERVED_CONNECTIONS, 0)
