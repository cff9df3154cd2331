"""wrangler as a client of the emulator."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.localcloud.cloudflare.api import ACCOUNT, TOKEN
from tests.localcloud.wrangler_tool import TIMEOUT_SECONDS, Wrangler


@dataclass(frozen=True)
class Cli:
    """wrangler in a folder, with the address and the token of an emulator."""

    folder: Path
    address: str
    account: str = ACCOUNT

    def run(self, *arguments: str, stdin: str = "", succeeds: bool = True) -> str:
        """Returns stdout followed by stderr."""
        wrangler = Wrangler(self.folder)
        ended = subprocess.run(
            wrangler.command(*arguments),
            cwd=self.folder,
            env=wrangler.environment(
                CLOUDFLARE_API_BASE_URL=f"{self.address}/client/v4",
                CLOUDFLARE_API_TOKEN=TOKEN,
                CLOUDFLARE_ACCOUNT_ID=self.account,
                NODE_COMPILE_CACHE=str(self.folder / "compiled"),
            ),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
        )
        assert (ended.returncode == 0) is succeeds, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr
