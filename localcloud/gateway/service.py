"""The service that represents Hyperdrive: a connection pool for each Hyperdrive configuration."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import httpx

from localcloud import node
from localcloud.credentials import Credentials
from localcloud.errors import LocalCloudError
from localcloud.gateway.control import GatewayControl
from localcloud.gateway.pools import Pools
from localcloud.ports import Ports
from localcloud.service import Launch, Report, Service
from localcloud.state_directory import StateDirectory

SOURCES = Path(__file__).resolve().parent
HEALTH_TIMEOUT_SECONDS = 4.0


@dataclass(frozen=True)
class PoolFigures:
    """The connections of one pool."""

    label: str
    """Name of the Hyperdrive configuration."""
    clients: int
    """Connected clients, with those that wait."""
    waiting: int
    in_use: int
    """Connections to the database that a client uses."""
    open: int
    """Connections to the database, with idle ones."""
    limit: int
    queries: Mapping[str, int]
    """Queries since the gateway started, by Hyperdrive's value of `cacheStatus`: `hit`, `miss`, `disabled`, ..."""


@dataclass(frozen=True)
class Gateway(Service):
    """The gateway. Its port is a control API, which needs a bearer token. Pools listen on other ports."""

    state_directory: StateDirectory
    wait_seconds: float = 15.0
    """Time that a client waits for a connection (Hyperdrive's limits page, November 2026)."""
    idle_seconds: float = 600.0
    """Time after which an idle connection to the database is closed (same source)."""
    retirement_seconds: float = 70.0
    """Time for which a replaced pool still serves: longer than a request of a Worker takes."""

    name: ClassVar[str] = "gateway"
    ports: ClassVar[tuple[str, ...]] = ("gateway",)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{Ports(self.state_directory).of('gateway')}"

    @property
    def token(self) -> str:
        """The bearer token of the control API: a secret."""
        return Credentials.of(self.state_directory).gateway_token

    def pools(self) -> Pools:
        """Returns a client of the running gateway."""
        return Pools(self.url, self.token)

    @property
    def control(self) -> GatewayControl:
        """Returns a client of the control API of the running gateway."""
        return GatewayControl(self.url, self.token)

    def figures(self) -> list[PoolFigures]:
        """Returns the figures of each pool, by name. A gateway that does not run has none."""
        try:
            url = f"{self.url}/pools"  # fails before the first start, when there is no token
            headers = {"authorization": f"Bearer {self.token}"}
            response = httpx.get(url, headers=headers, timeout=HEALTH_TIMEOUT_SECONDS, trust_env=False)
            pools = response.raise_for_status().json()["pools"]
        except (httpx.HTTPError, LocalCloudError):
            return []
        names = {"label": "label", "clients": "clients", "waiting": "waiting", "in_use": "inUse"}
        names |= {"open": "open", "limit": "limit", "queries": "queries"}
        found = [PoolFigures(**{field: pool[name] for field, name in names.items()}) for pool in pools]
        return sorted(found, key=lambda each: each.label)

    def prepare(self, report: Report) -> None:
        node.ensure_packages(report)

    def launch(self, ports: Mapping[str, int]) -> Launch:
        options = {
            "port": ports["gateway"],
            "wait-seconds": self.wait_seconds,
            "idle-seconds": self.idle_seconds,
            "retirement-seconds": self.retirement_seconds,
        }
        pairs = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        environment = {"PATH": "/usr/bin:/bin", "LOCALCLOUD_GATEWAY_TOKEN": self.token}
        command = (str(node.program()), str(SOURCES / "server.mjs"), *pairs)
        return Launch(command, environment, directory=self.state_directory.path, sources=(SOURCES,))

    def is_healthy(self, ports: Mapping[str, int]) -> bool:
        try:
            url = f"http://127.0.0.1:{ports['gateway']}/health"
            return httpx.get(url, timeout=HEALTH_TIMEOUT_SECONDS, trust_env=False).is_success
        except httpx.HTTPError:
            return False
