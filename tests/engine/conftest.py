"""One local cloud for all engine tests, and stacks that are gone when their test is."""

import copy
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from localcloud.deploy import Stack
from localcloud.home import CHECKOUT
from localcloud.instance import Instance

SCRIPT = "edge-postgres-local-api"


@dataclass(frozen=True)
class Deployment:
    """A stack of a test, and the ways to look at it."""

    cloud: Instance
    stack: Stack
    url: str

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

    def stored(self) -> dict[str, Any]:
        """What the stand-in for Cloudflare holds: ids by kind."""
        store: dict[str, Any] = self.control("GET", "store").json()
        return store

    def control(self, method: str, path: str, **options: Any) -> httpx.Response:
        base = self.cloud.environment()["CLOUDFLARE_BASE_URL"].removesuffix("/client/v4")
        return httpx.request(method, f"{base}/__localcloud/{path}", timeout=10, **options).raise_for_status()


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    cloud = Instance(tmp_path_factory.mktemp("cloud"))
    cloud.start(print)
    try:
        yield cloud
    finally:
        cloud.stop(print)


@pytest.fixture
def deployment(cloud: Instance, tmp_path: Path) -> Iterator[Deployment]:
    """The stack `local`, not deployed yet, with a state and a bundle of its own."""
    (tmp_path / "state").mkdir()
    shutil.copy(CHECKOUT / "workers" / "dist" / "pg.js", tmp_path / "worker.js")
    config = yaml.safe_load((CHECKOUT / "Pulumi.local.yaml").read_text())["config"]
    config["edge-postgres:workers"]["api"]["bundle"] = os.path.relpath(tmp_path / "worker.js", CHECKOUT)
    stack = Stack(
        tmp_path / "project",
        {**cloud.environment(), "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}"},
        settings=config,
    )
    deployment = Deployment(cloud, stack, cloud.database_url)
    deployment.prepare()
    try:
        yield deployment
    finally:
        deployment.control("DELETE", "faults")
        deployment.control("POST", "reset")
