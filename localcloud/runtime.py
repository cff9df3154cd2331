"""The part that runs Workers: Cloudflare's own runtime, workerd, behind a server of ours on Node."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import httpx

from localcloud import node
from localcloud.credentials import Credentials
from localcloud.home import Home
from localcloud.part import Launch, Part, Report

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
        }
        return Launch(command, environment, directory=self.home.folder("workers"), sources=(SOURCES,))

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
