"""Emulators that answer on a port of their own and are gone when their test is."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from localcloud.cloudflare.app import create_app
from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.connections import HOST, TrackedProtocol, listener
from localcloud.cloudflare.runtime import MemoryRuntime, Runtime
from localcloud.cloudflare.settings import Settings
from localcloud.cloudflare.store import Store
from tests.localcloud.cloudflare.api import TOKEN

START_SECONDS = 20


@dataclass(frozen=True)
class Emulator:
    cloud: Cloud
    client: httpx.Client


Start = Callable[..., Emulator]


@pytest.fixture
def start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Start]:
    """Starts an emulator on the test's store; settings by keyword. A second start is that of a new process."""
    caplog.set_level(logging.INFO)
    with ExitStack() as stack:

        def start(runtime: Runtime | None = None, **settings: Any) -> Emulator:
            chosen = Settings(store=tmp_path / "cloudflare.json", api_token=TOKEN, **settings)
            cloud = Cloud(chosen, Store.open(chosen.store), runtime or MemoryRuntime())
            address = stack.enter_context(served(cloud))
            headers = {"authorization": f"Bearer {TOKEN}"}
            client = httpx.Client(base_url=address, headers=headers, trust_env=False, timeout=30)
            return Emulator(cloud, stack.enter_context(client))

        yield start


@pytest.fixture
def emulator(start: Start) -> Emulator:
    return start()


@pytest.fixture
def client(emulator: Emulator) -> httpx.Client:
    return emulator.client


@contextmanager
def served(cloud: Cloud) -> Iterator[str]:
    """Address of the emulator, which runs in a thread."""
    listening = listener(0)
    server = uvicorn.Server(
        uvicorn.Config(create_app(cloud), http=TrackedProtocol, log_config=None, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        deadline = time.monotonic() + START_SECONDS
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < deadline, "the emulator did not start"
            time.sleep(0.005)
        yield f"http://{HOST}:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)
        listening.close()
