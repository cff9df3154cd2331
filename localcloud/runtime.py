"""The part that runs Workers: Cloudflare's own runtime, workerd, behind a server of ours on Node."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import httpx

from localcloud import node
from localcloud.certificates import Certificates
from localcloud.credentials import Credentials
from localcloud.home import Home
from localcloud.part import Launch, Part, Report
from localcloud.ports import Ports

SOURCES = Path(__file__).resolve().parent / "workers"
HEALTH_TIMEOUT_SECONDS = 4.0


@dataclass(frozen=True)
class WorkerRuntime(Part):
    """Public port: requests, dispatched by host. Control port: which Workers run, and KV values; bearer token."""

    home: Home
    patience_seconds: int = 60
    """A Worker that sends nothing for so long is given up."""

    name: ClassVar[str] = "workers"
    ports: ClassVar[tuple[str, ...]] = ("workers", "workers-control")

    def prepare(self, report: Report) -> None:
        node.ensure_packages(report)

    def launch(self, ports: Mapping[str, int]) -> Launch:
        command = (
            str(node.program()),
            str(SOURCES / "runtime.mjs"),
            "--port",
            str(ports["workers"]),
            "--control-port",
            str(ports["workers-control"]),
            "--persist",
            str(self.home.path / "workers"),
            "--patience-seconds",
            str(self.patience_seconds),
        )
        environment = {
            "PATH": "/usr/bin:/bin",
            "LOCALCLOUD_RUNTIME_TOKEN": Credentials.of(self.home).runtime_token,
            # Sockets of Workers trust public authorities, and this one: the local Postgres's.
            "NODE_EXTRA_CA_CERTS": str(Certificates.ensure(self.home.folder("certificates")).ca_file),
            **self._outbound(),
        }
        return Launch(command, environment, directory=self.home.folder("workers"), sources=(SOURCES,))

    def _outbound(self) -> dict[str, str]:
        """Where requests to Prisma's serverless service go; nothing where its stand-in is no part of this cloud."""
        port = Ports(self.home).known().get("serverless")
        return {"LOCALCLOUD_SERVERLESS": f"127.0.0.1:{port}"} if port else {}

    def is_healthy(self, ports: Mapping[str, int]) -> bool:
        try:
            return self.client(ports).get("/health").is_success
        except httpx.HTTPError:
            return False

    def client(self, ports: Mapping[str, int]) -> httpx.Client:
        """The control API."""
        return httpx.Client(
            base_url=f"http://127.0.0.1:{ports['workers-control']}",
            headers={"authorization": f"Bearer {Credentials.of(self.home).runtime_token}"},
            timeout=HEALTH_TIMEOUT_SECONDS,
            trust_env=False,  # a proxy does not lead to this machine
        )
