"""A stack of a test on the local cloud, and the ways to look at it."""

import copy
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from localcloud.deploy import Stack
from localcloud.instance import Instance

SCRIPT = "edge-postgres-local-api"


@dataclass(frozen=True)
class Deployment:
    """A stack of a test, and the ways to look at it."""

    cloud: Instance
    stack: Stack
    url: str = field(repr=False)

    @property
    def config(self) -> dict[str, Any]:
        assert isinstance(self.stack.settings, dict)
        return self.stack.settings

    def prepare(self, **secrets: str) -> None:
        self.stack.prepare({"databases.main.url": self.url, **secrets})

    def changed(self, change: Callable[[dict[str, Any]], None]) -> "Deployment":
        """The same stack after ``change`` has been at its configuration."""
        config = copy.deepcopy(self.config)
        change(config)
        changed = replace(self, stack=replace(self.stack, settings=config))
        changed.prepare()
        return changed

    def up(self) -> dict[str, int]:
        """Deploys; how many resources were created, updated, left the same, ..."""
        self.stack.pulumi("up", "--yes", "--skip-preview")
        history = json.loads(self.stack.pulumi("stack", "history", "--json"))
        changes: dict[str, int] = history[0]["resourceChanges"]
        return changes

    def previewed(self) -> dict[str, str]:
        """What a preview would do: operation by resource name, without what stays the same."""
        preview = json.loads(self.stack.pulumi("preview", "--json"))
        return {step["urn"].rsplit("::", 1)[1]: step["op"] for step in preview["steps"] if step["op"] != "same"}

    def exported(self) -> str:
        """The state as it is stored, secrets encrypted."""
        return self.stack.pulumi("stack", "export")

    def stored(self) -> defaultdict[str, Any]:
        """What the stand-in for Cloudflare holds: ids by kind, nothing for a kind that it has none of."""
        return defaultdict(list, self.control("GET", "store").json())

    def control(self, method: str, path: str, **options: Any) -> httpx.Response:
        environment = self.cloud.environment()
        base = environment["CLOUDFLARE_BASE_URL"].removesuffix("/client/v4")
        token = {"authorization": f"Bearer {environment['CLOUDFLARE_API_TOKEN']}"}
        answer = httpx.request(method, f"{base}/__localcloud/{path}", headers=token, timeout=10, **options)
        return answer.raise_for_status()
