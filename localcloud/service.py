"""The interface of a service: one process of the local cloud."""

import enum
import hashlib
import json
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from localcloud.account import Account

Report = Callable[[str], None]

VERIFY_OF_HTTP = False
"""The argument `verify` of httpx for an address without TLS. By default, httpx reads all CAs for each call, which takes
70 CPU milliseconds."""


@dataclass(frozen=True)
class Launch:
    """The command that starts the process of a service, and its environment."""

    command: tuple[str, ...]
    """Never contains a secret, because other users of the machine can read it."""
    environment: Mapping[str, str] = field(repr=False)
    """All environment variables of the process, secrets included."""
    directory: Path
    account: Account | None = None
    """None: the current user."""
    sources: tuple[Path, ...] = ()
    """Folders with the code of the process. A change in them restarts the service."""

    def fingerprint(self) -> str:
        """Returns a hash that changes with the command, the environment and the code, and reveals no secret."""
        newest = max((path.stat().st_mtime_ns for path in _source_files(self.sources)), default=0)
        facts = [self.command, sorted(self.environment.items()), str(self.directory), newest]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


class Service:
    """One process of the local cloud."""

    name: ClassVar[str]
    ports: ClassVar[tuple[str, ...]]
    """Names of its ports. The first one is its address."""
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    restarts_with: ClassVar[tuple[str, ...]] = ()
    """Names of services whose restart also restarts this one."""

    def prepare(self, report: Report) -> None:
        """Creates the files that the process needs. Called before each start."""

    def launch(self, ports: Mapping[str, int]) -> Launch:
        """Returns how to start the process on the given ports."""
        raise NotImplementedError

    def is_healthy(self, ports: Mapping[str, int]) -> bool:
        """Asks the process whether it is ready. Returns within 5 seconds."""
        raise NotImplementedError

    def finish_start(self, ports: Mapping[str, int]) -> None:
        """Does what needs a running process. Called by every `up`."""

    def remove(self) -> None:
        """Deletes its files outside the state directory."""


class Health(enum.StrEnum):
    """State of a service, as `status` shows it."""

    HEALTHY = "healthy"
    EXTERNAL = "external, healthy"
    UNREACHABLE = "external, unreachable"
    NOT_RESPONDING = "running, not responding"
    STOPPED = "stopped"
    PORT_TAKEN = "stopped; port in use by another process"

    @property
    def is_healthy(self) -> bool:
        return self in (Health.HEALTHY, Health.EXTERNAL)


@dataclass(frozen=True)
class ServiceStatus:
    """One row of `status`."""

    name: str
    address: str
    """`127.0.0.1:PORT`; empty before the first start."""
    pid: int | None
    health: Health
    log: Path | None


def _source_files(folders: tuple[Path, ...]) -> list[Path]:
    return [path for folder in folders for pattern in ("*.py", "*.mjs", "*.sh") for path in folder.rglob(pattern)]
