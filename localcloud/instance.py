"""One local cloud: its parts, in their order, and what a Pulumi engine has to know to deploy to it."""

import os
import secrets
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from localcloud.emulator import CloudflareEmulator
from localcloud.errors import LocalCloudError
from localcloud.external_postgres import VARIABLE, ExternalPostgres
from localcloud.home import CHECKOUT, Home
from localcloud.keeper import Keeper
from localcloud.part import Part, PartStatus, Report
from localcloud.ports import Ports
from localcloud.postgres import Postgres
from localcloud.prisma_serverless import PrismaServerless
from localcloud.providers import Providers
from localcloud.runtime import WorkerRuntime
from localcloud.vendors import NeonEmulator, PrismaEmulator

# Of the user's own environment, what the engine and what it starts cannot do without.
KEPT_VARIABLES = (
    *("HOME", "USER", "LANG", "LC_ALL", "TERM", "TMPDIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR"),
)

# With the official providers, what says where their plugins are.
PLUGIN_VARIABLES = (
    "PULUMI_HOME",
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION",
    "PULUMI_IGNORE_AMBIENT_PLUGINS",
)


@dataclass(frozen=True)
class Instance:
    """The local cloud whose state is below ``path``; several can run side by side."""

    path: Path

    @property
    def home(self) -> Home:
        return Home(self.path.absolute())

    @property
    def postgres(self) -> Postgres | ExternalPostgres:
        given = os.environ.get(VARIABLE)
        return ExternalPostgres(given) if given else Postgres(self.home)

    @property
    def parts(self) -> Sequence[Part]:
        """What this local cloud starts, in order: each part may need those before it."""
        parts: list[Part] = [] if isinstance(self.postgres, ExternalPostgres) else [Postgres(self.home)]
        parts += [self.neon, self.prisma, self.serverless, WorkerRuntime(self.home), CloudflareEmulator(self.home)]
        return parts if _has_official_providers() else [*parts, Providers(self.home)]

    @property
    def neon(self) -> NeonEmulator:
        return NeonEmulator(self.home, self.postgres)

    @property
    def prisma(self) -> PrismaEmulator:
        return PrismaEmulator(self.home, self.postgres)

    @property
    def serverless(self) -> PrismaServerless:
        return PrismaServerless(self.home)

    def start(self, report: Report) -> None:
        """Has every part running and healthy. What runs already and is healthy is kept.

        Raises ``LocalCloudError``, which names the part, what its log says last, and the way out.
        """
        with self.home.locked(report):
            keeper = Keeper(self.home)
            parts = self.parts
            for name in keeper.names():
                if name not in {part.name for part in parts}:
                    keeper.stop(name, report)
            if isinstance(self.postgres, ExternalPostgres):
                self.postgres.check()
                report(f"postgres: the one of {VARIABLE} at {self.postgres.address}")
            for part in parts:
                keeper.ensure(part, report)

    def stop(self, report: Report, *, remove: bool = False) -> None:
        """Ends what `start` started, newest first; ``remove`` deletes all its state as well."""
        if not self.home.is_marked():
            return
        with self.home.locked(report):
            keeper = Keeper(self.home)
            for name in reversed(keeper.names()):
                keeper.stop(name, report)
            Postgres(self.home).end_leftovers()
            if remove:
                Postgres(self.home).remove()
                self.home.remove()
                report(f"deleted {self.home.path}")

    def status(self) -> list[PartStatus]:
        keeper = Keeper(self.home)
        external = [self.postgres.status()] if isinstance(self.postgres, ExternalPostgres) else []
        return external + [keeper.status(part) for part in self.parts]

    @property
    def database_url(self) -> str:
        """Connection string of the database `app`: a secret."""
        return self.postgres.url()

    def worker_url(self, script: str) -> str:
        """Where a deployed script answers; every name below `localhost` is this machine."""
        return f"http://{script}.localhost:{Ports(self.home).of('workers')}/"

    def environment(self) -> dict[str, str]:
        """The whole environment of a Pulumi engine that deploys to this local cloud; holds secrets."""
        cloudflare, neon, prisma = CloudflareEmulator(self.home), self.neon, self.prisma
        base_url = cloudflare.base_url  # refuses before anything is made
        path = [CHECKOUT / ".venv" / "bin", self._engine.parent, os.environ.get("PATH", os.defpath)]
        environment = {
            **{name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
            "PATH": os.pathsep.join(map(str, path)),
            "PULUMI_HOME": str(self.home.folder("pulumi", "home")),
            "PULUMI_BACKEND_URL": self.home.folder("pulumi", "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(self._passphrase_file()),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "CLOUDFLARE_BASE_URL": base_url,
            "CLOUDFLARE_API_TOKEN": cloudflare.key,
            "NEON_API_BASE_URL": neon.base_url,
            "NEON_API_KEY": neon.key,
            "PRISMA_API_BASE_URL": prisma.base_url,
            "PRISMA_SERVICE_TOKEN": prisma.key,
        }
        if _has_official_providers():
            environment |= {name: os.environ[name] for name in PLUGIN_VARIABLES if name in os.environ}
        else:
            environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
            ports = Ports(self.home)
            environment["PULUMI_DEBUG_PROVIDERS"] = (
                f"cloudflare:{ports.of('provider-cloudflare')},random:{ports.of('provider-random')}"
            )
        return environment

    @cached_property
    def _engine(self) -> Path:
        found = subprocess.run([CHECKOUT / "tools" / "pulumi.sh"], stdout=subprocess.PIPE, text=True)
        if found.returncode != 0:
            raise LocalCloudError("There is no Pulumi engine on this machine; `tools/pulumi.sh` says what it tried.")
        return Path(found.stdout.strip())

    def _passphrase_file(self) -> Path:
        file = self.home.path / "passphrase"
        if not file.exists():
            self.home.write_text(file.name, secrets.token_urlsafe(32))
        return file


def _has_official_providers() -> bool:
    choice = os.environ.get("LOCALCLOUD_PROVIDERS", "local")
    if choice not in ("local", "official"):
        raise LocalCloudError(f"LOCALCLOUD_PROVIDERS is `{choice}`. Use `local`, the default, or `official`.")
    return choice == "official"
