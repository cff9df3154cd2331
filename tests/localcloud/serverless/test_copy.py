"""The Worker of Prisma's serverless driver in one file, minified, in the real runtime."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import httpx
import pytest

from localcloud.state_directory import CHECKOUT
from tests.localcloud.serverless.conftest import Database, Runtime

COPY = CHECKOUT / "workers" / "dist" / "copy" / "ppg.js"
TOKEN = "a token of a test"
NAME = "it's; drop table items --"

Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask(runtime: Runtime, items: Database) -> Ask:
    items.ran("truncate items restart identity")
    runtime.deploy({"worker.js": COPY}, "2026-11-01", items.url, API_TOKEN=TOKEN)

    def ask(method: str, authorization: str = f"Bearer {TOKEN}", **options: Any) -> httpx.Response:
        return runtime.ask("/items", method, authorization, **options)

    return ask


def test_it_reads_the_row_that_it_wrote(ask: Ask) -> None:
    written = ask("POST", json={"name": NAME})
    assert (written.status_code, written.json()) == (201, {"id": "1", "name": NAME})
    assert ask("GET").json() == [{"id": "1", "name": NAME}]


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer undefined", "Bearer wrong"])
def test_it_rejects_a_request_without_the_token(ask: Ask, items: Database, authorization: str) -> None:
    answers = [ask(method, json={"name": "x"}, authorization=authorization) for method in ("GET", "POST")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert items.ran("select count(*) from items") == 0


def test_a_write_that_hangs_is_ended_at_the_database(ask: Ask, items: Database) -> None:
    async def locked() -> tuple[httpx.Response, int]:
        connection = await asyncpg.connect(items.url)
        try:
            await connection.execute("begin; lock table items in access exclusive mode")
            answer = await asyncio.to_thread(ask, "POST", json={"name": NAME})
            waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query ~* 'insert'"
            return answer, int(await connection.fetchval(waiting))
        finally:
            await connection.close()

    answer, waiting = asyncio.run(locked())
    assert (answer.status_code, waiting) == (503, 0)
    assert items.ran("select count(*) from items") == 0
