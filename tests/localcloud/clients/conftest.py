"""An emulator for clients that others wrote."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from localcloud.cloudflare.runtime import HttpRuntime, MemoryRuntime
from localcloud.credentials import Credentials
from localcloud.ports import Ports
from localcloud.postgres import Postgres
from localcloud.runtime import WorkerRuntime
from tests.localcloud.clients.cli import Cli
from tests.localcloud.clients.sdk import Sdk
from tests.localcloud.cloudflare.conftest import Emulator, Running, started
from tests.localcloud.neon.conftest import started as started_neon
from tests.localcloud.serving import emptied


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with started(tmp_path_factory.mktemp("emulator"), MemoryRuntime()) as emulator:
        yield emulator


@pytest.fixture
def client(shared: Emulator) -> Iterator[httpx.Client]:
    """The API of an emulator that runs no Workers, with an empty account."""
    yield shared.client
    shared.client.post("/__localcloud/reset").raise_for_status()


@pytest.fixture
def sdk(client: httpx.Client) -> Iterator[Sdk]:
    """The Python SDK with an empty account."""
    with Sdk(f"{_address(client)}/client/v4") as sdk:
        yield sdk


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which wrangler runs."""
    return tmp_path_factory.mktemp("wrangler")


@pytest.fixture
def wrangler(client: httpx.Client, folder: Path) -> Cli:
    """wrangler with the emulator of `client`."""
    return Cli(folder, _address(client))


@pytest.fixture(scope="module")
def neon(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of an emulator of Neon's API."""
    with emptied(started_neon(postgres, tmp_path_factory.mktemp("neon"))) as client:
        yield client


@pytest.fixture(scope="module")
def with_runtime(tmp_path_factory: pytest.TempPathFactory, runtime: WorkerRuntime) -> Iterator[Emulator]:
    ports = Ports(runtime.state_directory).known()
    token = Credentials.of(runtime.state_directory).runtime_token
    control = HttpRuntime(f"http://127.0.0.1:{ports['workers-control']}", token)
    with started(tmp_path_factory.mktemp("emulator"), control) as emulator:
        emulator.client.timeout = httpx.Timeout(60)
        yield emulator


@pytest.fixture
def running(with_runtime: Emulator, runtime: WorkerRuntime) -> Iterator[Running]:
    """An emulator with a Workers runtime, and an empty account."""
    port = Ports(runtime.state_directory).known()["workers"]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as public:
        yield Running(with_runtime.client, public, port)
    with_runtime.client.post("/__localcloud/reset").raise_for_status()


@pytest.fixture
def deploying_wrangler(running: Running, folder: Path) -> Cli:
    """wrangler with the emulator of `running`."""
    return Cli(folder, _address(running.client))


def _address(client: httpx.Client) -> str:
    return str(client.base_url).rstrip("/")
