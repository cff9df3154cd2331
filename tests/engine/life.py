"""A stack's life from its first `up` to its end, lived once for all tests that look at it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from localcloud.errors import LocalCloudError
from tests.engine.deployment import Deployment


@dataclass(frozen=True)
class Life:
    """What was seen of it."""

    seen: Any
    """What the module's own look found, while the stack was up."""
    again: dict[str, int]
    """Resources of a second `up`, by what became of them."""
    refusal: str
    """What a refresh said that expected no changes; nothing where there was none."""
    after_refresh: dict[str, str]
    """What a preview after it would do."""
    left: dict[str, Any]
    """What the stand-in for Cloudflare held after the end."""
    told: str = field(repr=False)
    """All that could be read: output, state, requests as the stand-in shows them, files, logs."""
    sent: str = field(repr=False)
    """The requests as they arrived, secrets too."""


def lived(deployment: Deployment, look: Callable[[], Any] = lambda: None) -> Life:
    """Lets it live: up, up again, refresh, preview, destroy. ``look`` is called after the first `up`."""
    told = deployment.stack.pulumi("up", "--yes", "--diff")
    seen = look()
    again = deployment.up()
    refusal = ""
    try:
        deployment.stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    except LocalCloudError as error:
        refusal = str(error)
    after_refresh = deployment.previewed()
    told += deployment.exported()
    told += json.dumps(deployment.control("GET", "requests").json())
    sent = deployment.control("GET", "requests", params={"raw": "1"}).text
    told += deployment.stack.pulumi("destroy", "--yes", "--skip-preview")
    left = {kind: ids for kind, ids in deployment.stored().items() if ids}
    files = [*deployment.stack.folder.parent.rglob("*"), *(deployment.cloud.state_directory.path / "logs").rglob("*")]
    told += "".join(file.read_text(errors="replace") for file in files if file.is_file())
    return Life(seen, again, refusal, after_refresh, left, told, sent)
