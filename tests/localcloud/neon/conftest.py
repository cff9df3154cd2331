"""Emulators on the Postgres of the tests that listen on a free port and stop at the end of their test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.certificates import Certificates
from localcloud.emulation.postgres_proxy import PostgresProxy
from localcloud.emulation.server import LocalServer
from localcloud.emulation.store import Store
from localcloud.neon.app import create_app
from localcloud.neon.cloud import Neon
from localcloud.neon.settings import Settings
from localcloud.postgres import Postgres
from tests.localcloud.neon.api import KEY
from tests.localcloud.serving import served

Start = Callable[..., httpx.Client]


@pytest.fixture
def start(postgres: Postgres, tmp_path: Path) -> Iterator[Start]:
    """Starts an emulator on the store of the test, with settings by keyword. Its objects are deleted at the end."""
    with ExitStack() as stack:

        def start(**settings: Any) -> httpx.Client:
            client = stack.enter_context(started(postgres, tmp_path, **settings))
            stack.callback(client.post, "/__localcloud/reset")
            return client

        yield start


@pytest.fixture
def client(shared: httpx.Client) -> Iterator[httpx.Client]:
    """Client of an emulator with default settings."""
    yield shared
    shared.post("/__localcloud/reset").raise_for_status()


@pytest.fixture(scope="session")
def shared(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with started(postgres, tmp_path_factory.mktemp("neon")) as client:
        yield client


@contextmanager
def started(postgres: Postgres, folder: Path, **options: Any) -> Iterator[httpx.Client]:
    """Runs an emulator in a thread."""
    settings = Settings(store=folder / "neon.json", api_key=KEY, **options)
    server = LocalServer(postgres.admin_url)
    certificates = Certificates.ensure(postgres.state_directory.folder("certificates"))
    proxy = PostgresProxy(server.address, certificates.server_certificate, certificates.server_key)
    app = create_app(Neon(settings, Store.open(settings.store), server, proxy))
    with served(app, KEY) as client:
        yield client
