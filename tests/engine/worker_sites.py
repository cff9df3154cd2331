"""Stacks of Workers that answer with their own name, without a database."""

import copy
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from localcloud.instance import Instance
from localcloud.state_directory import CHECKOUT
from tests.engine.deployment import Deployment

WORD = 'export default { fetch: () => new Response("{}") };\n'


@dataclass(frozen=True)
class WorkerSite:
    """A stack whose Workers, and other sections of the stack file, a test declares."""

    deployment: Deployment
    folder: Path

    @property
    def cloud(self) -> Instance:
        return self.deployment.cloud

    def declared(self, workers: Mapping[str, Mapping[str, Any]], **sections: Any) -> "WorkerSite":
        """Returns the same stack with exactly these Workers and other sections.

        A Worker without a `bundle` answers with its name.
        """
        config = {
            "edge-postgres:accountId": "local",
            "edge-postgres:databases": {},
            "edge-postgres:workers": {
                name: {"bundle": self.write(name), "compatibilityDate": "2026-08-04", **copy.deepcopy(dict(settings))}
                for name, settings in workers.items()
            },
            **{f"edge-postgres:{section}": value for section, value in sections.items()},
        }
        stack = replace(self.deployment.stack, settings=config)
        changed = replace(self, deployment=replace(self.deployment, stack=stack))
        changed.deployment.stack.write_settings()
        return changed

    def write(self, name: str, script: str = WORD) -> str:
        """Writes a bundle that answers with its name. Returns its path as a stack file has it.

        Args:
            name: Name of the bundle.
            script: Source of the bundle, with `{}` in the place of the name.
        """
        self.folder.mkdir(exist_ok=True)
        (self.folder / f"{name}.js").write_text(script.replace("{}", name))
        return os.path.relpath(self.folder / f"{name}.js", CHECKOUT)

    def expect_no_change(self) -> None:
        """Checks that another `up` changes nothing."""
        assert set(self.deployment.up()) == {"same"}
