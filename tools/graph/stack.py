"""Loads a stack file so that its program runs without bundles and configured values."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from localcloud.stack_file import PROJECT, StackFile
from tools import stack_yaml

NO_ACCOUNT = "0" * 32
"""Account id for a stack file without one."""
TEMPLATES = {"pr": "pr-123"}
"""Stack names for templates, which are deployed with another name."""


@contextlib.contextmanager
def drawable_stack(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and configuration of a stack, with an empty script instead of each bundle.

    Raises ``LocalCloudError`` if there is no such stack file.
    """
    config = stack_yaml.read(StackFile.of(name).path)["config"]
    config.setdefault(f"{PROJECT}:accountId", NO_ACCOUNT)
    config.pop(f"{PROJECT}:secrets", None)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "worker.js"
        script.write_text("export default {}")
        for worker in config.get(f"{PROJECT}:workers", {}).values():
            worker["bundle"] = str(script)
            if "files" in worker:
                worker["files"] = dict.fromkeys(worker["files"], str(script))
        yield TEMPLATES.get(name, name), config
