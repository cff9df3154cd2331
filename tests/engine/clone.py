"""A clone of the checkout, including uncommitted changes, for the tests that run the commands of the pages."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from localcloud.state_directory import CHECKOUT
from tools.rehearsal.copy import copy_checkout

INSTALLED = (".venv", ".tools", "workers/node_modules", "workers/generated", "localcloud/node_modules")
"""Folders that `make` installs or builds. Links to the checkout's folders save minutes."""
BUNDLES = "workers/dist"
"""The built Workers, which are copied, because the local cloud reads no file outside of the clone."""
IDENTITY = ("-c", "user.name=reader", "-c", "user.email=reader@example.com")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def clone_into(folder: Path, renamed: Callable[[str], str] = str) -> Path:
    """Creates a repository with the files of the checkout, and with links to the installed folders, which git ignores.

    ``renamed`` maps the name of a stack file to its name in the clone.
    """
    copy_checkout(folder, lambda name: renamed(name) if name.startswith("Pulumi.") else name)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "as it is now")
    for name in INSTALLED:
        if (CHECKOUT / name).exists():
            (folder / name).symlink_to(CHECKOUT / name)
    if (CHECKOUT / BUNDLES).exists():
        shutil.copytree(CHECKOUT / BUNDLES, folder / BUNDLES)
    (folder / ".git" / "info" / "exclude").write_text("".join(f"/{name}\n" for name in (*INSTALLED, BUNDLES)))
    return folder
