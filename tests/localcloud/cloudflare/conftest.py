"""Emulators that listen on a free port and stop at the end of their test."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.cloudflare.app import create_app
from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.runtime import HttpRuntime, MemoryRuntime, Runtime
from localcloud.cloudflare.settings import Settings
from localcloud.credentials import Credentials
from localcloud.emulation.store import Store
from localcloud.ports import Ports
from localcloud.runtime import WorkerRuntime
from tests.localcloud.cloudflare.api import TOKEN
from tests.localcloud.serving import served


@dataclass(frozen=True)
class Emulator:
    cloud: Cloud
    client: httpx.Client


Start = Callable[..., Emulator]


@pytest.fixture
def start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Start]:
    """Starts an emulator on the store of the test, with settings by keyword. A second start simulates a restart."""
    caplog.set_level(logging.INFO)
    with ExitStack() as stack:

        def start(runtime: Runtime | None = None, **settings: Any) -> Emulator:
            return stack.enter_context(started(tmp_path, runtime or MemoryRuntime(), **settings))

        yield start


@pytest.fixture
def emulator(shared: Emulator) -> Iterator[Emulator]:
    """An emulator with default settings."""
    yield shared
    shared.client.post("/__localcloud/reset").raise_for_status()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with started(tmp_path_factory.mktemp("emulator"), MemoryRuntime()) as emulator:
        yield emulator


@pytest.fixture
def client(emulator: Emulator) -> httpx.Client:
    return emulator.client


class Running:
    """An emulator with a Workers runtime."""

    def __init__(self, client: httpx.Client, public: httpx.Client, port: int) -> None:
        self.client = client
        self._public = public
        self._port = port

    def ask(self, host: str = "api.localhost", path: str = "/", **headers: str) -> httpx.Response:
        return self._public.get(path, headers={"host": f"{host}:{self._port}", **headers})


@pytest.fixture
def control(runtime: WorkerRuntime) -> HttpRuntime:
    ports = Ports(runtime.state_directory).known()
    return HttpRuntime(
        f"http://127.0.0.1:{ports['workers-control']}", Credentials.of(runtime.state_directory).runtime_token
    )


@pytest.fixture
def running(start: Start, runtime: WorkerRuntime, control: HttpRuntime) -> Iterator[Running]:
    port = Ports(runtime.state_directory).known()["workers"]
    client = start(control, allow_loopback_origins=True).client
    client.timeout = httpx.Timeout(60)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as public:
        yield Running(client, public, port)
        client.post("/__localcloud/reset").raise_for_status()


@contextmanager
def started(folder: Path, runtime: Runtime, **settings: Any) -> Iterator[Emulator]:
    """Runs an emulator in a thread."""
    # Most tests need a configuration without a database, which is therefore behind an untested VPC service.
    settings = {"trust_private_origins": True, **settings}
    chosen = Settings(store=folder / "cloudflare.json", api_token=TOKEN, **settings)
    cloud = Cloud(chosen, Store.open(chosen.store), runtime)
    with served(create_app(cloud), TOKEN) as client:
        yield Emulator(cloud, client)
