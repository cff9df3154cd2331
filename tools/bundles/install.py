"""`python -m tools.bundles.install`: installs the releases and the bundlers of the matrix of bundles."""

import subprocess
import sys

from localcloud import node
from tools.bundles.build import PACKAGES_FOLDER

_OPTIONS = ("--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps", "--loglevel=error")


def main() -> int:
    """Installs the packages of `packages/package-lock.json`. Returns the exit code of npm."""
    command = [str(node.program()), str(node.NPM), "install", *_OPTIONS]
    return subprocess.run(command, cwd=PACKAGES_FOLDER, stdin=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    sys.exit(main())
