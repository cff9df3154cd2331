"""Stack files of the checkout, and what they say when the clouds are on this machine."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from localcloud.errors import LocalCloudError
from localcloud.home import CHECKOUT

LOCAL = "local"
PREVIEW = "pr-"
"""How the names of preview stacks begin; all are copies of `Pulumi.pr.yaml`."""
PROJECT = "edge-postgres"
PROVIDERS = ("existing", "neon", "prisma")
"""Homes of Postgres that something on this machine stands in for."""


@dataclass(frozen=True)
class StackFile:
    """A stack as `Pulumi.NAME.yaml` or `examples/NAME.yaml` describes it."""

    name: str
    path: Path

    @classmethod
    def of(cls, name: str) -> "StackFile":
        """Raises ``LocalCloudError`` where there is none of this name."""
        places = [CHECKOUT / f"Pulumi.{name}.yaml", CHECKOUT / "examples" / f"{name}.yaml"]
        if name.startswith(PREVIEW):
            places.append(CHECKOUT / "Pulumi.pr.yaml")
        for path in places:
            if path.is_file():
                return cls(name, path)
        raise LocalCloudError(f"There is no stack file of the name `{name}`. There are {', '.join(_names())}.")

    @property
    def stack(self) -> str:
        """The stack that it is deployed as: one whose clouds are on this machine."""
        return self.name if self.name == LOCAL else f"{LOCAL}-{self.name}"

    def settings(self) -> dict[str, Any]:
        """Its configuration, with this machine in the place of a Cloudflare account."""
        config: dict[str, Any] = copy.deepcopy(yaml.safe_load(self.path.read_text())["config"])
        for name, database in config[f"{PROJECT}:databases"].items():
            self._refuse_elsewhere(name, database)
        if store := config.get(f"{PROJECT}:secretsStore"):
            # The account's own is at Cloudflare.
            store.pop("storeId", None)
            store.setdefault("storeName", self.stack)
        return {**config, f"{PROJECT}:accountId": LOCAL}

    def secrets(self, database_url: str) -> dict[str, str]:
        """A value for each secret that it names, by path: the local database's, or a made-up one."""
        config = self.settings()
        databases: Mapping[str, Any] = config[f"{PROJECT}:databases"]
        urls = {each["urlSecret"]: database_url for each in databases.values() if "urlSecret" in each}
        workers: Mapping[str, Any] = config.get(f"{PROJECT}:workers", {})
        own = {
            f"workers.{name}.{key}": f"local {key}" for name, each in workers.items() for key in each.get("secrets", ())
        }
        pages: Mapping[str, Any] = config.get(f"{PROJECT}:pages", {})
        of_pages = {
            f"pages.{name}.{environment}.{key}": f"local {key} of {environment}"
            for name, each in pages.items()
            for environment in ("production", "preview")
            for key in each[environment].get("secrets", ())
        }
        stored: Mapping[str, Any] = config.get(f"{PROJECT}:secretsStore", {}).get("secrets", {})
        versions = {
            f"secretsStore.{name}" + (f"-v{version}" if version > 1 else ""): f"local {name} {version}"
            for name, each in stored.items()
            for version in range(1, each.get("version", 1) + 1)
        }
        return {**urls, **own, **of_pages, **versions}

    def _refuse_elsewhere(self, name: str, database: Mapping[str, Any]) -> None:
        provider = database.get("provider")
        if provider not in PROVIDERS or (provider == "existing" and "urlSecret" not in database):
            raise LocalCloudError(
                f"`{self.path.name}` has its database `{name}` at `{provider}`, which nothing on this machine stands "
                "in for. Those are `neon`, `prisma`, and `existing` with `urlSecret`; unit tests deploy the others."
            )


def _names() -> Iterator[str]:
    for path in sorted([*CHECKOUT.glob("Pulumi.*.yaml"), *(CHECKOUT / "examples").glob("*.yaml")]):
        yield f"`{path.stem.removeprefix('Pulumi.')}`"
