"""The built Worker with a KV cache in the real runtime: hits, misses, refreshes and requests that bypass the cache."""

import asyncio
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import asyncpg
import httpx
import pytest

from localcloud.ports import Ports
from localcloud.postgres import Postgres
from localcloud.runtime import WorkerRuntime
from tests.localcloud.asking import BY_DATE, Ask, ask, modules

__all__ = ["ask"]

SECONDS = 10

ITEMS = """
    create table public.items (
        id bigint generated always as identity, name text not null, created_at timestamptz not null default now()
    );
    insert into public.items (name) values ('old');
    grant select, insert on public.items to app;
"""
# A view in place of a table. Each read of the view writes a row.
ITEMS_THAT_WRITE = """
    create table public.written (id bigint generated always as identity, name text not null default 'x',
                                 created_at timestamptz not null default now());
    create function public.write() returns setof public.written language sql volatile security definer
        as 'insert into public.written default values returning *';
    create view public.items as select * from public.write();
    grant select on public.items to app;
"""


@dataclass(frozen=True)
class Cached:
    """The Worker with a separate database and KV namespace."""

    ask: Ask
    postgres: Postgres
    database: str
    namespace: str

    def deploy(self, **variables: str) -> None:
        self.bound({"type": "kv_namespace", "name": "CACHE", "namespaceId": self.namespace}, **variables)

    def bound(self, cache: dict[str, str], **variables: str) -> None:
        """Deploys the Worker with the binding ``cache`` instead of the namespace."""
        url = self.postgres.url(database=self.database)
        texts = [{"type": "plain_text", "name": name, "text": text} for name, text in variables.items()]
        self.ask.put(
            {
                "name": "cached",
                "mainModule": "worker.js",
                "modules": modules("cached"),
                "compatibilityDate": BY_DATE[0],
                "compatibilityFlags": [],
                "bindings": [{"type": "hyperdrive", "name": "HYPERDRIVE", "connectionString": url}, cache, *texts],
                "hosts": ["cached.localhost"],
                "crons": [],
            }
        )

    def get(self, path: str = "/", method: str = "GET", json: Any = None, **headers: str) -> httpx.Response:
        address = f"http://127.0.0.1:{Ports(self.ask.runtime.state_directory).of('workers')}{path}"
        sent = {"host": "cached.localhost", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return httpx.request(method, address, json=json, headers=sent, timeout=30)

    def names(self, **headers: str) -> tuple[str, list[str]]:
        """Returns the cache status of the response, and the names of the items in it."""
        answer = self.get(**headers)
        assert answer.status_code == 200, answer.text
        return answer.headers["x-cache"], [row["name"] for row in answer.json()["result"]]

    def hit(self) -> list[str]:
        """Returns the names once the response is a hit, because the Worker writes to KV after it has responded."""
        deadline = time.monotonic() + SECONDS
        while (found := self.names())[0] != "hit":
            assert time.monotonic() < deadline, "there was no hit within 10 seconds"
        return found[1]

    def run(self, statements: str) -> None:
        asyncio.run(ran(self.postgres.admin_url, self.database, statements))


async def ran(url: str, database: str, statements: str) -> None:
    connection = await asyncpg.connect(url, database=database, timeout=SECONDS)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


@pytest.fixture
def empty(ask: Ask, postgres: Postgres) -> Iterator[Cached]:
    """The Worker with a database without tables, not deployed yet."""
    name = uuid.uuid4().hex
    asyncio.run(ran(postgres.admin_url, "postgres", f'create database "{name}"'))
    yield Cached(ask, postgres, name, namespace=name)
    ask.put()
    asyncio.run(ran(postgres.admin_url, "postgres", f'drop database "{name}" with (force)'))


@pytest.fixture
def cached(empty: Cached) -> Cached:
    """The deployed Worker with a database that has an item named `old`."""
    empty.run(ITEMS)
    empty.deploy()
    return empty


def test_a_hit_returns_the_earlier_response_of_the_database(cached: Cached) -> None:
    assert cached.names() == ("miss", ["old"])
    cached.run("update public.items set name = 'new'")
    assert cached.hit() == ["old"]


def test_a_bypass_queries_the_database_and_updates_the_cache(cached: Cached) -> None:
    cached.names()
    cached.hit()
    cached.run("update public.items set name = 'new'")
    assert cached.names(x_cache="bypass") == ("bypass", ["new"])
    deadline = time.monotonic() + SECONDS
    while cached.names() != ("hit", ["new"]):
        assert time.monotonic() < deadline, "the new response was not cached within 10 seconds"


def test_a_hit_has_the_same_response_as_the_miss(cached: Cached) -> None:
    missed = cached.get().json()
    cached.hit()
    hit = cached.get().json()
    assert {**hit, "latency_ms": 0} == {**missed, "latency_ms": 0}
    assert missed["result"][0]["id"] == "1"
    assert missed["result"][0]["created_at"].endswith("Z")


def test_a_hit_needs_no_database(cached: Cached) -> None:
    cached.names()
    cached.hit()
    gone = replace(cached, database="no-such-database")
    gone.deploy()
    assert gone.names() == ("hit", ["old"])
    assert gone.get(x_cache="bypass").status_code == 500


def test_a_cached_response_gets_an_expiration_in_kv(cached: Cached) -> None:
    cached.deploy(CACHE_SECONDS="3600")
    before = time.time()
    cached.names()
    cached.hit()
    # Cached responses of other tests, which expire after a minute, are in the same files.
    kept = [at for at in expirations(cached.ask.runtime) if at > before + 600]
    assert len(kept) == 2
    assert all(before + 3600 - 1 <= at <= time.time() + 3600 + 1 for at in kept)


def test_a_new_worker_version_does_not_use_cached_responses(cached: Cached) -> None:
    cached.names()
    cached.hit()
    cached.deploy(CACHE_VERSION="2")
    assert cached.names()[0] == "miss"


def test_a_write_is_executed_each_time_and_its_response_is_not_cached(cached: Cached) -> None:
    answers = [cached.get("/items", "POST", json={"name": "one"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [answer.json()["result"]["id"] for answer in answers] == ["2", "3"]
    assert all("x-cache" not in answer.headers for answer in answers)


def test_a_read_that_writes_is_rejected_by_the_database(empty: Cached) -> None:
    empty.run(ITEMS_THAT_WRITE)
    empty.deploy()
    assert [empty.get().status_code for _ in range(2)] == [500, 500]
    assert empty.ask.wait_for_log("25006")
    empty.run("do $$ begin assert (select count(*) from public.written) = 0; end $$")


def test_an_error_is_not_cached(empty: Cached) -> None:
    empty.run("create schema private; create table private.items (id int)")
    empty.deploy()
    assert "note" in empty.get().json()
    empty.run(ITEMS)
    assert empty.hit() == ["old"]


def test_the_database_is_queried_if_kv_is_unavailable(cached: Cached) -> None:
    cached.bound({"type": "unavailable", "name": "CACHE", "message": "KV is unavailable today"})
    assert cached.names() == ("miss", ["old"])
    assert cached.names() == ("miss", ["old"])
    assert cached.ask.wait_for_log("KV is unavailable today")


def test_its_health_check_reflects_the_database(cached: Cached) -> None:
    answers = [cached.get("/healthz") for _ in range(2)]
    assert [answer.headers["x-cache"] for answer in answers] == ["bypass", "bypass"]
    assert answers[0].json() == {"status": "ok"}


def expirations(runtime: WorkerRuntime) -> list[float]:
    """Returns the expiration times of all KV values, in seconds since the epoch, from the files of the runtime."""
    found: list[float] = []
    for file in runtime.state_directory.path.glob("workers/resources/kv/*/*.sqlite"):
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as namespace:
            if namespace.execute("select 1 from sqlite_master where name = '_mf_entries'").fetchall():
                found += [at / 1000 for (at,) in namespace.execute("select expiration from _mf_entries") if at]
    return found
