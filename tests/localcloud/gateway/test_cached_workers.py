"""Drivers in the Workers runtime with two bindings to one database: one with Hyperdrive's cache, and one without."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from localcloud.gateway.origin import Caching, PooledOrigin
from localcloud.gateway.service import Gateway
from localcloud.ports import Ports
from localcloud.postgres import Postgres
from tests.localcloud.asking import BY_DATE, Ask, ask, worker
from tests.localcloud.gateway.test_drivers import TABLE
from tests.localcloud.test_drivers import database

__all__ = ["ask"]

DRIVERS = ("drizzle", "kysely", "pg", "postgres", "prisma")
CACHING = Caching(max_age=3600, stale_while_revalidate=0)


class Pair:
    """Each driver's Worker twice: bound to the cached and to the fresh pool."""

    def __init__(self, ask: Ask, urls: dict[str, str]) -> None:
        self._ask = ask
        ask.put(*(self._worker(driver, kind, url) for driver in DRIVERS for kind, url in urls.items()))

    def names(self, driver: str, kind: str) -> list[str]:
        """Returns the names that the Worker reads."""
        return [row["name"] for row in self._request(driver, kind, "GET").json()["result"]]

    def add(self, driver: str, kind: str, name: str) -> None:
        assert self._request(driver, kind, "POST", {"name": name}).status_code == 201

    def _worker(self, driver: str, kind: str, url: str) -> dict[str, Any]:
        host = f"{driver}-{kind}"
        return {**worker(driver, url, BY_DATE), "name": host, "hosts": [f"{host}.localhost"]}

    def _request(self, driver: str, kind: str, method: str, json: Any = None) -> httpx.Response:
        port = Ports(self._ask.runtime.state_directory).of("workers")
        url = f"http://127.0.0.1:{port}/{'items' if method == 'POST' else ''}"
        headers = {"host": f"{driver}-{kind}.localhost"}
        return httpx.request(method, url, json=json, headers=headers, timeout=30, trust_env=False)


@pytest.fixture(scope="module")
def direct_url(postgres: Postgres) -> Iterator[str]:
    yield from database(postgres, TABLE)


@pytest.fixture(scope="module")
def pair(ask: Ask, gateway: Gateway, origin: PooledOrigin, direct_url: str) -> Iterator[Pair]:
    fresh = replace(origin, target=replace(origin.target, database=urlsplit(direct_url).path[1:]))
    pools = gateway.pools()

    async def opened() -> dict[str, str]:
        urls = await pools.ensure_pools({"cached": replace(fresh, caching=CACHING), "fresh": fresh})
        await pools.close()
        return urls

    yield Pair(ask, asyncio.run(opened()))
    ask.put()
    asyncio.run(gateway.pools().retire_others({}))


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_read_after_a_write_is_old_through_the_cache_and_new_without_it(pair: Pair, driver: str) -> None:
    before = [pair.names(driver, kind) for kind in ("fresh", "cached", "cached")]
    assert before[1] == before[2]
    pair.add(driver, "cached", f"written by {driver}")
    assert pair.names(driver, "fresh") == [*before[0], f"written by {driver}"]
    assert pair.names(driver, "cached") == before[1]
