"""One local cloud for all tests here, and stacks that are gone when their test is."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from localcloud.deploy import Stack
from localcloud.home import CHECKOUT
from localcloud.instance import Instance
from tests.engine.deployment import Deployment


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory, pulumi_path: Path) -> Iterator[Instance]:
    cloud = Instance(tmp_path_factory.mktemp("cloud"))
    cloud.start(print)
    try:
        yield cloud
    finally:
        cloud.stop(print, remove=True)


@pytest.fixture
def vendors(cloud: Instance) -> Iterator[None]:
    """What a test makes at Neon and Prisma is gone after it, and so are the faults that it asked for."""
    yield
    for emulator in (cloud.neon, cloud.prisma):
        emulator.control("DELETE", "faults")
        emulator.control("POST", "reset")


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
        name="local",
        settings=config,
    )
    deployment = Deployment(cloud, stack, cloud.database_url)
    deployment.prepare()
    try:
        yield deployment
    finally:
        deployment.control("DELETE", "faults")
        deployment.control("POST", "reset")
