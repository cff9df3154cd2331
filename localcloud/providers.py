"""The service with the local stand-ins for Pulumi's `cloudflare` and `random` provider plugins."""

import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from localcloud.credentials import Credentials
from localcloud.emulator import CloudflareEmulator
from localcloud.provider import project_files, rest
from localcloud.service import Launch, Service
from localcloud.state_directory import CHECKOUT, StateDirectory

SOURCES = Path(__file__).resolve().parent / "provider"
TIMEOUT_SECONDS = 4.0


@dataclass(frozen=True)
class Providers(Service):
    """One process that serves the stand-ins for both provider plugins, each on a separate port."""

    state_directory: StateDirectory

    name: ClassVar[str] = "providers"
    ports: ClassVar[tuple[str, ...]] = ("provider-cloudflare", "provider-random")

    def launch(self, ports: Mapping[str, int]) -> Launch:
        command = (
            sys.executable,
            "-m",
            "localcloud.provider",
            "--cloudflare-port",
            str(ports["provider-cloudflare"]),
            "--random-port",
            str(ports["provider-random"]),
        )
        environment = {
            "PATH": "/usr/bin:/bin",
            "CLOUDFLARE_BASE_URL": CloudflareEmulator(self.state_directory).base_url,
            "CLOUDFLARE_API_TOKEN": Credentials.of(self.state_directory).api_token,
            project_files.HOME: str(self.state_directory.path),
            project_files.VARIABLE: os.environ.get(project_files.VARIABLE, ""),
            rest.CLOCK: os.environ.get(rest.CLOCK, ""),
        }
        # Relative paths in arguments of resources refer to the project folder, which is the directory of real plugins.
        return Launch(command, environment, directory=CHECKOUT, sources=(SOURCES,))

    def is_healthy(self, ports: Mapping[str, int]) -> bool:
        return all(_accepts(port) for port in ports.values())


def _accepts(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS):
            return True
    except OSError:
        return False
