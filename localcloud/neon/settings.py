"""How one emulator behaves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

# By compute units: https://neon.com/docs/connect/connection-pooling (2026-11-21).
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
    """https://neon.com/docs/reference/api (2026-11-21)."""

    per_minute: int = 700
    """In all."""
    per_second: int = 40
    """Of one route."""


@dataclass(frozen=True)
class Settings:
    store: Path
    """The file that keeps the state."""
    api_key: str = field(repr=False)
    """The only key that is taken."""
    operation_looks: int = 2
    """How many looks an operation takes from `scheduling` to `finished`."""
    operation_delay_seconds: float = 0.0
    """How long each of its states lasts at least."""
    rate: Rate | None = None
    """What is allowed; None: everything."""
    personal_key: bool = False
    """Whether the key is a person's, who has to name an organization; else it is an organization's."""
    max_connections: Mapping[float, int] = field(default_factory=lambda: MAX_CONNECTIONS)
    """Of a compute, by compute units. The server on this machine may take fewer."""

    def connections(self, compute_units: float) -> int:
        """What is left to clients of a compute. Neon goes by the smallest size that autoscaling may choose."""
        known = [size for size in self.max_connections if size <= compute_units] or [min(self.max_connections)]
        return max(self.max_connections[max(known)] - RESERVED_CONNECTIONS, 0)
