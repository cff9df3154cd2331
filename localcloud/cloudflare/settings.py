"""Settings of one emulator."""

import enum
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class HyperdriveLimits:
    """Limits of Hyperdrive for an account.

    Source: https://developers.cloudflare.com/hyperdrive/platform/limits/ (October 2026). The paid ceiling is from the
    changelog entry of 2026-09-10.
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
    """Status of a tunnel, which depends on its connectors.

    https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/monitor-tunnels/
    (November 2026)
    """

    INACTIVE = "inactive"
    """No connector has ever run."""
    DEGRADED = "degraded"
    HEALTHY = "healthy"
    DOWN = "down"
    """All connectors have stopped."""

    @property
    def is_connected(self) -> bool:
        return self in (TunnelStatus.DEGRADED, TunnelStatus.HEALTHY)


HYPERDRIVE_LIMITS = {
    Plan.FREE: HyperdriveLimits(connection_ceiling=20, default_connections=20, configurations=10),
    Plan.PAID: HyperdriveLimits(connection_ceiling=1500, default_connections=60, configurations=25),
}


@dataclass(frozen=True)
class Settings:
    """Settings of one emulator."""

    store: Path
    """File for the state."""
    api_token: str = field(repr=False)
    """The only token that the API accepts."""
    plan: Plan = Plan.PAID
    public_port: int = 0
    """Port of the Workers."""
    allow_loopback_origins: bool = False
    """Whether databases on this machine are accepted. The real API rejects all addresses that are not public."""
    trust_private_origins: bool = False
    """Whether origins behind Access or a VPC service are accepted without a test of their tunnel and database."""
    tunnel_status: TunnelStatus = TunnelStatus.INACTIVE
    """Initial status of tunnels. No connector runs here, and `healthy` simulates one."""
    keep_undeclared_secrets: bool = False
    """Whether a secret that an upload does not list is kept. Reports about the real API are contradictory."""
    connect_timeout_seconds: float = 15.0
    """Hyperdrive's timeout for a connection: https://developers.cloudflare.com/hyperdrive/platform/limits/."""
    zones: tuple[str, ...] = ("example.com", "example.net", "example.org")
    """Zones that are listed. The hosts of their routes must be below their names."""
