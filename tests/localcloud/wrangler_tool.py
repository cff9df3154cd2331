"""The real wrangler, offline: without a login, without telemetry, and with all its files in one folder."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from localcloud import node

PROGRAM = node.FOLDER / "node_modules" / "wrangler" / "bin" / "wrangler.js"
TIMEOUT_SECONDS = 60

needs_wrangler = pytest.mark.skipif(
    not PROGRAM.exists(), reason="the local cloud's packages are not installed; `make test` installs them"
)


@dataclass(frozen=True)
class Wrangler:
    """wrangler in a project folder."""

    folder: Path

    def command(self, *arguments: str) -> list[str]:
        return [str(node.program()), str(PROGRAM), *arguments]

    def environment(self, **more: str) -> dict[str, str]:
        state_directory = self.folder / "home"
        state_directory.mkdir(exist_ok=True)
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(state_directory),
            "XDG_CONFIG_HOME": str(state_directory / "config"),
            "WRANGLER_LOG_PATH": str(state_directory / "logs"),
            "WRANGLER_REGISTRY_PATH": str(state_directory / "registry"),
            "WRANGLER_CACHE_DIR": str(state_directory / "cache"),
            "WRANGLER_SEND_METRICS": "false",
            "WRANGLER_SEND_ERROR_REPORTS": "false",
            "WRANGLER_HIDE_BANNER": "true",
            "CLOUDFLARE_CF_FETCH_ENABLED": "false",
            "CI": "true",
            "NO_COLOR": "1",
            **more,
        }

    def run(self, *arguments: str) -> str:
        """Returns stdout followed by stderr. The command has to succeed."""
        ended = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr
