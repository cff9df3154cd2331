"""Emulators on the tests' Postgres that answer on a port of their own and are gone when their test is."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from localcloud.certificates import Certificates
from localcloud.emulation.connections import HOST, TrackedProtocol, listener
from localcloud.emulation.gateway import Gateway
from localcloud.emulation.server import LocalServer
from localcloud.emulation.store import Store
from localcloud.neon.app import create_app
from localcloud.neon.cloud import Neon
from localcloud.neon.settings import Settings
from localcloud.postgres import Postgres
from tests.localcloud.cloudflare.conftest import QuickServer
from tests.localcloud.neon.api import KEY

START_SECONDS = 20

Start = Callable[..., httpx.Client]


@pytest.fixture
def start(postgres: Postgres, tmp_path: Path) -> Iterator[Start]:
    """Starts an emulator on the test's store; settings by keyword. What it made is gone with it."""
    with ExitStack() as stack:

        def start(**settings: Any) -> httpx.Client:
            client = stack.enter_context(started(postgres, tmp_path, **settings))
            stack.callback(client.post, "/__localcloud/reset")
            return client

        yield start


@pytest.fixture
def client(shared: httpx.Client) -> Iterator[httpx.Client]:
    """Of an emulator with the settings that hold where none are stated."""
    yield shared
    shared.post("/__localcloud/reset").raise_for_status()


@pytest.fixture(scope="session")
def shared(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with started(postgres, tmp_path_factory.mktemp("neon")) as client:
        yield client


@contextmanager
def started(postgres: Postgres, folder: Path, **stated: Any) -> Iterator[httpx.Client]:
    """An emulator that runs in a thread."""
    settings = Settings(store=folder / "neon.json", api_key=KEY, **stated)
    server = LocalServer(postgres.admin_url)
    certificates = Certificates.ensure(postgres.home.folder("certificates"))
    gateway = Gateway(server.address, certificates.server_certificate, certificates.server_key)
    app = create_app(Neon(settings, Store.open(settings.store), server, gateway))
    listening = listener(0)
    address = f"http://{HOST}:{listening.getsockname()[1]}"
    serving = QuickServer(uvicorn.Config(app, http=TrackedProtocol, log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        deadline = time.monotonic() + START_SECONDS
        while not serving.started:
            assert thread.is_alive()
            assert time.monotonic() < deadline, "the emulator did not start"
            time.sleep(0.005)
        headers = {"authorization": f"Bearer {KEY}"}
        with httpx.Client(base_url=address, headers=headers, trust_env=False, timeout=30) as client:
            yield client
    finally:
        serving.should_exit = True
        thread.join(START_SECONDS)
        listening.close()
