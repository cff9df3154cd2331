"""A stack's lifecycle from the first `up` to its destruction, run once for all tests of a module."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from localcloud.changes import refresh_without_change
from localcloud.errors import LocalCloudError
from tests.engine.deployment import Deployment


@dataclass(frozen=True)
class Lifecycle:
    """The results of a lifecycle."""

    observed: Any
    """The return value of the module's `observe`, which runs while the stack is deployed."""
    second_up: dict[str, int]
    """The number of resources in a second `up`, by operation."""
    refresh_error: str
    """The error of a refresh that expected no changes. Empty if it succeeded."""
    after_refresh: dict[str, str]
    """The operations of a preview after the refresh, by resource."""
    leftovers: dict[str, Any]
    """The records of Cloudflare's emulator after the destruction."""
    output: str = field(repr=False)
    """Everything that a user can read: output, state, requests as the emulator shows them, files and logs."""
    requests: str = field(repr=False)
    """The requests as they arrived, including secrets."""


def run_lifecycle(deployment: Deployment, observe: Callable[[], Any] = lambda: None) -> Lifecycle:
    """Runs `up`, a second `up`, refresh, preview and destroy. ``observe`` is called after the first `up`."""
    output = deployment.stack.pulumi("up", "--yes", "--diff")
    observed = observe()
    second_up = deployment.up()
    refresh_error = ""
    try:
        refresh_without_change(deployment.stack)
    except LocalCloudError as error:
        refresh_error = str(error)
    after_refresh = deployment.previewed()
    output += deployment.exported()
    output += json.dumps(deployment.control("GET", "requests").json())
    requests = deployment.control("GET", "requests", params={"raw": "1"}).text
    output += deployment.stack.pulumi("destroy", "--yes", "--skip-preview")
    leftovers = {kind: ids for kind, ids in deployment.stored().items() if ids}
    files = [*deployment.stack.folder.parent.rglob("*"), *(deployment.cloud.state_directory.path / "logs").rglob("*")]
    output += "".join(file.read_text(errors="replace") for file in files if file.is_file())
    return Lifecycle(observed, second_up, refresh_error, after_refresh, leftovers, output, requests)
