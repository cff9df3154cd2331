"""The emulator of Prisma's serverless service, which runs SQL statements that arrive by HTTP or WebSocket."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from localcloud import node
from localcloud.certificates import Certificates
from localcloud.credentials import Credentials
from localcloud.emulator import Emulator
from localcloud.ports import Ports
from localcloud.service import Launch, Report

SOURCES = Path(__file__).resolve().parent / "serverless"


@dataclass(frozen=True)
class PrismaServerless(Emulator):
    """The service that the driver `@prisma/ppg` finds at the host of a connection string.

    The driver calls ``https://HOST/v0/statement`` and ignores the port of the connection string. The Prisma emulator
    returns connection strings with the host 127.0.0.1, and the Workers runtime forwards requests for that host to this
    service. A Worker therefore gets the direct connection string unchanged:
    ``postgres://USER:PASSWORD@127.0.0.1:PORT/postgres``. The databases are those of the Prisma emulator.
    """

    name: ClassVar[str] = "serverless"
    ports: ClassVar[tuple[str, ...]] = ("serverless",)
    base_path: ClassVar[str] = "/v0"

    @property
    def key(self) -> str:
        return Credentials.of(self.state_directory).prisma_service_token

    def set_latency(self, milliseconds: float) -> None:
        """Delays each message of a client by 0 to 60,000 milliseconds, to emulate a distant client."""
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
            str(Ports(self.state_directory).of("prisma-databases")),
            "--ca",
            str(Certificates.ensure(self.state_directory.folder("certificates")).ca_file),
        )
        environment = {"PATH": "/usr/bin:/bin", "LOCALCLOUD_SERVERLESS_KEY": self.key}
        return Launch(command, environment, directory=self.state_directory.path, sources=(SOURCES,))
