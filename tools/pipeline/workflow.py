"""The shell steps of the GitHub workflows, which a runner or the rehearsal runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

WORKFLOWS = Path(__file__).resolve().parents[2] / ".github" / "workflows"


@dataclass(frozen=True)
class Job:
    """One job of a workflow."""

    workflow: str
    name: str
    content: Mapping[str, Any]

    @property
    def commands(self) -> list[str]:
        """Its shell steps, in order."""
        return [step["run"] for step in self.content["steps"] if "run" in step]


def jobs(folder: Path = WORKFLOWS) -> list[Job]:
    """All jobs of all workflows."""
    files = sorted(folder.glob("*.yml"))
    return [
        Job(file.stem, name, content)
        for file in files
        for name, content in yaml.safe_load(file.read_text())["jobs"].items()
    ]


def job(workflow: str, name: str) -> Job:
    """One job. Raises ``KeyError``."""
    return {(each.workflow, each.name): each for each in jobs()}[workflow, name]
