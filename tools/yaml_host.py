"""Makes sure there is a host for Pulumi programs in YAML beside the engine, and prints its path.

An installed Pulumi has one. For the engine that `tools/pulumi.sh` made it is built from Pulumi's Go modules: half a
minute where the engine was built from them. Exit code 3: none can be had here.
"""

import fcntl
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# This file is run by its path, from any folder.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.go_module import FLAGS, NotBuilt, run

VERSION = "v1.38.3"
PACKAGE = "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
NAME = "pulumi-language-yaml"
NONE_TO_BE_HAD = 3

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"


class NoHost(Exception):
    """There is none, and why."""


def host() -> Path:
    """Where it is, made if need be. Raises ``NoHost`` or ``NotBuilt``."""
    engine = subprocess.run([ROOT / "tools" / "pulumi.sh"], stdout=subprocess.PIPE, text=True, check=False)
    if engine.returncode != 0:
        raise NoHost("there is no Pulumi engine; `tools/pulumi.sh` says what it tried")
    # Elsewhere on PATH the engine would find it, too, and warn of it in all that it says.
    beside = Path(engine.stdout.strip()).with_name(NAME)
    if TOOLS not in beside.parents:
        if not beside.exists():
            raise NoHost(
                f"{beside.parent} has a Pulumi without one; install a whole Pulumi, or take its folder off PATH"
            )
        return beside
    made = TOOLS / f"pulumi-yaml-{VERSION.removeprefix('v')}"
    with locked(TOOLS / "lock"):
        if not made.exists():
            build(made)
        if beside.resolve() != made / NAME:
            beside.unlink(missing_ok=True)
            beside.symlink_to(Path(os.path.relpath(made, beside.parent), NAME))
    return beside


def build(made: Path) -> None:
    """Grows in a folder of its own, renamed as the last step: an interrupted call leaves nothing that looks whole."""
    with tempfile.TemporaryDirectory(prefix="unfinished.", dir=made.parent) as workspace:
        module, finished = Path(workspace), Path(workspace, "finished")
        finished.mkdir()
        run(module, "mod", "init", "host")
        run(module, "get", "-tool", f"{PACKAGE}@{VERSION}")
        run(module, "build", *FLAGS, "-o", str(finished / NAME), PACKAGE)
        finished.rename(made)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """The lock of `tools/pulumi.sh`: it clears away what it finds unfinished."""
    with file.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    try:
        print(host())
    except (NoHost, NotBuilt) as reason:
        print(f"yaml_host.py: no host for YAML programs can be had: {reason}", file=sys.stderr)
        sys.exit(NONE_TO_BE_HAD)
