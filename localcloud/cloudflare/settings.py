"""Settings of one emulator."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from edge_postgres.core.limits import ACCOUNT_LIMITS, AccountResource
from edge_postgres.core.plan import Plan as Plan
from edge_postgres.hyperdrive.limits import HYPERDRIVE_CONNECTIONS_CEILING
from localcloud.cloudflare.undeclared import Answer

DEFAULT_CONNECTIONS = {Plan.FREE: 20, Plan.PAID: 60}
"""Connection limit of a Hyperdrive configuration that sets none: https://developers.cloudflare.com/api/ (2026-10)."""


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


@dataclass(frozen=True)
class Settings:
    """Settings of one emulator."""

    store: Path
    """File for the state."""
    api_token: str = field(repr=False)
    """The only token that the API accepts."""
    plan: Plan = Plan.PAID
    """The Workers plan of every account."""
    changed_limits: Mapping[AccountResource, int] = field(default_factory=dict)
    """Limits of an account that differ from those of the plan."""
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
    hidden_version_fields: tuple[str, ...] = ()
    """Fields of versions that the API accepts and does not return. Reports about the real API name `placement`:
    https://github.com/cloudflare/terraform-provider-cloudflare/issues/7206 (read 2026-11-30)."""
    undeclared: Answer | None = None
    """The answer for attributes that a request did not set. None: the answer of the emulator."""
    connect_timeout_seconds: float = 15.0
    """Hyperdrive's timeout for a connection: https://developers.cloudflare.com/hyperdrive/platform/limits/."""
    zones: tuple[str, ...] = ("example.com", "example.net", "example.org")
    """Zones that are listed. The hosts of their routes must be below their names."""

    @property
    def connection_ceiling(self) -> int:
        """The highest connection limit of a Hyperdrive configuration."""
        return HYPERDRIVE_CONNECTIONS_CEILING[self.plan]

    def limit(self, resource: AccountResource) -> int:
        """Returns how many resources of a kind an account, or one of its zones, may have."""
        return self.changed_limits.get(resource, ACCOUNT_LIMITS[resource][self.plan])
