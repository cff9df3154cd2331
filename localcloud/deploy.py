"""A stack on the local cloud: the checkout's own `__main__.py`, deployed by the real engine.

The engine keeps the encryption salt and the encrypted secrets in the stack file, beside `Pulumi.yaml`. So that the
checkout's files stay as they are, a stack has a project folder of its own in the local cloud's home, whose `main`
leads back to the checkout.
"""

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml

from localcloud.errors import LocalCloudError
from localcloud.home import CHECKOUT
from localcloud.instance import Instance
from localcloud.stack_file import StackFile

Report = Callable[[str], None]


@dataclass(frozen=True)
class Stack:
    """One stack of the checkout's program.

    ``environment`` is the engine's, ``folder`` the project's, made when missing. ``settings`` are what the stack file
    says.
    """

    folder: Path
    environment: Mapping[str, str] = field(repr=False)
    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, file: StackFile, instance: Instance) -> "Stack":
        """The stack of a stack file on a local cloud, ready to be deployed."""
        stack = cls(instance.home.path / "stacks" / file.stack, instance.environment(), file.stack, file.settings())
        stack.prepare(file.secrets(instance.database_url))
        return stack

    def prepare(self, secrets: Mapping[str, str]) -> None:
        """Writes the project, makes the stack where there is none, and sets its secrets (value by dotted path)."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        project = yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text())
        project["main"] = os.path.relpath(CHECKOUT, self.folder.resolve())
        project["runtime"]["options"]["virtualenv"] = str(CHECKOUT / ".venv")
        (self.folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
        self._write_stack_file()
        self.pulumi("stack", "select", "--create", self.name)
        for path, value in secrets.items():
            # The value goes through stdin: other users of the machine can read a command line.
            self.pulumi("config", "set", "--secret", "--path", f"{project['name']}:secrets.{path}", stdin=value)

    def _write_stack_file(self) -> None:
        file = self.folder / f"Pulumi.{self.name}.yaml"
        kept = yaml.safe_load(file.read_text()) if file.exists() else {}
        secrets = {key: value for key, value in kept.get("config", {}).items() if key.endswith(":secrets")}
        file.write_text(yaml.safe_dump({**kept, "config": {**self.settings, **secrets}}, sort_keys=False))
        file.chmod(0o600)

    def up(self, *options: str) -> None:
        """Deploys; what the engine prints goes to the terminal."""
        self.pulumi("up", "--yes", "--skip-preview", *options, show=True)

    def destroy(self) -> None:
        """Deletes all that the stack made."""
        self.pulumi("destroy", "--yes", "--skip-preview", show=True)

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, without the secret ones."""
        outputs: dict[str, Any] = json.loads(self.pulumi("stack", "output", "--json"))
        return outputs

    def pulumi(self, *arguments: str, stdin: str = "", show: bool = False) -> str:
        """Runs the engine in the project's folder; what it printed, unless that was shown.

        Raises ``LocalCloudError`` where it ends with another status than 0.
        """
        ended = subprocess.run(
            ["pulumi", "--non-interactive", *arguments],  # noqa: S607  # the environment's PATH leads to it
            cwd=self.folder,
            env=dict(self.environment),
            input=stdin,
            stdout=None if show else subprocess.PIPE,
            stderr=None if show else subprocess.STDOUT,
            text=True,
            check=False,
        )
        if ended.returncode != 0:
            told = "" if show else f"\n{ended.stdout.strip()}"
            raise LocalCloudError(f"`pulumi {arguments[0]}` ended with status {ended.returncode}.{told}")
        return "" if show else ended.stdout


def answer_of(url: str) -> Any:
    """What the Worker at ``http://NAME.localhost:PORT/`` answers: every name below localhost is this machine."""
    parsed = httpx.URL(url)
    try:
        answer = httpx.get(parsed.copy_with(host="127.0.0.1"), headers={"host": parsed.netloc.decode()}, timeout=30)
        return answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise LocalCloudError(
            f"The Worker at {url} gave no answer that can be read: {error}. `python -m localcloud logs workers` tells "
            "more."
        ) from error
