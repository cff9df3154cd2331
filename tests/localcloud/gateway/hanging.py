"""Workers with one file and Workers of the service, on one database through the gateway."""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest

from localcloud.gateway.origin import Caching, PooledOrigin
from localcloud.gateway.service import Gateway
from localcloud.ports import Ports
from localcloud.postgres import Postgres
from tests.localcloud.asking import BUNDLES, BY_DATE, COPIES, TOKEN, Ask, one_file, worker
from tests.localcloud.gateway.test_drivers import TABLE
from tests.localcloud.test_drivers import database, value

WORKERS = (*BUNDLES, *COPIES)
CONNECTIONS = 2 * len(WORKERS)
ACTIVE = (
    "select count(*) from pg_stat_activity where datname = current_database() and query ~* '^(insert|select).*items'"
)


@contextmanager
def pooled(gateway: Gateway, origin: PooledOrigin, direct_url: str, caching: Caching | None = None) -> Iterator[str]:
    """Yields the URL of a pool of this database that is large enough for one request to each Worker."""
    pools = gateway.pools()
    target = replace(origin.target, database=urlsplit(direct_url).path[1:])

    async def opened() -> str:
        wide = replace(origin, target=target, connections=CONNECTIONS, caching=caching)
        url = (await pools.ensure_pools({"hanging": wide}))["hanging"]
        await pools.close()
        return url

    yield asyncio.run(opened())
    asyncio.run(gateway.pools().retire_others({}))


class Samples:
    """Every Worker, bound to one URL."""

    def __init__(self, ask: Ask, url: str) -> None:
        self._ask = ask
        ask.put(*(worker(each, url, BY_DATE) for each in BUNDLES), *(one_file(each, url) for each in COPIES))

    def request(self, name: str, method: str, json: Any = None, path: str = "/items", **headers: str) -> httpx.Response:
        """Sends a request with the token, unless the headers have another authorization."""
        host = f"{name.replace('/', '-')}.example.com" if name in COPIES else f"{name}.localhost"
        port = Ports(self._ask.runtime.state_directory).of("workers")
        sent = {"host": host, "authorization": f"Bearer {TOKEN}", **headers}
        address = f"http://127.0.0.1:{port}{path}"
        return httpx.request(method, address, json=json, headers=sent, timeout=60, trust_env=False)

    def write_at_once(self, names: Sequence[str]) -> dict[str, httpx.Response]:
        """Sends one write to each Worker at the same time."""
        with ThreadPoolExecutor(len(names)) as threads:
            answers = threads.map(lambda name: self.request(name, "POST", {"name": name}), names)
            return dict(zip(names, answers, strict=True))


@pytest.fixture(scope="module")
def direct_url(postgres: Postgres) -> Iterator[str]:
    """The URL of a database with an empty sample table, without the gateway."""
    yield from database(postgres, TABLE)


@pytest.fixture(scope="module")
def samples(ask: Ask, gateway: Gateway, origin: PooledOrigin, direct_url: str) -> Iterator[Samples]:
    """Every Worker, bound to a pool of that database."""
    with pooled(gateway, origin, direct_url) as url:
        yield Samples(ask, url)


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Locks the sample table, so that every statement on it waits."""
    loop = asyncio.new_event_loop()
    connection = loop.run_until_complete(asyncpg.connect(url))
    loop.run_until_complete(connection.execute("begin; lock table public.items in access exclusive mode"))
    try:
        yield
    finally:
        loop.run_until_complete(connection.close())
        loop.close()


def waiting(url: str) -> int:
    """Returns the number of statements that wait for the lock."""
    return int(value(url, f"{ACTIVE} and wait_event_type = 'Lock'"))
