"""A provider on a port, an API that only remembers, and what the engine would ask."""

from collections.abc import Iterator
from contextlib import contextmanager

import grpc
import pytest

from localcloud.ports import free_port
from localcloud.provider.cloudflare import CLOUDFLARE
from localcloud.provider.random import RANDOM
from localcloud.provider.server import started
from tests.localcloud.provider.engine import Engine, refusal_of
from tests.localcloud.provider.fake_api import FakeApi, serving

TOKEN = "t" * 40


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with serving() as api:
        yield api


@pytest.fixture(scope="session")
def provider_port() -> Iterator[int]:
    yield from _served(CLOUDFLARE)


@pytest.fixture
def engine(api: FakeApi, provider_port: int) -> Engine:
    """Attached to the `cloudflare` provider, which talks to `api`."""
    engine = Engine.attach(provider_port)
    engine.configure(apiToken=TOKEN, baseUrl=api.base_url)
    return engine


@pytest.fixture(scope="session")
def random_engine() -> Iterator[Engine]:
    for port in _served(RANDOM):
        yield Engine.attach(port)


def _served(package) -> Iterator[int]:
    port = free_port()
    server = started(package, port)
    yield port
    server.stop(1).wait()


@contextmanager
def refused(*words: str) -> Iterator[list[str]]:
    """What the engine is told; it has to have all the words."""
    told: list[str] = []
    with pytest.raises(grpc.RpcError) as caught:
        yield told
    told.append(refusal_of(caught.value))
    assert all(word in told[0] for word in words), told[0]
    assert "Traceback" not in told[0]
