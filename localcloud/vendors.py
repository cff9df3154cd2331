"""The parts that stand in for the management APIs of Neon and Prisma: what they make is on the local Postgres."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from localcloud.certificates import Certificates
from localcloud.credentials import Credentials
from localcloud.emulator import EMULATION, Emulator
from localcloud.external_postgres import ExternalPostgres
from localcloud.home import CHECKOUT
from localcloud.part import Launch
from localcloud.postgres import Postgres


@dataclass(frozen=True)
class VendorEmulator(Emulator):
    server: Postgres | ExternalPostgres
    """Where its databases are."""

    def launch(self, ports: Mapping[str, int]) -> Launch:
        certificates = Certificates.ensure(self.home.folder("certificates"))
        options = {
            **self.ports_by_option(ports),
            "store": self.home.path / f"{self.name}.json",
            # The server's own: a client that binds its password to the certificate finds it again.
            "certificate": certificates.server_certificate,
            "key": certificates.server_key,
        }
        arguments = [word for name, value in options.items() for word in (f"--{name}", str(value))]
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
        return {"port": ports[self.name]}


@dataclass(frozen=True)
class NeonEmulator(VendorEmulator):
    name: ClassVar[str] = "neon"
    ports: ClassVar[tuple[str, ...]] = ("neon",)
    base_path: ClassVar[str] = "/api/v2"

    @property
    def key(self) -> str:
        return Credentials.of(self.home).neon_api_key


@dataclass(frozen=True)
class PrismaEmulator(VendorEmulator):
    name: ClassVar[str] = "prisma"
    ports: ClassVar[tuple[str, ...]] = ("prisma", "prisma-databases")
    base_path: ClassVar[str] = "/v1"

    def ports_by_option(self, ports: Mapping[str, int]) -> dict[str, int]:
        return {**super().ports_by_option(ports), "databases-port": ports["prisma-databases"]}

    @property
    def key(self) -> str:
        return Credentials.of(self.home).prisma_service_token
