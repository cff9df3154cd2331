"""The sample of each driver in the Workers runtime, through the gateway."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from localcloud.gateway.origin import PooledOrigin
from localcloud.gateway.service import Gateway
from localcloud.postgres import Postgres
from tests.localcloud.asking import BUNDLES, Ask, ask
from tests.localcloud.gateway.clients import LIMIT, counted
from tests.localcloud.test_drivers import NAME, database, run

__all__ = ["ask"]

TABLE = """
create table public.items (
    id bigint generated always as identity primary key,
    name text not null,
    created_at timestamptz not null default now()
)
"""


@pytest.fixture(scope="module")
def direct_url(postgres: Postgres) -> Iterator[str]:
    """The URL of a database with an empty sample table, without the gateway."""
    yield from database(postgres, TABLE)


@pytest.fixture(scope="module")
def url(gateway: Gateway, origin: PooledOrigin, direct_url: str) -> Iterator[str]:
    target = replace(origin.target, database=urlsplit(direct_url).path[1:])
    pools = gateway.pools()

    async def opened() -> str:
        url = (await pools.ensure_pools({"drivers": replace(origin, target=target)}))["drivers"]
        await pools.close()
        return url

    yield asyncio.run(opened())
    asyncio.run(gateway.pools().retire_others({}))


@pytest.mark.parametrize("driver", BUNDLES)
def test_it_reads_the_rows_that_it_wrote(ask: Ask, url: str, direct_url: str, driver: str) -> None:
    run(direct_url, "truncate public.items restart identity")
    written = ask(driver, url, "/items", method="POST", json={"name": NAME})
    assert written.status_code == 201
    row = written.json()["result"]
    assert (row["id"], row["name"]) == ("1", NAME)
    for _ in range(3):
        assert ask(driver, url).json()["result"] == [row]


@pytest.mark.parametrize("driver", BUNDLES)
def test_concurrent_queries_stay_within_the_connection_limit(
    ask: Ask, url: str, postgres: Postgres, driver: str
) -> None:
    async def most() -> int:
        async with counted(postgres) as counts:
            answer = await asyncio.to_thread(ask, driver, url, "/at-once")
            assert answer.json()["success"]
        return max(counts)

    assert asyncio.run(most()) <= LIMIT
