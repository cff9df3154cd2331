"""What Prisma's serverless driver talks to: statements by HTTP and WebSocket, on the databases of Prisma's stand-in."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from localcloud import node
from localcloud.certificates import Certificates
from localcloud.credentials import Credentials
from localcloud.emulator import Emulator
from localcloud.part import Launch, Report
from localcloud.ports import Ports

SOURCES = Path(__file__).resolve().parent / "serverless"


@dataclass(frozen=True)
class PrismaServerless(Emulator):
    """What `@prisma/ppg` finds at the host of a connection string.

    The driver asks ``https://HOST/v0/statement`` and ignores the string's port. In what the stand-in for Prisma's
    management API hands out the host is 127.0.0.1; the Worker runtime leads such requests here. So a Worker gets the
    direct string as it is, with the name of its database: ``postgres://USER:PASSWORD@127.0.0.1:PORT/postgres``.
    """

    name: ClassVar[str] = "serverless"
    ports: ClassVar[tuple[str, ...]] = ("serverless",)
    base_path: ClassVar[str] = "/v0"

    @property
    def key(self) -> str:
        return Credentials.of(self.home).prisma_service_token

    def set_latency(self, milliseconds: float) -> None:
        """How much later each message of a client comes, as if from afar: 0 to 60,000."""
        self.control("PUT", "latency", json={"milliseconds": milliseconds})

    def prepare(self, report: Report) -> None:
        node.ensure_packages(report)

    def launch(self, ports: Mapping[str, int]) -> Launch:
        command = (
            str(node.program()),
            str(SOURCES / "server.mjs"),
            "--port",
            str(ports["serverless"]),
            "--databases-port",
            str(Ports(self.home).of("prisma-databases")),
            "--ca",
            str(Certificates.ensure(self.home.folder("certificates")).ca_file),
        )
        environment = {"PATH": "/usr/bin:/bin", "LOCALCLOUD_SERVERLESS_KEY": self.key}
        return Launch(command, environment, directory=self.home.path, sources=(SOURCES,))
