"""One local cloud: its services in start order, and the environment of a Pulumi engine that deploys to it."""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from localcloud.emulator import CloudflareEmulator
from localcloud.engines import PASSPHRASE_VARIABLE, find_engine, stop_engines
from localcloud.errors import LocalCloudError
from localcloud.external_postgres import VARIABLE, ExternalPostgres
from localcloud.gateway.service import Gateway
from localcloud.ports import Ports
from localcloud.postgres import Postgres
from localcloud.prisma_serverless import PrismaServerless
from localcloud.providers import Providers
from localcloud.runtime import WorkerRuntime
from localcloud.service import Report, Service, ServiceStatus
from localcloud.state_directory import CHECKOUT, StateDirectory
from localcloud.supervisor import Supervisor
from localcloud.vendors import NeonEmulator, PrismaEmulator

# Variables of the user's environment that the engine and its child processes need.
INHERITED_VARIABLES = (
    *("HOME", "USER", "LANG", "LC_ALL", "TERM", "TMPDIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR"),
)

# Variables that locate the plugins of the official providers.
PLUGIN_VARIABLES = (
    "PULUMI_HOME",
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION",
    "PULUMI_IGNORE_AMBIENT_PLUGINS",
)


@dataclass(frozen=True)
class Instance:
    """The local cloud whose state is in the directory ``path``. Several can run side by side."""

    path: Path

    @property
    def state_directory(self) -> StateDirectory:
        return StateDirectory(self.path.absolute())

    @property
    def postgres(self) -> Postgres | ExternalPostgres:
        url = os.environ.get(VARIABLE)
        return ExternalPostgres(url) if url else Postgres(self.state_directory)

    @property
    def services(self) -> Sequence[Service]:
        """The services that this local cloud starts, in order. A service may need those before it."""
        services: list[Service] = (
            [] if isinstance(self.postgres, ExternalPostgres) else [Postgres(self.state_directory)]
        )
        services += [
            self.neon,
            self.prisma,
            self.serverless,
            WorkerRuntime(self.state_directory),
            self.gateway,
            CloudflareEmulator(self.state_directory),
        ]
        return services if _uses_official_providers() else [*services, Providers(self.state_directory)]

    @property
    def neon(self) -> NeonEmulator:
        return NeonEmulator(self.state_directory, self.postgres)

    @property
    def prisma(self) -> PrismaEmulator:
        return PrismaEmulator(self.state_directory, self.postgres)

    @property
    def gateway(self) -> Gateway:
        return Gateway(self.state_directory)

    @property
    def serverless(self) -> PrismaServerless:
        return PrismaServerless(self.state_directory)

    def start(self, report: Report) -> None:
        """Starts every service that is not running and healthy, and waits until it is.

        Raises ``LocalCloudError`` with the name of the failed service, the end of its log, and the fix.
        """
        with self.state_directory.locked(report):
            supervisor = Supervisor(self.state_directory)
            services = self.services
            for name in supervisor.names():
                if name not in {service.name for service in services}:
                    supervisor.stop(name, report)
            if isinstance(self.postgres, ExternalPostgres):
                self.postgres.check()
                report(f"postgres: using the server of {VARIABLE} at {self.postgres.address}")
            for service in services:
                supervisor.ensure(service, report)

    def stop(self, report: Report, *, remove: bool = False) -> None:
        """Stops running engines, then the services that `start` started, newest first.

        ``remove`` also deletes the state directory.
        """
        if not self.state_directory.is_marked():
            return
        with self.state_directory.locked(report):
            stop_engines(self._passphrase, report)
            supervisor = Supervisor(self.state_directory)
            for name in reversed(supervisor.names()):
                supervisor.stop(name, report)
            Postgres(self.state_directory).stop_leftovers()
            if remove:
                Postgres(self.state_directory).remove()
                others = self.state_directory.remove()
                report(f"deleted {self.state_directory.path}" + _except_for(others))

    def status(self) -> list[ServiceStatus]:
        supervisor = Supervisor(self.state_directory)
        external = [self.postgres.status()] if isinstance(self.postgres, ExternalPostgres) else []
        return external + [supervisor.status(service) for service in self.services]

    def validate_running(self) -> None:
        """Raises ``LocalCloudError`` if a service does not run, because another user may then listen on its port."""
        Ports(self.state_directory).of("workers")  # raises if the local cloud was never started
        stopped = [each.name for each in self.status() if not each.health.is_healthy]
        if stopped:
            raise LocalCloudError(
                f"These services of the local cloud in `{self.path}` are not healthy: {', '.join(stopped)}. "
                "Run `python -m localcloud up`."
            )

    @property
    def database_url(self) -> str:
        """The connection string of the database `app`: a secret."""
        return self.postgres.url()

    def worker_url(self, script: str) -> str:
        """Returns the URL of a deployed script. Every name below `localhost` is this machine."""
        return f"http://{script}.localhost:{Ports(self.state_directory).of('workers')}/"

    def environment(self) -> dict[str, str]:
        """Returns all environment variables of a Pulumi engine that deploys to this local cloud, secrets included."""
        cloudflare, neon, prisma = CloudflareEmulator(self.state_directory), self.neon, self.prisma
        base_url = cloudflare.base_url  # raises before any folder is created
        path = [CHECKOUT / ".venv" / "bin", self._engine.parent, os.environ.get("PATH", os.defpath)]
        environment = {
            **{name: os.environ[name] for name in INHERITED_VARIABLES if name in os.environ},
            "PATH": os.pathsep.join(map(str, path)),
            "PULUMI_HOME": str(self.state_directory.folder("pulumi", "home")),
            "PULUMI_BACKEND_URL": self.state_directory.folder("pulumi", "state").as_uri(),
            PASSPHRASE_VARIABLE: str(self._ensure_passphrase()),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "CLOUDFLARE_BASE_URL": base_url,
            "CLOUDFLARE_API_TOKEN": cloudflare.key,
            "NEON_API_BASE_URL": neon.base_url,
            "NEON_API_KEY": neon.key,
            "PRISMA_API_BASE_URL": prisma.base_url,
            "PRISMA_SERVICE_TOKEN": prisma.key,
        }
        if _uses_official_providers():
            environment |= {name: os.environ[name] for name in PLUGIN_VARIABLES if name in os.environ}
        else:
            environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
            ports = Ports(self.state_directory)
            environment["PULUMI_DEBUG_PROVIDERS"] = (
                f"cloudflare:{ports.of('provider-cloudflare')},random:{ports.of('provider-random')}"
            )
        return environment

    @cached_property
    def _engine(self) -> Path:
        return find_engine()

    @property
    def _passphrase(self) -> Path:
        return self.state_directory.path / "passphrase"

    def _ensure_passphrase(self) -> Path:
        if not self._passphrase.exists():
            self.state_directory.write_text(self._passphrase.name, secrets.token_urlsafe(32))
        return self._passphrase


def _except_for(others: Sequence[Path]) -> str:
    names = ", ".join(path.name for path in others)
    return f", except for files that are not the local cloud's: {names}" if others else ""


def _uses_official_providers() -> bool:
    choice = os.environ.get("LOCALCLOUD_PROVIDERS", "local")
    if choice not in ("local", "official"):
        raise LocalCloudError(f"LOCALCLOUD_PROVIDERS must be `local` (the default) or `official`, got `{choice}`.")
    return choice == "official"
