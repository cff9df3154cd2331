"""Deploys content to a Pages project of the local cloud: `python -m localcloud.pages PROJECT [--branch BRANCH]`.

No Pulumi resource deploys content, so wrangler does it, locally as on Cloudflare: it bundles `functions/`, uploads
`public/` and creates a deployment with the bindings that the project has at that time.
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
from localcloud.state_directory import CHECKOUT, StateDirectory

SAMPLE = CHECKOUT / "workers" / "pages"
STATIC_FILES = "public"
WRANGLER = node.FOLDER / "node_modules" / "wrangler" / "bin" / "wrangler.js"
ACCOUNT = "local"
TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True)
class Wrangler:
    """wrangler, which calls an API at another URL than Cloudflare's."""

    base_url: str
    api_token: str = field(repr=False)
    scratch: Path
    """Folder for wrangler's files, so that it writes neither to the checkout nor to the user's home directory."""

    @classmethod
    def of(cls, state_directory: StateDirectory) -> "Wrangler":
        """Returns wrangler for the Cloudflare emulator of a local cloud."""
        emulator = CloudflareEmulator(state_directory)
        return cls(emulator.base_url, emulator.key, state_directory.folder("wrangler"))

    def deploy(self, project: str, *, branch: str = "main", folder: Path = SAMPLE, account_id: str = ACCOUNT) -> str:
        """Deploys a folder to a project and returns wrangler's output.

        Raises ``LocalCloudError`` if the project does not exist or the deployment fails.
        """
        command = ["pages", "deploy", STATIC_FILES, f"--project-name={project}", f"--branch={branch}"]
        try:
            finished = subprocess.run(
                [node.program(), WRANGLER, *command, "--commit-dirty=true"],
                cwd=folder,
                env=self._environment(account_id),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=TIMEOUT_SECONDS,
            )
        except subprocess.TimeoutExpired:
            problem = f"`wrangler pages deploy` did not finish within {TIMEOUT_SECONDS:.0f} seconds."
            raise LocalCloudError(problem) from None
        if finished.returncode != 0:
            problem = f"`wrangler pages deploy` failed with exit status {finished.returncode}."
            raise LocalCloudError(f"{problem}\n{finished.stdout.strip()}")
        return finished.stdout

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
    """Deploys the content. Returns the exit code: 0 success, 1 error."""
    parser = argparse.ArgumentParser(
        prog="python -m localcloud.pages", description="Deploys content to a Pages project."
    )
    parser.add_argument("project", help="name of the project on Cloudflare, such as edge-postgres-local-site")
    parser.add_argument(
        "--branch", default="main", help="the project's production branch deploys to production (default: main)"
    )
    parser.add_argument(
        "--folder", type=Path, default=SAMPLE, help="holds `public` and `functions` (default: workers/pages)"
    )
    options = parser.parse_args(arguments)
    try:
        wrangler = Wrangler.of(StateDirectory.from_environment())
        print(wrangler.deploy(options.project, branch=options.branch, folder=options.folder))  # noqa: T201
    except LocalCloudError as error:
        print(f"localcloud.pages: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
