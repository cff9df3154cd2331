"""A provider on a port, a fake API that records requests, and the calls of an engine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import grpc
import pytest

from localcloud.ports import free_port
from localcloud.provider.cloudflare import CLOUDFLARE
from localcloud.provider.project_files import VARIABLE
from localcloud.provider.random import RANDOM
from localcloud.provider.rest import CLOCK
from localcloud.provider.server import start_server
from tests.localcloud.provider.engine import Engine, message_of
from tests.localcloud.provider.fake_api import FakeApi, serving

TOKEN = "t" * 40


@pytest.fixture(autouse=True, scope="session")
def readable_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The provider may read the files of all tests."""
    os.environ[VARIABLE] = str(tmp_path_factory.getbasetemp())


@pytest.fixture(autouse=True, scope="session")
def retries_without_waits() -> None:
    os.environ[CLOCK] = "0"


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with serving() as api:
        yield api


@pytest.fixture(scope="session")
def provider_port() -> Iterator[int]:
    yield from _served(CLOUDFLARE)


@pytest.fixture
def engine(api: FakeApi, provider_port: int) -> Engine:
    """An engine that is attached to the `cloudflare` provider, which calls `api`."""
    engine = Engine.attach(provider_port)
    engine.configure(apiToken=TOKEN, baseUrl=api.base_url)
    return engine


@pytest.fixture(scope="session")
def random_engine() -> Iterator[Engine]:
    for port in _served(RANDOM):
        yield Engine.attach(port)


def _served(package) -> Iterator[int]:
    port = free_port()
    server = start_server(package, port)
    yield port
    server.stop(1).wait()


@contextmanager
def rejected(*fragments: str) -> Iterator[list[str]]:
    """Asserts that the call fails with an error that contains all fragments."""
    messages: list[str] = []
    with pytest.raises(grpc.RpcError) as caught:
        yield messages
    messages.append(message_of(caught.value))
    assert all(fragment in messages[0] for fragment in fragments), messages[0]
    assert "Traceback" not in messages[0]
