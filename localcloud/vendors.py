"""The emulators of the management APIs of Neon and Prisma, whose databases are on the local Postgres."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from localcloud.certificates import Certificates
from localcloud.credentials import Credentials
from localcloud.emulator import EMULATION, Emulator
from localcloud.external_postgres import ExternalPostgres
from localcloud.postgres import Postgres
from localcloud.service import Launch
from localcloud.state_directory import CHECKOUT


@dataclass(frozen=True)
class VendorEmulator(Emulator):
    """An emulator of the management API of a database vendor."""

    server: Postgres | ExternalPostgres
    """The server with its databases."""
    # A restarted Postgres can have another CA.
    restarts_with: ClassVar[tuple[str, ...]] = ("postgres",)

    def launch(self, ports: Mapping[str, int]) -> Launch:
        certificates = Certificates.ensure(self.state_directory.folder("certificates"))
        options = {
            **self.ports_by_option(ports),
            "store": self.state_directory.path / f"{self.name}.json",
            # The proxy presents the server's certificate, so that channel binding of the client's password works.
            "certificate": certificates.server_certificate,
            "key": certificates.server_key,
        }
        arguments = [argument for name, value in options.items() for argument in (f"--{name}", str(value))]
        environment = {
            "PATH": "/usr/bin:/bin",
            f"LOCALCLOUD_{self.name.upper()}_KEY": self.key,
            "LOCALCLOUD_POSTGRES_ADMIN_URL": self.server.admin_url,
        }
        return Launch(
            (sys.executable, "-m", f"localcloud.{self.name}", *arguments),
            environment,
            directory=CHECKOUT,
            sources=(EMULATION, EMULATION.with_name(self.name)),
        )

    def ports_by_option(self, ports: Mapping[str, int]) -> dict[str, int]:
        """Returns the ports by the name of the command-line option that sets them."""
        return {"port": ports[self.name]}


@dataclass(frozen=True)
class NeonEmulator(VendorEmulator):
    """The emulator of Neon's API."""

    name: ClassVar[str] = "neon"
    ports: ClassVar[tuple[str, ...]] = ("neon",)
    base_path: ClassVar[str] = "/api/v2"

    @property
    def key(self) -> str:
        return Credentials.of(self.state_directory).neon_api_key


@dataclass(frozen=True)
class PrismaEmulator(VendorEmulator):
    """The emulator of Prisma's management API."""

    name: ClassVar[str] = "prisma"
    ports: ClassVar[tuple[str, ...]] = ("prisma", "prisma-databases")
    base_path: ClassVar[str] = "/v1"

    def ports_by_option(self, ports: Mapping[str, int]) -> dict[str, int]:
        return {**super().ports_by_option(ports), "databases-port": ports["prisma-databases"]}

    @property
    def key(self) -> str:
        return Credentials.of(self.state_directory).prisma_service_token
