"""Runs Pulumi for the steps of a pipeline: in the checkout, authenticated, with a reduced environment."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tools.pipeline.errors import PipelineError
from tools.pipeline.identity import authenticate

CHECKOUT = Path(__file__).resolve().parents[2]
# Tokens of GitHub and GitLab. The stack program, its packages and its plugins do not need them.
REMOVED = (
    *("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_RUNTIME_TOKEN"),
    *("GITHUB_TOKEN", "GH_TOKEN", "CI_JOB_TOKEN"),
)


@dataclass(frozen=True)
class CommandResult:
    """Output and exit status of a command."""

    text: str
    status: int


@dataclass(frozen=True)
class Engine:
    """A `pulumi` program and its environment. Secrets are passed in the environment, never as arguments."""

    program: str
    environment: Mapping[str, str] = field(repr=False)

    @classmethod
    @contextmanager
    def ready(cls) -> Iterator["Engine"]:
        """The installed engine, with the identity of the job at each vendor that the environment names."""
        found = subprocess.run([CHECKOUT / "tools" / "pulumi.sh"], stdout=subprocess.PIPE, text=True, check=False)
        if found.returncode != 0:
            raise PipelineError("Pulumi is not installed. `tools/pulumi.sh` prints the reason.")
        with TemporaryDirectory(prefix="pipeline-") as folder:
            identity = authenticate(os.environ, Path(folder))
            kept = {name: value for name, value in os.environ.items() if name not in REMOVED}
            quiet = {"PULUMI_SKIP_UPDATE_CHECK": "true"}
            engine = cls(found.stdout.strip(), {**quiet, **kept, **identity.variables})
            if identity.login:
                engine.output("login", *identity.login)
            yield engine

    def run(self, *arguments: str) -> CommandResult:
        """Runs a command and prints its output at once."""
        lines = []
        with subprocess.Popen(
            self._command(arguments),
            cwd=CHECKOUT,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            for line in process.stdout or ():
                sys.stdout.write(line)
                sys.stdout.flush()
                lines.append(line)
        return CommandResult("".join(lines), process.returncode)

    def output(self, *arguments: str) -> str:
        """Output of a command. Raises ``PipelineError`` with its error message if it fails."""
        ended = subprocess.run(
            self._command(arguments),
            cwd=CHECKOUT,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if ended.returncode != 0:
            raise PipelineError(f"`pulumi {arguments[0]}` ended with status {ended.returncode}: {ended.stderr.strip()}")
        return ended.stdout

    def has_stack(self, stack: str) -> bool:
        """Whether the backend has a stack of the project with this name."""
        stacks: list[dict[str, Any]] = json.loads(self.output("stack", "ls", "--json"))
        return stack.rpartition("/")[2] in {each["name"].rpartition("/")[2] for each in stacks}

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        return [self.program, "--non-interactive", "--color", "never", *arguments]
