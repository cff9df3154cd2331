"""The service that runs Workers: Cloudflare's runtime, workerd, behind a Node server."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import httpx
import psutil

from localcloud import node
from localcloud.certificates import Certificates
from localcloud.credentials import Credentials
from localcloud.ports import Ports
from localcloud.service import VERIFY_OF_HTTP, Launch, Report, Service
from localcloud.state_directory import StateDirectory

SOURCES = Path(__file__).resolve().parent / "workers"
HEALTH_TIMEOUT_SECONDS = 4.0


@dataclass(frozen=True)
class WorkerRuntime(Service):
    """The Workers runtime.

    Requests to the public port are dispatched by host name. The control port, which needs a bearer token, sets the
    Workers to run and their KV values.
    """

    state_directory: StateDirectory
    response_timeout_seconds: int = 60
    """A request fails if its Worker sends nothing for this time."""

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
            str(self.state_directory.path / "workers"),
            "--response-timeout-seconds",
            str(self.response_timeout_seconds),
        )
        certificates = Certificates.ensure(self.state_directory.folder("certificates"))
        environment = {
            "PATH": "/usr/bin:/bin",
            "LOCALCLOUD_RUNTIME_TOKEN": Credentials.of(self.state_directory).runtime_token,
            # Sockets of Workers trust public CAs and this one, which signs the certificate of the local Postgres.
            "NODE_EXTRA_CA_CERTS": str(certificates.ca_file),
            **self._outbound(),
            # Other systems have no second address of this machine.
            **({"LOCALCLOUD_FORWARDING_ADDRESS": certificates.forwarding_address} if psutil.LINUX else {}),
        }
        return Launch(command, environment, directory=self.state_directory.folder("workers"), sources=(SOURCES,))

    def _outbound(self) -> dict[str, str]:
        """Returns the address of Prisma's serverless service, or nothing if this cloud does not run its emulator."""
        port = Ports(self.state_directory).known().get("serverless")
        return {"LOCALCLOUD_SERVERLESS": f"127.0.0.1:{port}"} if port else {}

    def is_healthy(self, ports: Mapping[str, int]) -> bool:
        try:
            return self.client(ports).get("/health").is_success
        except httpx.HTTPError:
            return False

    def client(self, ports: Mapping[str, int]) -> httpx.Client:
        """Returns an HTTP client for the control API."""
        return httpx.Client(
            base_url=f"http://127.0.0.1:{ports['workers-control']}",
            headers={"authorization": f"Bearer {Credentials.of(self.state_directory).runtime_token}"},
            timeout=HEALTH_TIMEOUT_SECONDS,
            trust_env=False,  # a proxy cannot reach this machine
            verify=VERIFY_OF_HTTP,
        )
