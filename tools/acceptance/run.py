"""One run: its id, which every created name contains, and its folder, which remembers an unfinished run."""

import fcntl
import json
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from localcloud.errors import LocalCloudError
from tools.acceptance.target import Target

PREFIX = "ep-accept"
RUN_ID = re.compile(r"[0-9a-f]{8}")
RECORD, LOCK, PASSPHRASE = "run.json", "lock", "passphrase"


@dataclass(frozen=True)
class Run:
    """A run. Its ``folder`` has the Pulumi state of its stacks, encrypted with a separate passphrase."""

    run_id: str
    folder: Path

    def __post_init__(self) -> None:
        if not RUN_ID.fullmatch(self.run_id):
            raise LocalCloudError(f"The run id must be 8 hexadecimal digits, got `{self.run_id}`.")

    def name(self, part: str) -> str:
        """Returns the name at Cloudflare of a resource of this run."""
        return f"{PREFIX}-{self.run_id}-{part}"

    def owns(self, name: str) -> bool:
        """Whether a resource or a host with this name was created by this run."""
        return name.startswith(self.name(""))

    @property
    def passphrase(self) -> Path:
        return self.folder / PASSPHRASE

    def remove(self) -> None:
        """Forgets the run. Called only after nothing of it is left at Cloudflare."""
        if self.folder.exists():
            shutil.rmtree(self.folder)


@contextmanager
def new_run(home: Path, target: Target) -> Iterator[Run]:
    """Creates a run and its record, before anything is created at Cloudflare. Its lock ends with this process."""
    run_id = secrets.token_hex(4)
    run = Run(run_id, home / run_id)
    run.folder.mkdir(mode=0o700, parents=True)
    with (run.folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        run.passphrase.touch(mode=0o600)
        run.passphrase.write_text(secrets.token_urlsafe(32))
        (run.folder / RECORD).write_text(json.dumps(target.record()))
        yield run


def unfinished_runs(home: Path, target: Target) -> list[Run]:
    """Returns the runs of this account whose process has ended and whose resources may be left."""
    records = sorted(home.glob(f"*/{RECORD}"))
    return [
        Run(record.parent.name, record.parent)
        for record in records
        if json.loads(record.read_text()) == target.record() and _has_ended(record.parent)
    ]


def _has_ended(folder: Path) -> bool:
    with (folder / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
