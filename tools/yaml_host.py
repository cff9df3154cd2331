"""Installs the language host for Pulumi programs in YAML next to the engine, and prints its path.

An installed Pulumi has one. For the engine that `tools/pulumi.sh` built, it is built from Pulumi's Go modules in half a
minute. Exit code 3: it cannot be installed.
"""

import fcntl
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# This file is started by its path, from any folder.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.go_module import FLAGS, NotBuilt, run, use_engine_modules

VERSION = "v1.38.3"
PACKAGE = "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
NAME = "pulumi-language-yaml"
UNAVAILABLE = 3

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"


class NoHost(Exception):
    """There is no host; the message has the reason."""


def host() -> Path:
    """Path of the host, which the first call builds. Raises ``NoHost`` or ``NotBuilt``."""
    engine = subprocess.run([ROOT / "tools" / "pulumi.sh"], stdout=subprocess.PIPE, text=True, check=False)
    if engine.returncode != 0:
        raise NoHost("there is no Pulumi engine; `tools/pulumi.sh` prints the reason")
    # The engine also finds a host elsewhere on PATH, but prints a warning in each command.
    program = Path(engine.stdout.strip()).with_name(NAME)
    if TOOLS not in program.parents:
        if not program.exists():
            raise NoHost(
                f"{program.parent} has a Pulumi without this host; install all of Pulumi, or remove it from PATH"
            )
        return program
    built = TOOLS / f"pulumi-yaml-{VERSION.removeprefix('v')}"
    with locked(TOOLS / "lock"):
        if not built.exists():
            build(built)
        if program.resolve() != built / NAME:
            program.unlink(missing_ok=True)
            program.symlink_to(Path(os.path.relpath(built, program.parent), NAME))
    return program


def build(folder: Path) -> None:
    """Builds the host in a temporary folder and renames it at the end. An interrupted build leaves no host."""
    with tempfile.TemporaryDirectory(prefix="unfinished.", dir=folder.parent) as workspace:
        module, finished = Path(workspace), Path(workspace, "finished")
        finished.mkdir()
        run(module, "mod", "init", "host")
        run(module, "get", "-tool", f"{PACKAGE}@{VERSION}")
        use_engine_modules(module)
        run(module, "build", *FLAGS, "-o", str(finished / NAME), PACKAGE)
        finished.rename(folder)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Holds the lock of `tools/pulumi.sh`, which deletes the folders of interrupted builds."""
    with file.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    try:
        print(host())
    except (NoHost, NotBuilt) as reason:
        print(f"yaml_host.py: no language host for YAML: {reason}", file=sys.stderr)
        sys.exit(UNAVAILABLE)
