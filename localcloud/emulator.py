"""The services that emulate a vendor's API, and the emulator of Cloudflare's API."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import httpx

from localcloud import external_postgres
from localcloud.certificates import Certificates
from localcloud.credentials import Credentials
from localcloud.errors import LocalCloudError
from localcloud.gateway.pools import CA_VARIABLE
from localcloud.ports import Ports
from localcloud.service import VERIFY_OF_HTTP, Launch, Service
from localcloud.state_directory import CHECKOUT, StateDirectory

EMULATION = Path(__file__).resolve().parent / "emulation"
SOURCES = tuple(EMULATION.with_name(name) for name in ("emulation", "cloudflare", "gateway", "provider"))
TIMEOUT_SECONDS = 4.0


@dataclass(frozen=True)
class Emulator(Service):
    """A service that emulates an API. It has control endpoints below `/__localcloud/`."""

    state_directory: StateDirectory

    base_path: ClassVar[str]
    """Path of the API's root."""

    @property
    def base_url(self) -> str:
        """The URL that replaces the vendor's API URL."""
        return f"http://127.0.0.1:{Ports(self.state_directory).of(self.ports[0])}{self.base_path}"

    @property
    def key(self) -> str:
        """The only key that the API accepts: a secret."""
        raise NotImplementedError

    def is_healthy(self, ports: Mapping[str, int]) -> bool:
        try:
            url = _control_url(ports[self.ports[0]], "health")
            return httpx.get(url, timeout=TIMEOUT_SECONDS, trust_env=False, verify=VERIFY_OF_HTTP).is_success
        except httpx.HTTPError:
            return False

    def control(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Calls a control endpoint. Raises ``httpx.HTTPError``."""
        return httpx.request(
            method,
            _control_url(Ports(self.state_directory).of(self.ports[0]), path),
            headers={"authorization": f"Bearer {self.key}"},
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
            verify=VERIFY_OF_HTTP,
            **options,
        ).raise_for_status()

    def requests(self) -> list[dict[str, Any]]:
        """Returns the requests that it received, oldest first, without secrets."""
        try:
            requests: list[dict[str, Any]] = self.control("GET", "requests").json()["requests"]
        except httpx.HTTPError:
            raise LocalCloudError(
                f"The service `{self.name}` of the local cloud does not respond, so its requests are unavailable. "
                "Run `python -m localcloud up`."
            ) from None
        return requests


@dataclass(frozen=True)
class CloudflareEmulator(Emulator):
    """The emulator of Cloudflare's API."""

    name: ClassVar[str] = "cloudflare"
    ports: ClassVar[tuple[str, ...]] = ("cloudflare",)
    base_path: ClassVar[str] = "/client/v4"
    pooled: bool = True
    """Whether Workers connect to databases through the gateway, which must run."""
    # Its store holds the deployed Workers, which a restarted runtime has to receive again, and the Hyperdrive
    # configurations, for which a restarted gateway has to open pools again. A restarted Postgres can have another CA.
    restarts_with: ClassVar[tuple[str, ...]] = ("workers", "gateway", "postgres")

    @property
    def key(self) -> str:
        return Credentials.of(self.state_directory).api_token

    def launch(self, ports: Mapping[str, int]) -> Launch:
        all_ports = Ports(self.state_directory)
        credentials = Credentials.of(self.state_directory)
        command = (
            sys.executable,
            "-m",
            "localcloud.cloudflare",
            "--port",
            str(ports["cloudflare"]),
            "--store",
            str(self.state_directory.path / "cloudflare.json"),
            "--public-port",
            str(all_ports.of("workers")),
            "--runtime",
            f"http://127.0.0.1:{all_ports.of('workers-control')}",
            "--allow-loopback-origins",
            *(("--gateway", f"http://127.0.0.1:{all_ports.of('gateway')}") if self.pooled else ()),
        )
        environment = {
            "PATH": "/usr/bin:/bin",
            "LOCALCLOUD_RUNTIME_TOKEN": credentials.runtime_token,
            "LOCALCLOUD_GATEWAY_TOKEN": credentials.gateway_token,
            "LOCALCLOUD_API_TOKEN": credentials.api_token,
        }
        if not os.environ.get(external_postgres.VARIABLE):  # a server that the user runs has another CA
            certificates = Certificates.ensure(self.state_directory.folder("certificates"))
            environment[CA_VARIABLE] = str(certificates.ca_file)
        return Launch(command, environment, directory=CHECKOUT, sources=SOURCES)


def _control_url(port: int, path: str) -> str:
    return f"http://127.0.0.1:{port}/__localcloud/{path}"
