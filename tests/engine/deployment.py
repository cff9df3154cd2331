"""A stack of a test on the local cloud, and functions that inspect it."""

import copy
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from localcloud.changes import changes_of_preview, changes_of_up
from localcloud.deploy import Stack
from localcloud.instance import Instance

MAIN, SCRIPT = "edge-postgres-local-main", "edge-postgres-local-api"
"""Default names at the vendors of the database `main` and of the Worker `api` in the stack `local`."""


@dataclass(frozen=True)
class Deployment:
    """A stack of a test, and functions that inspect it."""

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
        """Returns the same stack, which is prepared, after ``change`` has edited its configuration."""
        config = copy.deepcopy(self.config)
        change(config)
        changed = replace(self, stack=replace(self.stack, settings=config))
        changed.stack.write_settings()
        return changed

    def up(self) -> dict[str, int]:
        """Deploys the stack and returns the number of resources by operation: created, updated, same, ..."""
        return changes_of_up(self.stack)

    def previewed(self) -> dict[str, str]:
        """Returns the operations of a preview by type and name of the resource, without unchanged resources.

        A key is `WorkersScript edge-postgres-local-api`, because other resources of the Worker have the same name.
        """
        return {type_and_name(urn): operation for urn, operation in changes_of_preview(self.stack).items()}

    def exported(self) -> str:
        """Returns the state as it is stored, with encrypted secrets."""
        return self.stack.pulumi("stack", "export")

    def stored(self) -> defaultdict[str, Any]:
        """Returns the IDs of the records in Cloudflare's emulator, by kind. Other kinds are empty lists."""
        return defaultdict(list, self.control("GET", "store").json())

    def api(self, method: str, path: str) -> Any:
        """Returns the result of a call of Cloudflare's API."""
        environment = self.cloud.environment()
        token = {"authorization": f"Bearer {environment['CLOUDFLARE_API_TOKEN']}"}
        url = f"{environment['CLOUDFLARE_BASE_URL']}/{path}"
        answer = httpx.request(method, url, headers=token, timeout=10, trust_env=False, verify=False)
        return answer.raise_for_status().json()["result"]

    def control(self, method: str, path: str, **options: Any) -> httpx.Response:
        environment = self.cloud.environment()
        base = environment["CLOUDFLARE_BASE_URL"].removesuffix("/client/v4")
        token = {"authorization": f"Bearer {environment['CLOUDFLARE_API_TOKEN']}"}
        answer = httpx.request(
            method, f"{base}/__localcloud/{path}", headers=token, timeout=10, verify=False, **options
        )
        return answer.raise_for_status()


def type_and_name(urn: str) -> str:
    """Returns the last part of a resource's type, and the name of the resource."""
    *_, types, name = urn.split("::", 3)
    return f"{types.rpartition(':')[2]} {name}"
