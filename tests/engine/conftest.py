"""One local cloud for all engine tests, and stacks that are removed with their test."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from localcloud.deploy import Stack
from localcloud.instance import Instance
from localcloud.provider.project_files import VARIABLE
from localcloud.state_directory import CHECKOUT
from tests.engine.deployment import Deployment


@pytest.fixture(scope="session", autouse=True)
def guarded(guard: None) -> None:
    """Every local cloud of these tests ends with the test run, also with a killed one."""


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory, pulumi_path: Path) -> Iterator[Instance]:
    os.environ[VARIABLE] = str(tmp_path_factory.getbasetemp())  # the folders of bundles that tests build
    cloud = Instance(tmp_path_factory.mktemp("cloud"))
    try:
        cloud.start(print)
        yield cloud
    finally:
        cloud.stop(print, remove=True)
    assert not cloud.path.exists(), "its files are not in the list of localcloud/state_directory.py"


@pytest.fixture
def vendors(cloud: Instance) -> Iterator[None]:
    """Deletes the resources at Neon and Prisma and the injected errors after the test."""
    yield
    for emulator in (cloud.neon, cloud.prisma):
        emulator.control("DELETE", "faults")
        emulator.control("POST", "reset")


@pytest.fixture
def deployment(cloud: Instance, tmp_path: Path) -> Iterator[Deployment]:
    """The stack `local`, not deployed yet, with a separate state and bundle."""
    with prepared(cloud, tmp_path) as deployment:
        yield deployment


@pytest.fixture(scope="module")
def shared_deployment(cloud: Instance, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The stack `local` for a lifecycle. All tests of a module check the results of this lifecycle."""
    with prepared(cloud, tmp_path_factory.mktemp("life")) as deployment:
        yield deployment


@contextmanager
def prepared(cloud: Instance, folder: Path) -> Iterator[Deployment]:
    (folder / "state").mkdir()
    shutil.copy(CHECKOUT / "workers" / "dist" / "pg.js", folder / "worker.js")
    config = yaml.safe_load((CHECKOUT / "Pulumi.local.yaml").read_text())["config"]
    config["edge-postgres:workers"]["api"]["bundle"] = os.path.relpath(folder / "worker.js", CHECKOUT)
    stack = Stack(
        folder / "project",
        {**cloud.environment(), "PULUMI_BACKEND_URL": f"file://{folder / 'state'}"},
        name="local",
        settings=config,
    )
    deployment = Deployment(cloud, stack, cloud.database_url)
    deployment.prepare()
    deployment.control("POST", "reset")  # removes the requests of other stacks
    try:
        yield deployment
    finally:
        deployment.control("DELETE", "faults")
        deployment.control("POST", "reset")
