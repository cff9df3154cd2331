"""Content for a Pages project of the local cloud: `python -m localcloud.pages PROJECT [--branch BRANCH]`.

No Pulumi resource deploys content. wrangler does, here as at Cloudflare: it bundles `functions/`, uploads `public/` and
asks for a deployment with the bindings that the project has by then.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from localcloud import node
from localcloud.emulator import CloudflareEmulator
from localcloud.errors import LocalCloudError
from localcloud.home import CHECKOUT, Home

SAMPLE = CHECKOUT / "workers" / "pages"
STATIC_FILES = "public"
WRANGLER = node.FOLDER / "node_modules" / "wrangler" / "bin" / "wrangler.js"
ACCOUNT = "local"
TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True)
class Wrangler:
    """wrangler at an API that is not Cloudflare's."""

    base_url: str
    api_token: str = field(repr=False)
    scratch: Path
    """Where it keeps what it remembers: not in the checkout, and not in its user's home."""

    @classmethod
    def of(cls, home: Home) -> "Wrangler":
        """wrangler at a local cloud."""
        emulator = CloudflareEmulator(home)
        return cls(emulator.base_url, emulator.key, home.folder("wrangler"))

    def deploy(self, project: str, *, branch: str = "main", folder: Path = SAMPLE, account_id: str = ACCOUNT) -> str:
        """Deploys a folder to a project; what wrangler says.

        Raises ``LocalCloudError`` where the project is not there, or the deployment fails.
        """
        what = ["pages", "deploy", STATIC_FILES, f"--project-name={project}", f"--branch={branch}"]
        try:
            ended = subprocess.run(
                [node.program(), WRANGLER, *what, "--commit-dirty=true"],
                cwd=folder,
                env=self._environment(account_id),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=TIMEOUT_SECONDS,
            )
        except subprocess.TimeoutExpired:
            told = f"`wrangler pages deploy` did not end within {TIMEOUT_SECONDS:.0f} seconds."
            raise LocalCloudError(told) from None
        if ended.returncode != 0:
            told = f"`wrangler pages deploy` ended with status {ended.returncode}."
            raise LocalCloudError(f"{told}\n{ended.stdout.strip()}")
        return ended.stdout

    def _environment(self, account_id: str) -> dict[str, str]:
        return {
            "PATH": os.pathsep.join([str(node.program().parent), os.environ.get("PATH", os.defpath)]),
            "HOME": str(self.scratch),
            "CI": "1",
            "CLOUDFLARE_API_BASE_URL": self.base_url,
            "CLOUDFLARE_API_TOKEN": self.api_token,
            "CLOUDFLARE_ACCOUNT_ID": account_id,
            "NO_PROXY": "127.0.0.1",
            "WRANGLER_CACHE_DIR": str(self.scratch / "cache"),
            "WRANGLER_SEND_METRICS": "false",
        }


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 well, 1 not."""
    parser = argparse.ArgumentParser(prog="python -m localcloud.pages", description="Deploys content to a project.")
    parser.add_argument("project", help="name at Cloudflare: edge-postgres-local-site")
    parser.add_argument("--branch", default="main", help="production is the project's own branch (main)")
    parser.add_argument("--folder", type=Path, default=SAMPLE, help="with `public` and `functions` (workers/pages)")
    options = parser.parse_args(arguments)
    try:
        wrangler = Wrangler.of(Home.chosen())
        print(wrangler.deploy(options.project, branch=options.branch, folder=options.folder))  # noqa: T201
    except LocalCloudError as error:
        print(f"localcloud.pages: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
