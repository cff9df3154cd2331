"""Clients of a pool, and what the database sees of them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import pytest

from localcloud.cloudflare.database_check import APPLICATION_NAME
from localcloud.postgres import Postgres

TIMEOUT_SECONDS = 30
LIMIT = 5
SLEEP = "select pg_sleep(0.02)"
LONG_SLEEP = "select pg_sleep(0.1)"
"""Long enough for a pool to grow to its limit, even on a slow machine."""
BACKENDS = f"select count(*) from pg_stat_activity where application_name = '{APPLICATION_NAME}'"


async def query_value(url: str, query: str, *, timeout: float = TIMEOUT_SECONDS, **options: Any) -> Any:
    """Connects, runs a query and returns its only value."""
    client = await asyncpg.connect(url, timeout=timeout, **options)
    try:
        return await client.fetchval(query, timeout=timeout)
    finally:
        client.terminate()


async def becomes(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while not is_so():
            await asyncio.sleep(0.02)


async def reaches(counts: list[int], number: int) -> None:
    await becomes(lambda: counts[-1:] == [number])


async def decreases_to(counts: list[int], number: int) -> None:
    await becomes(lambda: bool(counts) and counts[-1] <= number)


async def no_backends(postgres: Postgres) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while await query_value(postgres.admin_url, BACKENDS):
            await asyncio.sleep(0.05)


async def is_rejected(url: str, *, match: str | None = None) -> None:
    """Asserts that a client gets an error of the database or of the gateway."""
    with pytest.raises(asyncpg.PostgresError, match=match):
        await query_value(url, "select 1")


@contextlib.asynccontextmanager
async def counted(postgres: Postgres) -> AsyncIterator[list[int]]:
    """Collects the numbers of connections to the database that it observes continuously."""
    counts: list[int] = []
    watcher = await asyncpg.connect(postgres.admin_url)

    async def watch() -> None:
        while True:
            counts.append(await watcher.fetchval(BACKENDS))
            await asyncio.sleep(0.005)

    watching = asyncio.create_task(watch())
    try:
        yield counts
    finally:
        watching.cancel()
        await asyncio.wait([watching])
        await watcher.close()


@contextlib.asynccontextmanager
async def busy_clients(url: str, count: int = 8) -> AsyncIterator[None]:
    """Runs clients that query without a pause. Any error in a client fails the test."""
    is_over = asyncio.Event()

    async def ask() -> int:
        client, answers = await asyncpg.connect(url, timeout=TIMEOUT_SECONDS), 0
        while not is_over.is_set():
            await client.fetchval(SLEEP, timeout=TIMEOUT_SECONDS)
            answers += 1
        await client.close()
        return answers

    clients = [asyncio.create_task(ask()) for _ in range(count)]
    try:
        await asyncio.sleep(0.2)
        yield
        await asyncio.sleep(0.2)
    finally:
        is_over.set()
        answers = await asyncio.gather(*clients)
    assert all(answers)


def name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
