"""How one emulator behaves."""

import enum
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class HyperdriveLimits:
    """What an account may ask of Hyperdrive.

    Source: https://developers.cloudflare.com/hyperdrive/platform/limits/ (October 2026); the paid ceiling is that of
    the changelog entry of 2026-09-10.
    """

    connection_ceiling: int
    default_connections: int
    configurations: int


class Plan(enum.StrEnum):
    """The Workers plan of every account."""

    FREE = "free"
    PAID = "paid"

    @property
    def hyperdrive(self) -> HyperdriveLimits:
        return HYPERDRIVE_LIMITS[self]


class TunnelStatus(enum.StrEnum):
    """Whether connectors run a tunnel.

    https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/monitor-tunnels/
    (November 2026)
    """

    INACTIVE = "inactive"
    """None has ever run."""
    DEGRADED = "degraded"
    HEALTHY = "healthy"
    DOWN = "down"
    """All are gone."""

    @property
    def is_connected(self) -> bool:
        return self in (TunnelStatus.DEGRADED, TunnelStatus.HEALTHY)


HYPERDRIVE_LIMITS = {
    Plan.FREE: HyperdriveLimits(connection_ceiling=20, default_connections=20, configurations=10),
    Plan.PAID: HyperdriveLimits(connection_ceiling=1500, default_connections=60, configurations=25),
}


@dataclass(frozen=True)
class Settings:
    store: Path
    """The file that keeps the state."""
    api_token: str = field(repr=False)
    """The only token that is taken."""
    plan: Plan = Plan.PAID
    public_port: int = 0
    """Where Workers answer."""
    allow_loopback_origins: bool = False
    """The real API refuses every address that is not public; the local cloud's own Postgres has none."""
    trust_private_origins: bool = False
    """Whether an origin behind Access or a VPC service is taken unseen, without its tunnel and its database."""
    tunnel_status: TunnelStatus = TunnelStatus.INACTIVE
    """What a tunnel begins with. No connector runs here: with `healthy` it is as if one did at once."""
    keep_undeclared_secrets: bool = False
    """Whether a secret that an upload does not list stays. Reports about the real API disagree."""
    connect_timeout_seconds: float = 15.0
    """What Hyperdrive gives a database to let it in: https://developers.cloudflare.com/hyperdrive/platform/limits/."""
    zones: tuple[str, ...] = ("example.com", "example.net", "example.org")
    """Zones that are listed, and whose routes must stay below their names."""
