"""Stack files of the checkout, and their configuration for a deployment to the local cloud."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from localcloud.errors import LocalCloudError
from localcloud.state_directory import CHECKOUT

LOCAL = "local"
PREVIEW = "pr-"
"""Prefix of the names of preview stacks, which all use the settings of `Pulumi.pr.yaml`."""
PROJECT = "edge-postgres"
PROVIDERS = ("existing", "neon", "prisma")
"""Database vendors that the local cloud emulates."""


@dataclass(frozen=True)
class StackFile:
    """The file `Pulumi.NAME.yaml` or `examples/NAME.yaml` of a stack."""

    name: str
    path: Path

    @classmethod
    def of(cls, name: str) -> "StackFile":
        """Finds the file of a stack. Raises ``LocalCloudError`` if it does not exist."""
        paths = [CHECKOUT / f"Pulumi.{name}.yaml", CHECKOUT / "examples" / f"{name}.yaml"]
        if name.startswith(PREVIEW):
            paths.append(CHECKOUT / "Pulumi.pr.yaml")
        for path in paths:
            if path.is_file():
                return cls(name, path)
        raise LocalCloudError(f"There is no stack file named `{name}`. Use one of {', '.join(_names())}.")

    @property
    def stack(self) -> str:
        """Name of the stack on the local cloud."""
        return self.name if self.name == LOCAL else f"{LOCAL}-{self.name}"

    def settings(self) -> dict[str, Any]:
        """Returns its configuration, changed to use the local cloud instead of a Cloudflare account.

        Raises ``LocalCloudError`` if a database is at a vendor that the local cloud does not emulate.
        """
        config: dict[str, Any] = copy.deepcopy(yaml.safe_load(self.path.read_text())["config"])
        for name, database in config[f"{PROJECT}:databases"].items():
            self._validate_is_emulated(name, database)
            if (route := database.get("route", {})).get("kind") == "vpc-service":
                # The tunnel with this id exists only on Cloudflare. The host of the local database is an IP address,
                # whose certificate cannot be verified.
                route.pop("tunnelId", None)
                route.update(connector="none", certificateVerification="disabled")
        if store := config.get(f"{PROJECT}:secretsStore"):
            # The store with this id exists only on Cloudflare.
            store.pop("storeId", None)
            store.setdefault("storeName", self.stack)
        for worker in config.get(f"{PROJECT}:workers", {}).values():
            if "migrations" in worker:
                # A local stack is disposable. Without `force` the API deletes no script that owns Durable Objects.
                worker["transform"] = {"script": {"force": True}, **worker.get("transform", {})}
            # No name server of this machine knows the custom domains and routes of a Worker.
            worker["workersDev"] = True
        return {**config, f"{PROJECT}:accountId": LOCAL}

    def secrets(self, database_url: str) -> dict[str, str]:
        """Returns a value for each secret that it names, by path: the local database URL, or an invented value."""
        config = self.settings()
        databases: Mapping[str, Any] = config[f"{PROJECT}:databases"]
        urls = {each["urlSecret"]: database_url for each in databases.values() if "urlSecret" in each}
        workers: Mapping[str, Any] = config.get(f"{PROJECT}:workers", {})
        of_workers = {
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
        return {**urls, **of_workers, **of_pages, **versions}

    def _validate_is_emulated(self, name: str, database: Mapping[str, Any]) -> None:
        provider = database.get("provider")
        if provider not in PROVIDERS or (provider == "existing" and "urlSecret" not in database):
            raise LocalCloudError(
                f"`{self.path.name}`: database `{name}` has provider `{provider}`, which has no local emulator. Use "
                "`neon`, `prisma`, or `existing` with `urlSecret`. Unit tests with mocks cover the others."
            )


def _names() -> Iterator[str]:
    for path in sorted([*CHECKOUT.glob("Pulumi.*.yaml"), *(CHECKOUT / "examples").glob("*.yaml")]):
        yield f"`{path.stem.removeprefix('Pulumi.')}`"
