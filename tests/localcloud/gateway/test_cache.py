"""The query cache: the stored results, their age, and the clients that get them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from localcloud.gateway.origin import Caching, PooledOrigin
from localcloud.gateway.pools import Pools
from localcloud.gateway.service import Gateway
from localcloud.postgres import Postgres
from tests.localcloud.gateway.clients import TIMEOUT_SECONDS, query_value
from tests.localcloud.gateway.conftest import Play
from tests.localcloud.gateway.wire import (
    EXECUTE,
    FLUSH,
    SYNC,
    WireClient,
    bind,
    errors,
    kinds,
    message,
    parse,
    query,
    rows,
    status,
)

LONG = Caching(max_age=3600, stale_while_revalidate=0)
STALE = Caching(max_age=0, stale_while_revalidate=3600)
"""Every result is stale at once, and may be returned for an hour."""
EXPIRED = Caching(max_age=0, stale_while_revalidate=0)
DESCRIBE_PORTAL = message("D", b"P", "")


def describe(name: str) -> bytes:
    return message("D", b"S", name)


class Counter:
    """A table with one row, whose number a test changes without the gateway."""

    def __init__(self, postgres: Postgres) -> None:
        self.table = f"counter_{uuid4().hex[:8]}"
        self.read = f"select number from {self.table}"
        self._url = postgres.url()

    async def create(self) -> None:
        await self._run(f"create table {self.table} (id int, number int)")
        await self._run(f"insert into {self.table} values (1, 1)")

    async def write(self, number: int) -> None:
        await self._run(f"update {self.table} set number = {number}")

    async def change(self, definition: str) -> None:
        await self._run(f"alter table {self.table} {definition}")

    async def drop(self) -> None:
        await self._run(f"drop table if exists {self.table}")

    async def _run(self, statement: str) -> Any:
        return await query_value(self._url, statement)


CacheScenario = Callable[[Pools, Counter], Awaitable[None]]
PlayCached = Callable[[CacheScenario], None]


@pytest.fixture
def play_cached(play: Play, postgres: Postgres) -> PlayCached:
    """Runs a scenario with a table."""

    def played(scenario: CacheScenario) -> None:
        async def with_table(pools: Pools) -> None:
            counter = Counter(postgres)
            await counter.create()
            try:
                await scenario(pools, counter)
            finally:
                await counter.drop()

        play(with_table)

    return played


@pytest.fixture
def cached(origin: PooledOrigin) -> PooledOrigin:
    return replace(origin, caching=LONG)


async def opened(pools: Pools, origin: PooledOrigin, name: str = "main") -> str:
    return (await pools.ensure_pools({name: origin}))[name]


def read_as_pg(text: str, *values: str) -> tuple[bytes, ...]:
    return parse("", text), bind("", *values), DESCRIBE_PORTAL, EXECUTE, SYNC


async def ask(url: str, *messages: bytes) -> Any:
    client = await WireClient.connect(url)
    try:
        return await client.ask(*messages)
    finally:
        client.close()


async def number(url: str, counter: Counter) -> str:
    """Reads as `pg` does, with a new connection."""
    (found,) = rows(await ask(url, *read_as_pg(counter.read)))
    return found


async def becomes(read: Callable[[], Awaitable[str]], expected: str) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while await read() != expected:
            await asyncio.sleep(0.05)


def test_a_read_after_a_write_returns_the_old_row(play_cached: PlayCached, cached: PooledOrigin) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, cached)
        assert await number(url, counter) == "1"
        await counter.write(2)
        assert await number(url, counter) == "1"

    play_cached(scenario)


def test_without_caching_a_read_returns_the_new_row(play_cached: PlayCached, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, origin)
        assert await number(url, counter) == "1"
        await counter.write(2)
        assert await number(url, counter) == "2"

    play_cached(scenario)


@pytest.mark.parametrize("suffix", ["", " where random() >= 0", " /* now() */", " for update", "; select 1"])
def test_a_write_through_the_gateway_is_visible_only_to_queries_that_are_not_cached(
    play_cached: PlayCached, cached: PooledOrigin, suffix: str
) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, cached)
        before = rows(await ask(url, query(counter.read + suffix)))
        await ask(url, query(f"update {counter.table} set number = 2"))
        after = rows(await ask(url, query(counter.read + suffix)))
        assert (before[0], after[0]) == ("1", "2" if suffix else "1")

    play_cached(scenario)


def test_answers_from_the_cache_have_the_same_messages(play_cached: PlayCached, cached: PooledOrigin) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, cached)
        for messages in (
            read_as_pg(counter.read),
            (parse("a", counter.read), describe("a"), bind("a"), EXECUTE, SYNC),
            (parse("a", counter.read), bind("a"), DESCRIBE_PORTAL, EXECUTE, SYNC),
            (query(counter.read),),
        ):
            await counter.write(1)
            first = await ask(url, *messages)
            await counter.write(2)
            assert await ask(url, *messages) == first
            assert rows(first) == ["1"]
            await counter.change("add column added int")
            await counter.change("drop column added")
            counter.read += " "

    play_cached(scenario)


def test_an_answer_from_the_cache_needs_no_connection(play_cached: PlayCached, cached: PooledOrigin) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, replace(cached, connections=1))
        assert await number(url, counter) == "1"
        reader, holder = [await WireClient.connect(url) for _ in range(2)]
        assert status(await holder.ask(query("begin"))) == "T"
        assert rows(await reader.ask(*read_as_pg(counter.read))) == ["1"]
        assert status(await holder.ask(query("commit"))) == "I"
        for client in (reader, holder):
            client.close()

    play_cached(scenario)


def test_a_client_that_does_not_wait_for_a_description_gets_its_row(
    play_cached: PlayCached, cached: PooledOrigin
) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, cached)
        for value in ("1", "2"):
            await counter.write(int(value))
            found = await ask(
                url, parse("s", counter.read), describe("s"), FLUSH, bind("s"), DESCRIBE_PORTAL, EXECUTE, SYNC
            )
            assert (kinds(found), rows(found)) == ("1tT2TDCZ", [value])

    play_cached(scenario)


def test_parameters_are_part_of_the_key(play_cached: PlayCached, cached: PooledOrigin) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, cached)
        text = "select $1::text || $2::text"
        for values in (("a", "b"), ("ab", ""), ("b", "a"), ("a", "b")):
            assert rows(await ask(url, *read_as_pg(text, *values))) == ["".join(values)]

    play_cached(scenario)


def test_the_formats_of_results_are_part_of_the_key(play_cached: PlayCached, cached: PooledOrigin) -> None:
    binary = message("B", "", "", b"\0\0\0\0\0\1\0\1")

    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, cached)
        assert await number(url, counter) == "1"
        assert rows(await ask(url, parse("", counter.read), binary, DESCRIBE_PORTAL, EXECUTE, SYNC)) == ["\0\0\0\1"]

    play_cached(scenario)


def test_a_statement_prepared_as_postgres_js_does_is_cached(play_cached: PlayCached, cached: PooledOrigin) -> None:
    text = "{} where id = $1::text::int"

    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, cached)

        async def read() -> str:
            client = await WireClient.connect(url)
            client.send(parse("s", text.format(counter.read)), describe("s"), FLUSH)
            assert kinds([await client.receive() for _ in range(3)]) == "1tT"
            first = await client.ask(bind("s", "1"), EXECUTE, SYNC)
            again = await client.ask(bind("s", "1"), EXECUTE, SYNC)
            assert first == again
            assert (kinds(again), status(again)) == ("2DCZ", "I")
            client.close()
            return rows(again)[0]

        assert await read() == "1"
        await counter.write(2)
        assert await read() == "1"

    play_cached(scenario)


def test_an_unnamed_statement_that_is_described_as_a_statement_is_not_cached(
    play_cached: PlayCached, cached: PooledOrigin
) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, cached)
        messages = parse("", counter.read), describe(""), bind(""), EXECUTE, SYNC
        await ask(url, *messages)
        await counter.write(2)
        assert rows(await ask(url, *messages)) == ["2"]

    play_cached(scenario)


def test_a_client_gets_no_result_with_other_columns_than_described(
    play_cached: PlayCached, cached: PooledOrigin
) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        text = f"select * from {counter.table}"

        async def read(url: str) -> str:
            client = await WireClient.connect(url)
            client.send(parse("s", text), describe("s"), FLUSH)
            description = [await client.receive() for _ in range(3)][-1][1]
            (row,) = [body for kind, body in await client.ask(bind("s"), EXECUTE, SYNC) if kind == "D"]
            client.close()
            assert description[:2] == row[:2]
            return str(row[1])

        url = await opened(pools, cached)
        assert [await read(url), await read(url)] == ["2", "2"]
        await counter.change("add column added int")
        # A new pool, because Postgres rejects a statement that was prepared for other columns.
        url = await opened(pools, replace(cached, target=replace(cached.target, restarted_on="later")))
        assert [await read(url), await read(url)] == ["3", "3"]

    play_cached(scenario)


def test_inside_a_transaction_nothing_is_cached(play_cached: PlayCached, cached: PooledOrigin) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, cached)
        assert await number(url, counter) == "1"
        await counter.write(2)
        client = await WireClient.connect(url)
        await client.ask(query("begin"))
        assert rows(await client.ask(*read_as_pg(counter.read))) == ["2"]
        await client.ask(query(f"update {counter.table} set number = 3"))
        assert rows(await client.ask(*read_as_pg(counter.read + " "))) == ["3"]
        await client.ask(query("rollback"))
        assert rows(await client.ask(*read_as_pg(counter.read + " "))) == ["2"]
        client.close()

    play_cached(scenario)


def test_a_configuration_never_gets_the_rows_of_another(play_cached: PlayCached, cached: PooledOrigin) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        urls = await pools.ensure_pools({"one": cached, "two": cached})
        assert await number(urls["one"], counter) == "1"
        await counter.write(2)
        assert [await number(urls[name], counter) for name in ("one", "two")] == ["1", "2"]

    play_cached(scenario)


def test_a_new_configuration_starts_with_an_empty_cache(play_cached: PlayCached, cached: PooledOrigin) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        await number(await opened(pools, cached), counter)
        await counter.write(2)
        await pools.retire_others({})
        assert await number(await opened(pools, cached), counter) == "2"

    play_cached(scenario)


@pytest.mark.parametrize("change", ["connections", "caching", "restart"])
def test_an_update_of_the_configuration_keeps_the_cache(
    play_cached: PlayCached, cached: PooledOrigin, change: str
) -> None:
    changed = {
        "connections": replace(cached, connections=7),
        "caching": replace(cached, caching=Caching(1800, 0)),
        "restart": replace(cached, target=replace(cached.target, restarted_on="2026-11-30T00:00:00Z")),
    }[change]

    async def scenario(pools: Pools, counter: Counter) -> None:
        await number(await opened(pools, cached), counter)
        await counter.write(2)
        url = await opened(pools, changed)
        await pools.retire_others({"main": changed})
        assert await number(url, counter) == "1"

    play_cached(scenario)


def test_disabled_caching_is_effective_for_existing_clients(play_cached: PlayCached, cached: PooledOrigin) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        client = await WireClient.connect(await opened(pools, cached))
        assert rows(await client.ask(*read_as_pg(counter.read))) == ["1"]
        await counter.write(2)
        await opened(pools, replace(cached, caching=None))
        assert rows(await client.ask(*read_as_pg(counter.read))) == ["2"]
        client.close()

    play_cached(scenario)


def test_a_stale_result_is_returned_once_more_and_refreshed(play_cached: PlayCached, cached: PooledOrigin) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, replace(cached, caching=STALE))
        assert await number(url, counter) == "1"
        await counter.write(2)
        assert await number(url, counter) == "1"
        await becomes(lambda: number(url, counter), "2")

    play_cached(scenario)


def test_a_stale_result_of_a_simple_query_is_refreshed(play_cached: PlayCached, cached: PooledOrigin) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, replace(cached, caching=STALE))

        async def read() -> str:
            return rows(await ask(url, query(counter.read)))[0]

        assert await read() == "1"
        await counter.write(2)
        assert await read() == "1"
        await becomes(read, "2")

    play_cached(scenario)


def test_a_failed_refresh_keeps_the_stale_result(play_cached: PlayCached, cached: PooledOrigin) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, replace(cached, caching=STALE))
        assert await number(url, counter) == "1"
        await counter.drop()
        assert [await number(url, counter) for _ in range(5)] == ["1"] * 5
        await counter.create()
        await counter.write(2)
        await becomes(lambda: number(url, counter), "2")

    play_cached(scenario)


def test_an_expired_result_is_not_returned(play_cached: PlayCached, cached: PooledOrigin) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, replace(cached, caching=EXPIRED))
        assert await number(url, counter) == "1"
        await counter.write(2)
        assert await number(url, counter) == "2"

    play_cached(scenario)


def test_an_error_is_not_stored(play_cached: PlayCached, cached: PooledOrigin) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, cached)
        text = f"select 10 / (number - 1) from {counter.table}"
        for messages in (read_as_pg(text), (query(text),)):
            await counter.write(1)
            assert errors(await ask(url, *messages))[0][0] == "22012"
            await counter.write(2)
            assert rows(await ask(url, *messages)) == ["10"]

    play_cached(scenario)


def test_a_result_that_fails_after_some_rows_is_not_stored(play_cached: PlayCached, cached: PooledOrigin) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, cached)
        text = f"select 1 / (5000 - i + number - 1) from generate_series(1, 5000) i, {counter.table}"
        failed = await ask(url, *read_as_pg(text))
        assert (len(rows(failed)) > 0, errors(failed)[0][0]) == (True, "22012")
        await counter.write(2)
        assert len(rows(await ask(url, *read_as_pg(text)))) == 5000

    play_cached(scenario)


def test_a_result_that_its_client_did_not_wait_for_is_not_stored(play_cached: PlayCached, cached: PooledOrigin) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, cached)
        text = f"select number, repeat('x', 1000) from {counter.table}, generate_series(1, 20000)"
        client = await WireClient.connect(url)
        client.send(*read_as_pg(text))
        assert [(await client.receive())[0] for _ in range(4)] == ["1", "2", "T", "D"]
        client.close()
        await counter.write(2)
        found = rows(await ask(url, *read_as_pg(text)))
        assert (set(found), len(found)) == ({"2"}, 20000)

    play_cached(scenario)


def test_a_result_above_fifty_megabytes_passes_and_is_not_stored(
    play_cached: PlayCached, cached: PooledOrigin, gateway: Gateway
) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, cached)
        text = f"select number, repeat('x', 1000000) from {counter.table}, generate_series(1, 53)"
        for value in (1, 2):
            await counter.write(value)
            found = rows(await ask(url, *read_as_pg(text)))
            assert (set(found), len(found)) == ({str(value)}, 53)
        assert gateway.figures()[0].queries == {"oversizedresult": 2}

    play_cached(scenario)


def test_large_parameters_pass_and_are_not_cached(play_cached: PlayCached, cached: PooledOrigin) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, cached)
        text = f"select number from {counter.table} where $1::text > ''"
        for value in ("1", "2"):
            await counter.write(int(value))
            assert rows(await ask(url, *read_as_pg(text, "x" * 100_000))) == [value]

    play_cached(scenario)


def test_a_part_of_the_rows_is_not_cached(play_cached: PlayCached, cached: PooledOrigin) -> None:
    one_row = message("E", "", b"\0\0\0\1")

    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, cached)
        text = f"select number from {counter.table}, generate_series(1, 3)"
        assert kinds(await ask(url, parse("", text), bind(""), one_row, SYNC)) == "12DsZ"
        await counter.write(2)
        assert rows(await ask(url, *read_as_pg(text))) == ["2", "2", "2"]

    play_cached(scenario)


def test_a_prepared_statement_can_be_used_after_an_answer_from_the_cache(
    play_cached: PlayCached, cached: PooledOrigin
) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, cached)
        text = "select $1::int + 1"
        messages = parse("s", text), describe("s"), bind("s", "1"), EXECUTE, SYNC
        await ask(url, *messages)
        client = await WireClient.connect(url)
        assert rows(await client.ask(*messages)) == ["2"]
        assert rows(await client.ask(bind("s", "5"), EXECUTE, SYNC)) == ["6"]
        assert errors(await client.ask(parse("s", text), SYNC))[0][0] == "42P05"
        client.close()

    play_cached(scenario)


def test_a_group_in_several_packets_is_one_read(play_cached: PlayCached, cached: PooledOrigin) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, cached)
        for expected in ("1", "1"):
            client = await WireClient.connect(url)
            for part in b"".join(read_as_pg(counter.read)):
                client.send(bytes([part]))
                await client.writer.drain()
            assert rows(await client.until_ready()) == [expected]
            client.close()
            await counter.write(2)

    play_cached(scenario)


def test_pipelined_reads_get_their_answers_in_order(play_cached: PlayCached, cached: PooledOrigin) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        client = await WireClient.connect(await opened(pools, cached))
        texts = [f"select {index % 4}" for index in range(40)]
        for _ in range(2):
            client.send(*(part for text in texts for part in read_as_pg(text)))
            assert rows(await client.until_ready(len(texts))) == [str(index % 4) for index in range(40)]
        client.close()

    play_cached(scenario)


def test_each_query_is_counted_by_its_cache_status(
    play_cached: PlayCached, cached: PooledOrigin, gateway: Gateway
) -> None:
    async def scenario(pools: Pools, counter: Counter) -> None:
        url = await opened(pools, cached)
        for text in (
            counter.read,
            counter.read,
            "select now()",
            "select 1; select 2",
            "selec 1",
            "begin; commit",
            "show timezone",
            f"delete from {counter.table} where id = 7",
        ):
            await ask(url, query(text))
        await ask(url, *read_as_pg("select now()"))
        client = await WireClient.connect(url)
        for text in ("begin", counter.read, "commit"):
            await client.ask(query(text))
        client.close()
        (figures,) = gateway.figures()
        assert figures.queries == {
            "miss": 1,
            "hit": 1,
            "volatile": 2,
            "multiplestatements": 2,
            "parseerror": 1,
            "notaquery": 2,
            "uncacheable": 1,
            "transaction": 2,
        }
        await opened(pools, replace(cached, caching=None))
        await ask(url, *read_as_pg(counter.read))
        assert gateway.figures()[0].queries["disabled"] == 1

    play_cached(scenario)
