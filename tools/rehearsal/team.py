"""A team's repository, made up for a rehearsal: the checkout as it stands, and git around it."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from localcloud.errors import LocalCloudError
from localcloud.home import CHECKOUT
from tools.rehearsal.copy import copy_checkout

AUTHOR = ("-c", "user.name=Rehearsal", "-c", "user.email=rehearsal@localhost", "-c", "commit.gpgsign=false")
MAIN = "main"
# What `make setup` would fetch for each clone anew.
INSTALLED = (".venv", "workers/node_modules")
LOCKS = ("requirements.lock", "workers/package-lock.json")


@dataclass(frozen=True)
class Repository:
    """A git repository with two clones, all below ``folder``."""

    folder: Path
    environment: Mapping[str, str] = field(repr=False)

    @property
    def origin(self) -> Path:
        return self.folder / "origin.git"

    @property
    def desk(self) -> Path:
        """The clone in which the team works."""
        return self.folder / "desk"

    @property
    def workspace(self) -> Path:
        """Where jobs run, one after the other; a runner has them in one folder, too."""
        return self.folder / "workspace"

    def make(self) -> None:
        """Begins with the checkout as it stands: changes that are not committed are rehearsed too."""
        copy_checkout(self.desk)
        self.git(self.folder, "init", "--quiet", "--bare", "--initial-branch", MAIN, str(self.origin))
        self.git(self.desk, "init", "--quiet", "--initial-branch", MAIN)
        self.git(self.desk, "remote", "add", "origin", str(self.origin))

    def push(self, branch: str, message: str) -> None:
        """Commits what stands on the desk to the branch that it is of, or to a new one."""
        if self.git(self.desk, "branch", "--show-current") != branch:
            self.git(self.desk, "switch", "--quiet", "--create", branch)
        self.git(self.desk, "add", "--all")
        self.git(self.desk, "commit", "--quiet", "--message", message)
        self.git(self.desk, "push", "--quiet", "origin", branch)

    def merge(self, branch: str) -> None:
        self.git(self.desk, "switch", "--quiet", MAIN)
        self.git(self.desk, "merge", "--quiet", "--no-ff", "--message", f"Merge {branch}", branch)
        self.git(self.desk, "push", "--quiet", "origin", MAIN)

    def check_out(self, ref: str) -> Path:
        """Has the workspace be what a job begins with: a commit, no file beside it, the packages installed already."""
        workspace = self.workspace
        if not (workspace / ".git").exists():
            self.git(workspace, "init", "--quiet")
        self.git(workspace, "fetch", "--quiet", "--depth", "1", self.origin.as_uri(), ref)
        self.git(workspace, "checkout", "--quiet", "--force", "--detach", "FETCH_HEAD")
        # What git ignores stays, as on a runner that is used again: make builds anew what is out of date.
        self.git(workspace, "clean", "--quiet", "-ffd")
        _furnish(workspace)
        return workspace

    def git(self, folder: Path, *arguments: str) -> str:
        ended = subprocess.run(
            ["git", *AUTHOR, *arguments],  # noqa: S607
            cwd=folder,
            env=dict(self.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if ended.returncode != 0:
            raise LocalCloudError(f"`git {arguments[0]}` ended with status {ended.returncode}: {ended.stdout.strip()}")
        return ended.stdout.strip()


def change(file: Path, settings: Mapping[str, Any]) -> None:
    """Sets keys of a stack file's configuration, and leaves the others."""
    whole = yaml.safe_load(file.read_text()) if file.exists() else {}
    whole["config"] = {**whole.get("config", {}), **settings}
    file.write_text(yaml.safe_dump(whole, sort_keys=False))


def _furnish(folder: Path) -> None:
    """Has `make setup` find in a clone what it would install there."""
    for name in INSTALLED:
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(CHECKOUT / name)
    for name in LOCKS:
        # Older than what is installed from it, for make.
        os.utime(folder / name, (0, 0))
