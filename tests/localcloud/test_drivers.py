"""Every driver on the real database: reads, writes, errors, and the connection limit of a Worker."""

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import httpx
import pytest

from localcloud.postgres import Postgres
from localcloud.state_directory import CHECKOUT
from tests.localcloud.asking import BUNDLES, DIST, WITHOUT, Ask, ask, worker

__all__ = ["ask"]

# Connections that a driver opens for ten concurrent queries: one, or those of its pool.
CONNECTIONS = dict.fromkeys(BUNDLES, 5) | {"pg": 1}
PASSWORD = "limited-7d3f"
TIMEOUT_SECONDS = 10
NAME = "O'Brien \"; drop table items; -- ü🙂"


@pytest.fixture(scope="module")
def url(postgres: Postgres) -> Iterator[str]:
    """The URL of a database with an empty sample table."""
    yield from database(
        postgres,
        """
        create table public.items (
            id bigint generated always as identity primary key,
            name text not null,
            created_at timestamptz not null default now()
        )
        """,
    )


@pytest.fixture(scope="module")
def wrong_url(postgres: Postgres) -> Iterator[str]:
    """The URL of a database whose sample table lacks a column."""
    yield from database(postgres, "create table public.items (id bigint generated always as identity primary key)")


def database(postgres: Postgres, table: str) -> Iterator[str]:
    name = f"drivers_{uuid4().hex[:8]}"
    run(postgres.admin_url, f"create database {name} owner app")
    url = postgres.url(database=name)
    run(url, table)
    yield url
    run(postgres.admin_url, f"drop database {name} with (force)")


def database_of_examples(postgres: Postgres, *names: str) -> Iterator[str]:
    """A database with the tables of files in `workers/examples`."""
    files = [(CHECKOUT / "workers" / "examples" / f"{name}.sql").read_text() for name in names]
    for url in database(postgres, "select 1"):
        run(url, *(statement for file in files for statement in file.strip().split(";")[:-1]))
        yield url


def run(url: str, *statements: str) -> None:
    for statement in statements:
        value(url, statement)


def value(url: str, statement: str) -> Any:
    """Returns the first value of a statement's result."""

    async def asked() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(asked())


@pytest.mark.parametrize("driver", CONNECTIONS)
def test_it_reads_the_rows_that_it_wrote(ask: Ask, url: str, driver: str) -> None:
    run(url, "truncate public.items restart identity")
    written = ask(driver, url, "/items", method="POST", json={"name": NAME})
    assert written.status_code == 201
    row = written.json()["result"]
    assert (row["id"], row["name"]) == ("1", NAME)
    assert ask(driver, url).json()["result"] == [row]


@pytest.mark.parametrize("driver", CONNECTIONS)
def test_the_error_of_a_wrong_query_is_in_the_log_and_not_in_the_response(
    ask: Ask, wrong_url: str, driver: str
) -> None:
    before = ask.log_size()
    answer = ask(driver, wrong_url, "/items", method="POST", json={"name": NAME})
    assert answer.status_code == 500
    assert answer.json() == {"success": False, "error": "The request failed. See the Worker's log for the reason."}
    log = ask.wait_for_log('"code":"42703"', after=before)
    # Each failure is in the log once, without the value.
    (line,) = [line for line in log.splitlines() if " error: " in line]
    entry = json.loads(line.split(" error: ", 1)[1])
    assert entry.pop("duration_ms") >= 0
    assert entry == {
        "request": answer.headers["x-request-id"],
        "method": "POST",
        "path": "/items",
        "driver": driver,
        "status": 500,
        "kind": "application",
        "name": entry["name"],
        "code": "42703",
        "message": 'column "name" of relation "items" does not exist',
    }


@pytest.mark.parametrize("driver", CONNECTIONS)
def test_without_the_sample_table_it_returns_no_rows(ask: Ask, wrong_url: str, driver: str) -> None:
    answer = ask(driver, wrong_url).json()
    assert (answer["success"], answer["result"]) == (True, [])
    assert "public.items" in answer["note"]


@pytest.mark.parametrize("driver", CONNECTIONS)
def test_concurrent_queries_stay_within_the_connection_limit_of_a_worker(
    ask: Ask, postgres: Postgres, driver: str
) -> None:
    """Postgres enforces it: the connection limit of the role is the number that the driver should open."""
    url = limited_role(postgres, CONNECTIONS[driver])
    answer = ask(driver, url, "/at-once")
    assert answer.json() == {"success": True, "queries": 10, "connections": CONNECTIONS[driver]}
    assert connections_after_a_while(postgres) == 0


@pytest.mark.parametrize("driver", [driver for driver, connections in CONNECTIONS.items() if connections > 1])
def test_the_limit_of_the_test_role_is_effective(ask: Ask, postgres: Postgres, driver: str) -> None:
    url = limited_role(postgres, CONNECTIONS[driver] - 1)
    assert connections_after_a_while(postgres) == 0
    assert ask(driver, url, "/at-once").status_code == 503


@pytest.mark.parametrize("driver", CONNECTIONS)
def test_without_node_compatibility_it_does_not_start(ask: Ask, postgres: Postgres, driver: str) -> None:
    with pytest.raises(httpx.HTTPStatusError) as error:
        ask.put(worker(driver, postgres.url(), WITHOUT))
    assert "node:" in error.value.response.text


def test_every_bundle_is_tested_here_or_in_a_separate_test() -> None:
    others = {"cached", "direct", "ppg", "prisma-serverless"}
    assert {file.stem for file in DIST.glob("*.js")} - set(CONNECTIONS) <= others


def limited_role(postgres: Postgres, connections: int) -> str:
    """Returns the URL of a role with this connection limit."""
    if not value(postgres.admin_url, "select 1 from pg_roles where rolname = 'limited'"):
        run(postgres.admin_url, f"create role limited login password '{PASSWORD}'")
    run(postgres.admin_url, f"alter role limited connection limit {connections}")
    parts = urlsplit(postgres.url())
    return f"postgres://limited:{PASSWORD}@{parts.hostname}:{parts.port}/app?sslmode=require"


def connections_after_a_while(postgres: Postgres) -> int:
    """Returns the connections of the limited role. They close shortly after the end of the request."""
    count = "select count(*) from pg_stat_activity where usename = 'limited'"
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while (left := int(value(postgres.admin_url, count))) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left
