"""What the local cloud consists of: parts, each one process, and what is asked of a part."""

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


@dataclass(frozen=True)
class Launch:
    """How the process of a part is started."""

    command: tuple[str, ...]
    """Never holds a secret: other users of the machine can read it."""
    environment: Mapping[str, str] = field(repr=False)
    """The whole environment of the process; secrets go here."""
    directory: Path
    account: Account | None = None
    """None: the user who runs this."""
    sources: tuple[Path, ...] = ()
    """The folders whose code the process runs; a change in them is a reason to start anew."""

    def fingerprint(self) -> str:
        """Changes with the command, the environment and the code. Tells no secret."""
        newest = max((path.stat().st_mtime_ns for path in _source_files(self.sources)), default=0)
        facts = [self.command, sorted(self.environment.items()), str(self.directory), newest]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


class Part:
    """One process of the local cloud."""

    name: ClassVar[str]
    ports: ClassVar[tuple[str, ...]]
    """Names of its ports; the first one is its address."""
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    restarts_with: ClassVar[tuple[str, ...]] = ()
    """Parts whose new start is a reason to start this one anew."""

    def prepare(self, report: Report) -> None:
        """What has to be there before a start. Done before each one."""

    def launch(self, ports: Mapping[str, int]) -> Launch:
        raise NotImplementedError

    def is_healthy(self, ports: Mapping[str, int]) -> bool:
        """Asks the part itself; answers within 5 seconds."""
        raise NotImplementedError

    def settle(self, ports: Mapping[str, int]) -> None:
        """What can be done only once it runs; done by every `up`."""

    def remove(self) -> None:
        """Deletes what it keeps outside the home."""


class Health(enum.StrEnum):
    HEALTHY = "healthy"
    EXTERNAL = "external, healthy"
    UNREACHABLE = "external, not reachable"
    NOT_ANSWERING = "runs, does not answer"
    STOPPED = "stopped"
    PORT_TAKEN = "stopped; port taken by another process"

    @property
    def is_good(self) -> bool:
        return self in (Health.HEALTHY, Health.EXTERNAL)


@dataclass(frozen=True)
class PartStatus:
    name: str
    address: str
    """`127.0.0.1:PORT`; empty before the first start."""
    pid: int | None
    health: Health
    log: Path | None


def _source_files(folders: tuple[Path, ...]) -> list[Path]:
    return [path for folder in folders for pattern in ("*.py", "*.mjs") for path in folder.rglob(pattern)]
