"""A stack on the local cloud: the `__main__.py` of this checkout, deployed by the real Pulumi engine.

The engine writes the encryption salt and the encrypted secrets into the stack file next to `Pulumi.yaml`. Each stack
therefore has a separate project folder in the state directory, so that the files of the checkout do not change. The
`main` of that project points to the checkout.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import httpx
import yaml

from localcloud.engines import ending_with_this_process, remove_stale_locks
from localcloud.errors import LocalCloudError
from localcloud.instance import Instance
from localcloud.service import Report
from localcloud.stack_file import StackFile
from localcloud.state_directory import CHECKOUT

DYNAMIC_PROVIDER = Path(__file__).resolve().parent / "dynamic_provider"


@dataclass(frozen=True)
class Stack:
    """A Pulumi stack that runs the program of this checkout.

    ``folder`` is the project folder, which is created if missing. ``environment`` holds the environment variables of
    the engine. ``settings`` is the configuration from the stack file.
    """

    folder: Path
    environment: Mapping[str, str] = field(repr=False)
    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, file: StackFile, instance: Instance) -> "Stack":
        """Creates the stack of a stack file on a local cloud, ready to be deployed."""
        stack = cls(
            instance.state_directory.path / "stacks" / file.stack, instance.environment(), file.stack, file.settings()
        )
        stack.prepare(file.secrets(instance.database_url))
        return stack

    def prepare(self, secrets: Mapping[str, str]) -> None:
        """Writes the project, creates the stack if it does not exist, and sets its secrets (value by dotted path)."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        project = yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text())
        project["main"] = os.path.relpath(CHECKOUT, self.folder.resolve())
        project["runtime"]["options"]["virtualenv"] = str(CHECKOUT / ".venv")
        project["plugins"] = {"providers": [{"name": "pulumi-python", "path": str(DYNAMIC_PROVIDER)}]}
        (self.folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
        self.write_settings()
        self.pulumi("stack", "select", "--create", self.name)
        for path, value in secrets.items():
            # The value is passed on stdin, because other users of the machine can read command lines.
            self.pulumi("config", "set", "--secret", "--path", f"{project['name']}:secrets.{path}", stdin=value)

    def write_settings(self) -> None:
        """Writes the stack file: the settings, and the secrets that the stack already has."""
        file = self.folder / f"Pulumi.{self.name}.yaml"
        existing = yaml.safe_load(file.read_text()) if file.exists() else {}
        secrets = {key: value for key, value in existing.get("config", {}).items() if key.endswith(":secrets")}
        file.write_text(yaml.safe_dump({**existing, "config": {**self.settings, **secrets}}, sort_keys=False))
        file.chmod(0o600)

    def unlock(self, report: Report) -> None:
        """Removes the lock of an engine that was killed. The lock of a running engine stays."""
        remove_stale_locks(self._state, self.name, report)

    def changes_of_last_update(self) -> dict[str, int]:
        """Returns the number of resources of the last `up`, by operation: `create`, `update`, `same`, ...

        Reads the record of the engine. The command `pulumi stack history` starts another engine for it.
        """
        project = yaml.safe_load((self.folder / "Pulumi.yaml").read_text())["name"]
        records = (self._state / ".pulumi" / "history" / project / self.name).glob("*.history.json")
        # The names end with the time of the update in nanoseconds.
        changes: dict[str, int] = json.loads(max(records).read_text())["resourceChanges"]
        return changes

    @property
    def _state(self) -> Path:
        """The folder of the engine's state."""
        return Path(url2pathname(urlsplit(self.environment["PULUMI_BACKEND_URL"]).path))

    def up(self, *options: str) -> None:
        """Deploys the stack and shows the output of the engine on the terminal."""
        self.pulumi("up", "--yes", "--skip-preview", *options, show=True)

    def destroy(self) -> None:
        """Deletes all resources of the stack."""
        self.pulumi("destroy", "--yes", "--skip-preview", show=True)

    def outputs(self) -> dict[str, Any]:
        """Returns the outputs of the stack, with secret ones redacted by the engine."""
        outputs: dict[str, Any] = json.loads(self.pulumi("stack", "output", "--json"))
        return outputs

    def pulumi(self, *arguments: str, stdin: str = "", show: bool = False) -> str:
        """Runs a command of the engine in the project folder.

        Returns the output, or an empty string if ``show`` sends it to the terminal. Raises ``LocalCloudError`` if the
        exit status is not 0.
        """
        with subprocess.Popen(
            # The program is found on the PATH of the environment.
            ending_with_this_process(["pulumi", "--non-interactive", *arguments]),
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.PIPE,
            stdout=None if show else subprocess.PIPE,
            stderr=None if show else subprocess.STDOUT,
            text=True,
        ) as engine:
            try:
                output, _ = engine.communicate(stdin)
            except KeyboardInterrupt:
                engine.communicate()  # the terminal also interrupts the engine, which then unlocks the stack
                raise
        if engine.returncode != 0:
            shown = "" if show else f"\n{output.strip()}"
            raise LocalCloudError(f"`pulumi {arguments[0]}` failed with exit status {engine.returncode}.{shown}")
        return output or ""


def call_worker(url: str) -> Any:
    """Calls the Worker at ``http://NAME.localhost:PORT/`` and returns the JSON of its response.

    The request goes to 127.0.0.1, because not every resolver knows names below `localhost`. Raises ``LocalCloudError``
    if there is no response, an error status, or no JSON.
    """
    parsed = httpx.URL(url)
    try:
        response = httpx.get(parsed.copy_with(host="127.0.0.1"), headers={"host": parsed.netloc.decode()}, timeout=30)
        return response.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise LocalCloudError(
            f"The Worker at {url} did not return a successful JSON response: {error}. "
            "Run `python -m localcloud logs workers` for details."
        ) from error
