"""Homes that leave nothing behind, and one Postgres and one Worker runtime for all tests of the local cloud."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from localcloud.home import Home
from localcloud.instance import Instance
from localcloud.keeper import Keeper
from localcloud.part import Part
from localcloud.postgres import Postgres
from localcloud.runtime import WorkerRuntime

P = TypeVar("P", bound=Part)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """An empty home; what is started in it is ended."""
    home = Home(tmp_path / "a home")
    home.prepare()
    yield home
    Instance(home.path).stop(print, remove=True)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A running server: `.url()`, `.admin_url`, `.port`, `.ca_file`."""
    part = Postgres(Home(tmp_path_factory.mktemp("postgres")), durable=False)
    yield from running(part, part.home)


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerRuntime]:
    part = WorkerRuntime(Home(tmp_path_factory.mktemp("runtime")))
    yield from running(part, part.home)


def running(part: P, home: Home) -> Iterator[P]:
    home.prepare()
    try:
        Keeper(home).ensure(part, print)
        yield part
    finally:
        Instance(home.path).stop(print, remove=True)
