"""The directory that holds all state of one local cloud."""

import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localcloud.errors import LocalCloudError

CHECKOUT = Path(__file__).resolve().parent.parent
MARKER = "README.txt"
MARKER_TEXT = (
    "The state of one local cloud of edge-postgres. `python -m localcloud down --remove` ends it and deletes it.\n"
)
LOCK_PATIENCE_SECONDS = 300.0


@dataclass(frozen=True)
class Home:
    """One local cloud's directory, mode 0700; every file that this class writes is mode 0600."""

    path: Path

    @classmethod
    def chosen(cls) -> "Home":
        """`LOCALCLOUD_HOME`, else `.localcloud` in the checkout."""
        return cls(Path(os.environ.get("LOCALCLOUD_HOME") or CHECKOUT / ".localcloud").expanduser().absolute())

    def prepare(self) -> None:
        """Makes the directory, or refuses one that holds somebody else's files: `down --remove` would delete them."""
        if self.path.exists() and not self.path.is_dir():
            raise LocalCloudError(
                f"The local cloud's home `{self.path}` is a file. Set LOCALCLOUD_HOME to a directory that may be made."
            )
        if not self.is_marked() and self.path.exists() and any(self.path.iterdir()):
            raise LocalCloudError(
                f"The local cloud's home `{self.path}` holds files that are not a local cloud's. "
                "Set LOCALCLOUD_HOME to an empty directory, or to one that does not exist yet."
            )
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.chmod(0o700)
            (self.path / MARKER).write_text(MARKER_TEXT)
        except OSError as error:
            raise LocalCloudError(
                f"The local cloud's home `{self.path}` cannot be written: {error.strerror}. "
                "Set LOCALCLOUD_HOME to a directory of your own."
            ) from error

    def is_marked(self) -> bool:
        return (self.path / MARKER).is_file()

    def remove(self) -> None:
        if self.is_marked():
            shutil.rmtree(self.path)

    def folder(self, *names: str) -> Path:
        """A folder below the home, made when missing."""
        folder = self.path.joinpath(*names)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def log(self, part: str) -> Path:
        return self.path / "logs" / f"{part}.log"

    def read(self, name: str) -> dict[str, Any]:
        """The JSON object in file `name`; empty when there is none."""
        try:
            content = json.loads((self.path / name).read_text())
        except FileNotFoundError:
            return {}
        except json.JSONDecodeError:
            content = None
        if not isinstance(content, dict):
            raise LocalCloudError(f"`{self.path / name}` is not a JSON object. Delete it and run `up` again.")
        return content

    def write(self, name: str, content: Mapping[str, Any]) -> None:
        self.write_text(name, json.dumps(content, indent=2) + "\n")

    def write_text(self, name: str, text: str) -> None:
        """Whole or not at all: an interrupted write leaves the file as it was."""
        handle, temporary = tempfile.mkstemp(dir=self.path, prefix=f".{name}-")
        try:
            with os.fdopen(handle, "w") as file:
                file.write(text)
            Path(temporary).replace(self.path / name)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    @contextmanager
    def locked(self, report: Callable[[str], None]) -> Iterator[None]:
        """One `up` or `down` at a time. The lock ends with the process that has it, however that one ends."""
        deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
        told = False
        while True:
            self.prepare()
            with (self.path / "lock").open("a") as file:
                if _is_locked_by_us(file.fileno(), self.path / "lock"):
                    yield
                    return
            if not told:
                report("another `up` or `down` of this local cloud is at work: waiting for it")
                told = True
            if time.monotonic() > deadline:
                raise LocalCloudError(
                    f"Another `up` or `down` has held `{self.path / 'lock'}` for {LOCK_PATIENCE_SECONDS:.0f} seconds. "
                    "End that process, then try again."
                )
            time.sleep(0.2)


def _is_locked_by_us(descriptor: int, path: Path) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    # `down --remove` deletes the file together with the home: a lock on the deleted one keeps nobody out.
    try:
        return os.fstat(descriptor).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False
