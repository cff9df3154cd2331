"""What a forge does with a workflow, as far as a rehearsal needs it: the commit checked out, a job's shell steps."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from localcloud.errors import LocalCloudError
from tools.pipeline.workflow import job
from tools.rehearsal.team import Repository

LIMIT_SECONDS = 300


@dataclass(frozen=True)
class Done:
    """How a job ended."""

    failed: bool
    report: str
    """What its steps handed over to reviewers; nothing where it did not come so far."""
    log: str


@dataclass(frozen=True)
class Forge:
    """Runs jobs of the workflows; ``environment`` is what the variables and secrets of theirs would say."""

    repository: Repository
    environment: Mapping[str, str] = field(repr=False)

    def run(self, workflow: str, name: str, *, ref: str, stack: str) -> Done:
        """Runs a job's steps as a runner does: each in a shell of its own, none after one that failed."""
        workspace = self.repository.check_out(ref)
        summary = self.repository.folder / "summary.md"
        summary.write_text("")
        environment = {**self.environment, "CI": "true", "STACK": stack, "GITHUB_STEP_SUMMARY": str(summary)}
        log = ""
        for command in job(workflow, name).commands:
            status, text = _run(command, workspace, environment)
            log += f"$ {command}\n{text}"
            if status != 0:
                return Done(True, summary.read_text(), log)
        return Done(False, summary.read_text(), log)


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
        raise LocalCloudError(f"`{command}` did not end within {LIMIT_SECONDS} seconds.") from None
    return ended.returncode, ended.stdout
