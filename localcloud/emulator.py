"""The parts that stand in for a vendor's API, and the one for Cloudflare's."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import httpx

from localcloud.credentials import Credentials
from localcloud.errors import LocalCloudError
from localcloud.home import CHECKOUT, Home
from localcloud.part import Launch, Part, Report
from localcloud.pooling import lodging
from localcloud.pooling.program import Program
from localcloud.ports import Ports

EMULATION = Path(__file__).resolve().parent / "emulation"
SOURCES = tuple(EMULATION.with_name(name) for name in ("emulation", "cloudflare", "pooling"))
WITHOUT_PGBOUNCER = (
    "there is no PgBouncer on this machine: Workers connect to databases directly, without Hyperdrive's pool and limit"
)
TIMEOUT_SECONDS = 4.0


@dataclass(frozen=True)
class Emulator(Part):
    """A stand-in for an API, with endpoints of its own below `/__localcloud/`."""

    home: Home

    base_path: ClassVar[str]
    """Where the API begins."""

    @property
    def base_url(self) -> str:
        """What takes the place of the vendor's own address."""
        return f"http://127.0.0.1:{Ports(self.home).of(self.ports[0])}{self.base_path}"

    @property
    def key(self) -> str:
        """The one key that it takes: a secret."""
        raise NotImplementedError

    def is_healthy(self, ports: Mapping[str, int]) -> bool:
        try:
            url = _own(ports[self.ports[0]], "health")
            return httpx.get(url, timeout=TIMEOUT_SECONDS, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    def control(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Calls an endpoint of its own. Raises ``httpx.HTTPError``."""
        return httpx.request(
            method,
            _own(Ports(self.home).of(self.ports[0]), path),
            headers={"authorization": f"Bearer {self.key}"},
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
            **options,
        ).raise_for_status()

    def requests(self) -> list[dict[str, Any]]:
        """The requests it answered, oldest first, without secrets."""
        try:
            requests: list[dict[str, Any]] = self.control("GET", "requests").json()["requests"]
        except httpx.HTTPError:
            raise LocalCloudError(
                f"The local cloud's part `{self.name}` does not answer, and it alone knows its requests. "
                "Use `python -m localcloud up`."
            ) from None
        return requests


@dataclass(frozen=True)
class CloudflareEmulator(Emulator):
    name: ClassVar[str] = "cloudflare"
    ports: ClassVar[tuple[str, ...]] = ("cloudflare",)
    base_path: ClassVar[str] = "/client/v4"
    pooled: bool = True
    """Whether Workers get at databases through pools, where this machine has PgBouncer."""
    # Its store says which Workers run; a runtime that starts anew has to be told.
    restarts_with: ClassVar[tuple[str, ...]] = ("workers",)

    @property
    def key(self) -> str:
        return Credentials.of(self.home).api_token

    def prepare(self, report: Report) -> None:
        program = self._pgbouncer
        if program:
            lodging.prepare(self.home)
            words = program.gaps
        else:
            words = [WITHOUT_PGBOUNCER] if self.pooled else []
        for word in words:
            report(f"{self.name}: {word}")

    def launch(self, ports: Mapping[str, int]) -> Launch:
        known = Ports(self.home)
        credentials = Credentials.of(self.home)
        command = (
            sys.executable,
            "-m",
            "localcloud.cloudflare",
            "--port",
            str(ports["cloudflare"]),
            "--store",
            str(self.home.path / "cloudflare.json"),
            "--public-port",
            str(known.of("workers")),
            "--runtime",
            f"http://127.0.0.1:{known.of('workers-control')}",
            "--allow-loopback-origins",
            *self._pool_options(),
        )
        environment = {
            "PATH": "/usr/bin:/bin",
            "LOCALCLOUD_RUNTIME_TOKEN": credentials.runtime_token,
            "LOCALCLOUD_API_TOKEN": credentials.api_token,
        }
        return Launch(command, environment, directory=CHECKOUT, sources=SOURCES)

    @property
    def _pgbouncer(self) -> Program | None:
        return Program.find() if self.pooled else None

    def _pool_options(self) -> tuple[str, ...]:
        program = self._pgbouncer
        return ("--pgbouncer", str(program.path), "--pools", str(lodging.pools_folder(self.home))) if program else ()


def _own(port: int, path: str) -> str:
    return f"http://127.0.0.1:{port}/__localcloud/{path}"
