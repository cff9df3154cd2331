"""The directory with all state of one local cloud."""

import fcntl
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localcloud.errors import LocalCloudError

CHECKOUT = Path(__file__).resolve().parent.parent
MARKER = ".edge-postgres-local-cloud"
"""The file that distinguishes a state directory from every other directory."""
MARKER_TEXT = (
    "The state of one local cloud of edge-postgres. `python -m localcloud down --remove` stops and deletes it.\n"
)
FILES = (
    *("cloudflare.json", "neon.json", "prisma.json", "parts.json", "ports.json", "postgres.json", "secrets.json"),
    *("lock", "passphrase"),
)
FOLDERS = ("certificates", "logs", "matrices", "postgres", "pulumi", "stacks", "workers", "wrangler")
LOCK_TIMEOUT_SECONDS = 300.0


@dataclass(frozen=True)
class StateDirectory:
    """The directory, with mode 0700. Every file that this class writes has mode 0600."""

    path: Path

    @classmethod
    def from_environment(cls) -> "StateDirectory":
        """Returns the directory `LOCALCLOUD_HOME`, or `.localcloud` in the checkout if that variable is not set."""
        return cls(Path(os.environ.get("LOCALCLOUD_HOME") or CHECKOUT / ".localcloud").expanduser().absolute())

    def prepare(self) -> None:
        """Creates the directory.

        Raises ``LocalCloudError`` if it belongs to another user, if it contains files that are not a local cloud's, or
        if it cannot be written.
        """
        if self.path.exists() and not self.path.is_dir():
            raise LocalCloudError(
                f"The local cloud's directory `{self.path}` is a file. Set LOCALCLOUD_HOME to another path."
            )
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self.is_marked():
                self._mark()
            self.path.chmod(0o700)
        except OSError as error:
            raise LocalCloudError(
                f"The local cloud's directory `{self.path}` is not writable: {error.strerror}. "
                "Set LOCALCLOUD_HOME to a directory that you own."
            ) from error

    def validate_owner(self) -> None:
        """Raises ``LocalCloudError`` if the directory belongs to another user, who can replace every file in it."""
        if self.path.is_dir() and (owner := self.path.stat().st_uid) != os.geteuid():
            raise LocalCloudError(
                f"The local cloud's directory `{self.path}` belongs to the user with id {owner}. "
                "Set LOCALCLOUD_HOME to a directory that you own."
            )

    def is_marked(self) -> bool:
        """Whether this is the directory of a local cloud of this user. Raises as ``validate_owner`` does."""
        self.validate_owner()
        return self.path.is_dir() and _is_marker(self.path / MARKER, None)

    def remove(self) -> list[Path]:
        """Deletes the files of the local cloud. Returns other files of the directory, which it keeps.

        Another user can replace a directory whose parent they may write to. The directory is therefore opened once, and
        its files are checked and deleted in the opened directory.
        """
        try:
            opened = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            return []
        try:
            if os.fstat(opened).st_uid != os.geteuid() or not _is_marker(Path(MARKER), opened):
                return []
            names = os.listdir(opened)  # noqa: PTH208  # pathlib has no opened folders
            unfinished = [each for each in names if each.startswith(tuple(f".{name}-" for name in FILES))]
            for name in (*FOLDERS, *FILES, *unfinished, MARKER):
                _delete(name, opened)
            others = sorted(os.listdir(opened))  # noqa: PTH208
        finally:
            os.close(opened)
        if not others:
            self.path.rmdir()
        return [self.path / name for name in others]

    def _mark(self) -> None:
        with suppress(FileExistsError):  # another `up` began at the same time
            self._reject_other_files()
            with (self.path / MARKER).open("x") as file:
                file.write(MARKER_TEXT)

    def _reject_other_files(self) -> None:
        others = [path for path in self.path.iterdir() if path.name != MARKER]
        if others and not self.is_marked():
            raise LocalCloudError(
                f"The local cloud's directory `{self.path}` contains other files. "
                "Set LOCALCLOUD_HOME to an empty directory, or to one that does not exist yet."
            )

    def folder(self, *names: str) -> Path:
        """Returns a folder of the directory, which is created if missing."""
        folder = self.path.joinpath(*names)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def log(self, service: str) -> Path:
        return self.path / "logs" / f"{service}.log"

    def read(self, name: str) -> dict[str, Any]:
        """Returns the JSON object in file `name`, which is empty if the file does not exist."""
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
        """Writes a file atomically, so that an interrupted write leaves the old content."""
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
        """Waits until no other `up` or `down` runs. The operating system releases the lock when the process ends."""
        deadline = time.monotonic() + LOCK_TIMEOUT_SECONDS
        reported = False
        while True:
            self.prepare()
            with (self.path / "lock").open("a") as file:
                if _is_locked_by_us(file.fileno(), self.path / "lock"):
                    yield
                    return
            if not reported:
                report("waiting for another `up` or `down` of this local cloud to finish")
                reported = True
            if time.monotonic() > deadline:
                raise LocalCloudError(
                    f"Another `up` or `down` has held the lock `{self.path / 'lock'}` for {LOCK_TIMEOUT_SECONDS:.0f} "
                    "seconds. Stop that process, then try again."
                )
            time.sleep(0.2)


def _is_marker(path: Path, folder: int | None) -> bool:
    """Whether the path is a file of this user. It is relative to an opened folder, or absolute."""
    try:
        status = os.stat(path, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()


def _delete(name: str, folder: int) -> None:
    """Deletes a file, a link, or a folder with its files, in an opened folder."""
    with suppress(FileNotFoundError):
        if stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            shutil.rmtree(name, dir_fd=folder)
        else:
            os.unlink(name, dir_fd=folder)


def _is_locked_by_us(descriptor: int, path: Path) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    # `down --remove` deletes the lock file. A lock on the deleted file excludes no other process.
    try:
        return os.fstat(descriptor).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False
