"""Emulators that answer on a port of their own and are gone when their test is."""

import asyncio
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
from localcloud.cloudflare.runtime import MemoryRuntime, Runtime
from localcloud.cloudflare.settings import Settings
from localcloud.emulation.connections import HOST, TrackedProtocol, listener
from localcloud.emulation.store import Store
from tests.localcloud.cloudflare.api import TOKEN

START_SECONDS = 20


class QuickServer(uvicorn.Server):
    """Looks up more often than every tenth of a second whether it shall end: there are hundreds of tests."""

    async def main_loop(self) -> None:
        while not self.should_exit:
            await asyncio.sleep(0.005)


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
            return stack.enter_context(started(tmp_path, runtime or MemoryRuntime(), **settings))

        yield start


@pytest.fixture
def emulator(shared: Emulator) -> Iterator[Emulator]:
    """With the settings that hold where none are stated."""
    yield shared
    shared.client.post("/__localcloud/reset").raise_for_status()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with started(tmp_path_factory.mktemp("emulator"), MemoryRuntime()) as emulator:
        yield emulator


@pytest.fixture
def client(emulator: Emulator) -> httpx.Client:
    return emulator.client


@contextmanager
def started(folder: Path, runtime: Runtime, **settings: Any) -> Iterator[Emulator]:
    """An emulator that runs in a thread."""
    chosen = Settings(store=folder / "cloudflare.json", api_token=TOKEN, **settings)
    cloud = Cloud(chosen, Store.open(chosen.store), runtime)
    listening = listener(0)
    address = f"http://{HOST}:{listening.getsockname()[1]}"
    server = QuickServer(
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
        headers = {"authorization": f"Bearer {TOKEN}"}
        with httpx.Client(base_url=address, headers=headers, trust_env=False, timeout=30) as client:
            yield Emulator(cloud, client)
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)
        listening.close()
