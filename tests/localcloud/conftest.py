"""State directories that are removed after the test; one Postgres and one Workers runtime for all tests here."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from localcloud.instance import Instance
from localcloud.postgres import Postgres
from localcloud.runtime import WorkerRuntime
from localcloud.service import Service
from localcloud.state_directory import StateDirectory
from localcloud.supervisor import Supervisor

P = TypeVar("P", bound=Service)


@pytest.fixture(scope="session", autouse=True)
def guarded(guard: None) -> None:
    """Every local cloud of these tests ends with the test run, also with a killed one."""


@pytest.fixture
def state_directory(tmp_path: Path) -> Iterator[StateDirectory]:
    """An empty state directory. Services that are started in it are stopped after the test."""
    state_directory = StateDirectory(tmp_path / "a home")
    state_directory.prepare()
    yield state_directory
    Instance(state_directory.path).stop(print, remove=True)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A running server: `.url()`, `.admin_url`, `.port`, `.ca_file`."""
    service = Postgres(StateDirectory(tmp_path_factory.mktemp("postgres")), durable=False)
    yield from running(service, service.state_directory)


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerRuntime]:
    service = WorkerRuntime(StateDirectory(tmp_path_factory.mktemp("runtime")))
    yield from running(service, service.state_directory)


def running(service: P, state_directory: StateDirectory) -> Iterator[P]:
    state_directory.prepare()
    try:
        Supervisor(state_directory).ensure(service, print)
        yield service
    finally:
        Instance(state_directory.path).stop(print, remove=True)
