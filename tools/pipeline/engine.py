"""Pulumi, as the steps of a pipeline run it: in the checkout, signed in, and told no more than it needs."""

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

from tools.pipeline.identity import signed_in
from tools.pipeline.stopped import Stopped

CHECKOUT = Path(__file__).resolve().parents[2]
# With these a job acts at its forge. The program, its packages and its plugins have no use for them.
WITHHELD = (
    *("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_RUNTIME_TOKEN"),
    *("GITHUB_TOKEN", "GH_TOKEN", "CI_JOB_TOKEN"),
)


@dataclass(frozen=True)
class Ran:
    """What a command printed, and how it ended."""

    text: str
    status: int


@dataclass(frozen=True)
class Engine:
    """A `pulumi` with the environment that it gets: secrets travel there, and in no argument."""

    program: str
    environment: Mapping[str, str] = field(repr=False)

    @classmethod
    @contextmanager
    def ready(cls) -> Iterator["Engine"]:
        """The machine's engine, signed in to whatever takes the pipeline's word."""
        found = subprocess.run([CHECKOUT / "tools" / "pulumi.sh"], stdout=subprocess.PIPE, text=True, check=False)
        if found.returncode != 0:
            raise Stopped("There is no Pulumi engine on this machine; `tools/pulumi.sh` says what it tried.")
        with TemporaryDirectory(prefix="pipeline-") as folder:
            identity = signed_in(os.environ, Path(folder))
            kept = {name: value for name, value in os.environ.items() if name not in WITHHELD}
            quiet = {"PULUMI_SKIP_UPDATE_CHECK": "true"}
            engine = cls(found.stdout.strip(), {**quiet, **kept, **identity.variables})
            if identity.login:
                engine.ask("login", *identity.login)
            yield engine

    def show(self, *arguments: str) -> Ran:
        """Runs a command; what it prints is shown as it comes."""
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
        return Ran("".join(lines), process.returncode)

    def ask(self, *arguments: str) -> str:
        """What a command answers. Raises ``Stopped`` with its own words where it fails."""
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
            raise Stopped(f"`pulumi {arguments[0]}` ended with status {ended.returncode}: {ended.stderr.strip()}")
        return ended.stdout

    def has(self, stack: str) -> bool:
        """Whether the backend has a stack of the project by this name."""
        stacks: list[dict[str, Any]] = json.loads(self.ask("stack", "ls", "--json"))
        return stack.rpartition("/")[2] in {each["name"].rpartition("/")[2] for each in stacks}

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        return [self.program, "--non-interactive", "--color", "never", *arguments]
