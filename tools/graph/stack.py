"""A stack file of the checkout, so that its program runs where nothing is built or set."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from localcloud.stack_file import PROJECT, StackFile
from tools import stack_yaml

NO_ACCOUNT = "0" * 32
"""For a file that leaves the account to its user."""
TEMPLATES = {"pr": "pr-123"}
"""A template is deployed by another name than its own."""


@contextlib.contextmanager
def drawable(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and configuration of a stack, with an empty script in the place of each bundle: a picture needs none.

    Raises ``LocalCloudError`` where there is no such stack file.
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
