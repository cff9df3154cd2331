"""The git repository of the rehearsal: a copy of the checkout, including uncommitted changes."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from localcloud.errors import LocalCloudError
from localcloud.state_directory import CHECKOUT
from tools.rehearsal.copy import copy_checkout

AUTHOR = ("-c", "user.name=Rehearsal", "-c", "user.email=rehearsal@localhost", "-c", "commit.gpgsign=false")
MAIN = "main"
# Packages that `make setup` would install in each clone.
INSTALLED = (".venv", "workers/node_modules")
PREREQUISITES = ("requirements.lock", "pyproject.toml", "workers/package-lock.json")


@dataclass(frozen=True)
class Repository:
    """A git repository with two clones, all below ``folder``."""

    folder: Path
    environment: Mapping[str, str] = field(repr=False)

    @property
    def origin(self) -> Path:
        return self.folder / "origin.git"

    @property
    def clone(self) -> Path:
        """The clone of the developers."""
        return self.folder / "clone"

    @property
    def workspace(self) -> Path:
        """The folder in which jobs run one after another, as on a runner."""
        return self.folder / "workspace"

    def create(self) -> None:
        """Creates the repository and the clone of the developers, without a commit."""
        copy_checkout(self.clone)
        self.git(self.folder, "init", "--quiet", "--bare", "--initial-branch", MAIN, str(self.origin))
        self.git(self.clone, "init", "--quiet", "--initial-branch", MAIN)
        self.git(self.clone, "remote", "add", "origin", str(self.origin))

    def push(self, branch: str, message: str) -> None:
        """Commits all changes of the clone to a branch, which may be new, and pushes it."""
        if self.git(self.clone, "branch", "--show-current") != branch:
            self.git(self.clone, "switch", "--quiet", "--create", branch)
        self.git(self.clone, "add", "--all")
        self.git(self.clone, "commit", "--quiet", "--message", message)
        self.git(self.clone, "push", "--quiet", "origin", branch)

    def merge(self, branch: str) -> None:
        self.git(self.clone, "switch", "--quiet", MAIN)
        self.git(self.clone, "merge", "--quiet", "--no-ff", "--message", f"Merge {branch}", branch)
        self.git(self.clone, "push", "--quiet", "origin", MAIN)

    def check_out(self, ref: str) -> Path:
        """Prepares the workspace for a job: checks out a commit, removes other files, and links packages."""
        workspace = self.workspace
        if not (workspace / ".git").exists():
            self.git(workspace, "init", "--quiet")
        self.git(workspace, "fetch", "--quiet", "--depth", "1", self.origin.as_uri(), ref)
        self.git(workspace, "checkout", "--quiet", "--force", "--detach", "FETCH_HEAD")
        # Ignored files are kept, as on a runner that is used again. Make rebuilds outdated files.
        self.git(workspace, "clean", "--quiet", "-ffd")
        _link_packages(workspace)
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


def update_config(file: Path, settings: Mapping[str, Any]) -> None:
    """Sets keys in the configuration of a stack file, and keeps the others."""
    content = yaml.safe_load(file.read_text()) if file.exists() else {}
    content["config"] = {**content.get("config", {}), **settings}
    file.write_text(yaml.safe_dump(content, sort_keys=False))


def _link_packages(folder: Path) -> None:
    """Links the installed packages, so that `make setup` does not install them again."""
    for name in INSTALLED:
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(CHECKOUT / name)
    for name in PREREQUISITES:
        # For make, the prerequisites have to be older than the packages.
        os.utime(folder / name, (0, 0))
