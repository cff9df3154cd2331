"""Runs the jobs of workflows like GitHub: checks out a commit, and runs the shell steps of a job."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from localcloud.errors import LocalCloudError
from tools.pipeline.workflow import job
from tools.rehearsal.repository import Repository

LIMIT_SECONDS = 300


@dataclass(frozen=True)
class JobResult:
    """Result of a job."""

    failed: bool
    report: str
    """The report of its steps for reviewers; empty if no step wrote one."""
    log: str


@dataclass(frozen=True)
class Forge:
    """Runs jobs of the workflows. ``environment`` has their variables and secrets."""

    repository: Repository
    environment: Mapping[str, str] = field(repr=False)

    def run(self, workflow: str, name: str, *, ref: str, stack: str) -> JobResult:
        """Runs the steps of a job until one fails, each in a new shell."""
        workspace = self.repository.check_out(ref)
        summary = self.repository.folder / "summary.md"
        summary.write_text("")
        environment = {**self.environment, "CI": "true", "STACK": stack, "GITHUB_STEP_SUMMARY": str(summary)}
        log = ""
        for command in job(workflow, name).commands:
            status, text = _run(command, workspace, environment)
            log += f"$ {command}\n{text}"
            if status != 0:
                return JobResult(True, summary.read_text(), log)
        return JobResult(False, summary.read_text(), log)


def _run(command: str, folder: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    try:
        ended = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command],  # noqa: S607
            cwd=folder,
            env={**environment, "PWD": os.fspath(folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise LocalCloudError(f"`{command}` did not finish within {LIMIT_SECONDS} seconds.") from None
    return ended.returncode, ended.stdout
