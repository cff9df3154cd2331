"""One gateway for all tests here. Each scenario has its own pools, which are closed at its end."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from localcloud.gateway.origin import PooledOrigin, PoolTarget
from localcloud.gateway.pools import Pools
from localcloud.gateway.service import Gateway
from localcloud.postgres import Postgres
from localcloud.state_directory import StateDirectory
from localcloud.supervisor import Supervisor
from tests.localcloud.conftest import running
from tests.localcloud.gateway.clients import LIMIT, TIMEOUT_SECONDS, literal, name, no_backends, query_value

Scenario = Callable[[Pools], Coroutine[Any, Any, None]]
Play = Callable[[Scenario], None]
Role = Callable[[str, str], None]


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    service = Gateway(StateDirectory(tmp_path_factory.mktemp("gateway")), retirement_seconds=0.5)
    yield from running(service, service.state_directory)


@pytest.fixture(scope="session")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway whose clients wait three seconds, and that closes idle connections after half a second."""
    state_directory = StateDirectory(tmp_path_factory.mktemp("impatient"))
    service = Gateway(state_directory, wait_seconds=3, idle_seconds=0.5, retirement_seconds=0)
    yield from running(service, service.state_directory)


@pytest.fixture
def patient(state_directory: StateDirectory) -> Gateway:
    """A gateway whose replaced pools still serve for eight seconds."""
    service = Gateway(state_directory, retirement_seconds=8)
    Supervisor(state_directory).ensure(service, print)
    return service


@pytest.fixture
def play(gateway: Gateway, postgres: Postgres) -> Play:
    return lambda scenario: asyncio.run(played(gateway, postgres, scenario))


@pytest.fixture
def play_impatiently(impatient: Gateway, postgres: Postgres) -> Play:
    return lambda scenario: asyncio.run(played(impatient, postgres, scenario))


async def played(gateway: Gateway, postgres: Postgres, scenario: Scenario) -> None:
    pools = gateway.pools()
    try:
        async with asyncio.timeout(4 * TIMEOUT_SECONDS):
            await scenario(pools)
    finally:
        await pools.retire_others({})
        await pools.close()
        await no_backends(postgres)


@pytest.fixture(scope="session")
def origin(postgres: Postgres) -> PooledOrigin:
    url = urlsplit(postgres.url())
    target = PoolTarget(str(url.hostname), int(url.port or 0), url.path[1:], str(url.username))
    return PooledOrigin(target, unquote(str(url.password)), LIMIT, "main")


@pytest.fixture
def role(postgres: Postgres) -> Iterator[Role]:
    """Creates a role or changes its password. Drops the role after the test."""
    names = set()

    def role(role_name: str, password: str) -> None:
        verb = "alter" if role_name in names else "create"
        statement = f"{verb} role {name(role_name)} login password {literal(password)}"
        asyncio.run(query_value(postgres.admin_url, statement))
        names.add(role_name)

    yield role
    for each in names:
        asyncio.run(query_value(postgres.admin_url, f"drop role {name(each)}"))
