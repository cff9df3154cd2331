"""Messages of the Postgres protocol: prepared statements, pipelines, COPY, requests to cancel, transactions."""

import asyncio
import struct
from dataclasses import replace
from urllib.parse import urlsplit

import asyncpg
import pytest

from localcloud.gateway.origin import PooledOrigin
from localcloud.gateway.pools import Pools
from localcloud.gateway.service import Gateway, PoolFigures
from localcloud.postgres import Postgres
from tests.localcloud.gateway.clients import BACKENDS, TIMEOUT_SECONDS, busy_clients, counted, query_value
from tests.localcloud.gateway.conftest import Play
from tests.localcloud.gateway.test_pools import process_of
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

READY = "ZI"


@pytest.fixture
def single(origin: PooledOrigin) -> PooledOrigin:
    return replace(origin, connections=1)


async def opened(pools: Pools, origin: PooledOrigin, clients: int = 1) -> tuple[str, list[WireClient]]:
    url = (await pools.ensure_pools({"main": origin}))["main"]
    return url, [await WireClient.connect(url) for _ in range(clients)]


def test_a_prepared_statement_is_available_on_every_server_connection(play: Play, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": origin}))["main"]
        client = await asyncpg.connect(url)
        statement = await client.prepare("select $1::int + 1")
        async with busy_clients(url):
            assert [await statement.fetchval(number) for number in range(30)] == list(range(1, 31))
        await client.close()

    play(scenario)


def test_clients_may_use_the_same_name_for_different_statements(play: Play, single: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        _, (one, two) = await opened(pools, single, 2)
        await one.ask(parse("s", "select 'one'"), SYNC)
        await two.ask(parse("s", "select 'two'"), SYNC)
        assert rows(await one.ask(bind("s"), EXECUTE, SYNC)) == ["one"]
        assert rows(await two.ask(bind("s"), EXECUTE, SYNC)) == ["two"]

    play(scenario)


def test_an_unnamed_statement_survives_the_queries_of_other_clients(play: Play, single: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        _, (one, two) = await opened(pools, single, 2)
        await one.ask(parse("", "select 'one'"), SYNC)
        await two.ask(parse("", "select 'two'"), SYNC)
        assert rows(await one.ask(bind(""), EXECUTE, SYNC)) == ["one"]

    play(scenario)


def test_a_name_is_used_once_until_it_is_closed(play: Play, single: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        _, (client,) = await opened(pools, single)
        assert kinds(await client.ask(parse("s", "select 1"), SYNC)) == "1Z"
        again = await client.ask(parse("s", "select 2"), SYNC)
        assert errors(again) == [("42P05", 'prepared statement "s" already exists')]
        assert kinds(await client.ask(message("C", b"S", "s"), parse("s", "select 2"), SYNC)) == "31Z"
        assert rows(await client.ask(bind("s"), EXECUTE, SYNC)) == ["2"]

    play(scenario)


def test_a_statement_that_was_not_prepared_does_not_exist(play: Play, single: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        _, (client,) = await opened(pools, single)
        assert errors(await client.ask(parse("s", "selec 1"), SYNC))[0][0] == "42601"
        assert errors(await client.ask(bind("s"), EXECUTE, SYNC))[0][0] == "26000"
        assert kinds(await client.ask(parse("s", "select 1"), SYNC)) == "1Z"

    play(scenario)


def test_a_failed_batch_is_skipped_up_to_its_sync_and_the_next_one_runs(play: Play, single: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        _, (client,) = await opened(pools, single)
        await client.ask(parse("known", "select 'known'"), SYNC)
        await client.ask(query("select 1"))
        failing = (parse("", "select 1/0"), bind(""), EXECUTE, parse("new", "select 'new'"), bind("known"), EXECUTE)
        client.send(*failing, SYNC, bind("known"), EXECUTE, SYNC)
        answers = await client.until_ready(2)
        assert kinds(answers) == "1EZ2DCZ"
        assert [code for code, _ in errors(answers)] == ["22012"]
        assert rows(answers) == ["known"]
        assert [code for code, _ in errors(await client.ask(bind("new"), EXECUTE, SYNC))] == ["26000"]

    play(scenario)


def test_responses_of_a_pipeline_arrive_in_order(play: Play, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        url, (client,) = await opened(pools, origin)
        async with busy_clients(url):
            for number in range(100):
                client.send(parse("", f"select {number}"), bind(""), EXECUTE, SYNC)
            assert rows(await client.until_ready(100)) == [str(number) for number in range(100)]

    play(scenario)


@pytest.mark.parametrize("columns", [1, 1000])
def test_a_statement_is_closed_after_its_whole_description(play: Play, single: PooledOrigin, columns: int) -> None:
    """The gateway itself answers the close. Its answer must not be inside the description, which passes in parts."""

    async def scenario(pools: Pools) -> None:
        _, (client,) = await opened(pools, single)
        names = [f"column_{number}" for number in range(columns)]
        text = f"select {', '.join(f'1 as {name}' for name in names)}"
        client.send(parse("s", text), message("D", b"S", "s"), message("C", b"S", "s"), SYNC)
        answers = await client.until_ready()
        assert kinds(answers) == "1tT3Z"
        (description,) = [body for kind, body in answers if kind == "T"]
        assert [name for name in names if f"{name}\0".encode() not in description] == []

    play(scenario)


def test_a_flush_returns_the_description_before_the_sync(play: Play, single: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        _, (client,) = await opened(pools, single)
        client.send(parse("", "select $1::text"), message("D", b"S", ""), FLUSH)
        assert [(await client.receive())[0] for _ in range(3)] == ["1", "t", "T"]
        assert rows(await client.ask(bind("", "a"), EXECUTE, SYNC)) == ["a"]

    play(scenario)


def test_a_changed_table_fails_once_on_a_connection(play: Play, single: PooledOrigin, postgres: Postgres) -> None:
    async def scenario(pools: Pools) -> None:
        _, (client,) = await opened(pools, single)
        await query_value(postgres.url(), "create table changing (a int)")
        try:
            await client.ask(parse("s", "select * from changing"), SYNC)
            await client.ask(bind("s"), EXECUTE, SYNC)
            await query_value(postgres.url(), "alter table changing add b int")
            assert errors(await client.ask(bind("s"), EXECUTE, SYNC))[0][0] == "0A000"
            assert errors(await client.ask(bind("s"), EXECUTE, SYNC)) == []
        finally:
            await query_value(postgres.url(), "drop table changing")

    play(scenario)


def test_a_client_that_prepares_a_statement_of_another_client_gets_the_changed_table(
    play: Play, single: PooledOrigin, postgres: Postgres
) -> None:
    async def scenario(pools: Pools) -> None:
        _, (one, two) = await opened(pools, single, 2)
        await query_value(postgres.url(), "create table altered (a int)")
        try:
            await one.ask(parse("s", "select * from altered"), SYNC)
            await query_value(postgres.url(), "alter table altered add b int")
            answer = await two.ask(parse("s", "select * from altered"), bind("s"), EXECUTE, SYNC)
            assert kinds(answer) == "12CZ"
        finally:
            await query_value(postgres.url(), "drop table altered")
        answer = await two.ask(parse("t", "select * from altered"), SYNC)
        assert (errors(answer)[0][0], kinds(answer)) == ("42P01", "EZ")

    play(scenario)


@pytest.mark.parametrize(
    "statement",
    [
        "set search_path = elsewhere",
        "select set_config('search_path', 'elsewhere', false)",
        "set session characteristics as transaction read only",
        "set timezone = 'Asia/Tokyo'",
    ],
)
def test_settings_end_with_their_transaction(play: Play, single: PooledOrigin, statement: str) -> None:
    names = ("search_path", "timezone", "default_transaction_read_only")
    settings = "select concat_ws(' ', " + ", ".join(f"current_setting('{each}')" for each in names) + ")"

    async def scenario(pools: Pools) -> None:
        _, (client,) = await opened(pools, single)
        before = rows(await client.ask(query(settings)))
        assert rows(await client.ask(query(f"begin; {statement}; {settings}; commit")))[-1:] != before
        assert rows(await client.ask(query(settings))) == before

    play(scenario)


@pytest.mark.parametrize("end", ["disconnected", "in a failed transaction"])
def test_a_transaction_of_a_client_that_disconnects_is_rolled_back(
    play: Play, single: PooledOrigin, postgres: Postgres, end: str
) -> None:
    async def scenario(pools: Pools) -> None:
        _, (one, two) = await opened(pools, single, 2)
        await one.ask(query("begin"))
        await one.ask(query("create table abandoned (a int)"))
        if end == "in a failed transaction":
            assert status(await one.ask(query("select 1/0"))) == "E"
        pid = await query_value(postgres.admin_url, BACKENDS.replace("count(*)", "pid"))
        one.close()
        answer = await two.ask(query("select pg_backend_pid() || ' ' || (to_regclass('abandoned') is null)"))
        assert rows(answer) == [f"{pid} true"]

    play(scenario)


def test_the_query_of_a_client_that_disconnects_is_cancelled(play: Play, single: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        _, (one, two) = await opened(pools, single, 2)
        one.send(query("select pg_sleep(600)"))
        await asyncio.sleep(0.5)
        one.close()
        assert rows(await two.ask(query("select 2"))) == ["2"]

    play(scenario)


def test_a_request_to_cancel_reaches_the_query_of_its_client(play: Play, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        url, (one, two) = await opened(pools, origin, 2)
        one.send(query("select pg_sleep(600)"))
        two.send(query("select pg_sleep(2)"))
        await asyncio.sleep(0.5)
        parts = urlsplit(url)
        _, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(struct.pack("!ii", 16, 80877102) + one.key)
        assert errors(await one.until_ready())[0][0] == "57014"
        assert errors(await two.until_ready()) == []
        assert rows(await one.ask(query("select 1"))) == ["1"]

    play(scenario)


def test_copy_passes_in_both_directions(play: Play, single: PooledOrigin, postgres: Postgres) -> None:
    records = [(number, "x" * 100) for number in range(20_000)]

    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": single}))["main"]
        await query_value(postgres.url(), "create table copied (a int, b text)")
        client = await asyncpg.connect(url)
        received = bytearray()

        async def receive(data: bytes) -> None:
            received.extend(data)

        try:
            assert await client.copy_records_to_table("copied", records=records) == "COPY 20000"
            await client.copy_from_query("select a from copied order by a", output=receive, format="csv")
            assert received.split() == [str(number).encode() for number, _ in records]
            assert await client.fetchval("select 1") == 1
        finally:
            await client.close()
            await query_value(postgres.url(), "drop table copied")

    play(scenario)


def test_a_client_that_disconnects_while_it_copies_leaves_nothing(
    play: Play, single: PooledOrigin, postgres: Postgres
) -> None:
    async def scenario(pools: Pools) -> None:
        _, (one, two) = await opened(pools, single, 2)
        await query_value(postgres.url(), "create table half (a int)")
        try:
            one.send(query("copy half from stdin"))
            assert (await one.receive())[0] == "G"
            one.send(message("d", b"1\n"))
            await one.writer.drain()
            one.close()
            assert rows(await two.ask(query("select count(*) from half"))) == ["0"]
        finally:
            await query_value(postgres.url(), "drop table half")

    play(scenario)


def test_a_large_result_is_not_held_in_memory(play: Play, single: PooledOrigin, gateway: Gateway) -> None:
    """300 MB pass to a client that reads slowly. The gateway grows by less than a third of that."""
    megabytes = 300
    text = f"select repeat('x', 100000) from generate_series(1, {megabytes * 10})"

    async def scenario(pools: Pools) -> None:
        _, (client,) = await opened(pools, single)
        process = process_of(gateway)
        before = process.memory_info().rss
        client.send(query(text))
        await asyncio.sleep(1)
        received, most = 0, 0
        while (answer := await client.receive())[0] != "Z":
            received += len(answer[1])
            most = max(most, process.memory_info().rss)
        assert received > megabytes * 1_000_000
        assert most - before < 100_000_000

    play(scenario)


def test_a_large_parameter_passes(play: Play, single: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        _, (client,) = await opened(pools, single)
        await client.ask(parse("s", "select length($1::text)"), SYNC)
        assert rows(await client.ask(bind("s", "x" * 30_000_000), EXECUTE, SYNC)) == ["30000000"]

    play(scenario)


def test_the_figures_of_a_pool_count_its_clients_and_connections(
    play: Play, single: PooledOrigin, gateway: Gateway
) -> None:
    async def scenario(pools: Pools) -> None:
        _, (holder, other) = await opened(pools, single, 2)
        await holder.ask(query("begin"))
        other.send(query("select 1"))
        # Clients of an earlier test may still be disconnecting.
        while not (figures := gateway.figures()) or figures[0].waiting == 0 or figures[0].clients > 2:
            await asyncio.sleep(0.02)
        assert figures == [PoolFigures("main", 2, waiting=1, in_use=1, open=1, limit=1, queries={"disabled": 2})]
        await holder.ask(query("commit"))
        assert rows(await other.until_ready()) == ["1"]
        queries = {"disabled": 3}
        assert gateway.figures() == [PoolFigures("main", 2, waiting=0, in_use=0, open=1, limit=1, queries=queries)]

    play(scenario)


def test_clients_wait_in_order(play: Play, single: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        _, (holder, *waiting) = await opened(pools, single, 6)
        await holder.ask(query("begin"))
        served: list[int] = []

        async def ask(number: int) -> None:
            await waiting[number].ask(query("select 1"))
            served.append(number)

        asking = []
        for number in range(5):
            asking.append(asyncio.create_task(ask(number)))
            await asyncio.sleep(0.05)
        await holder.ask(query("commit"))
        await asyncio.gather(*asking)
        assert served == [0, 1, 2, 3, 4]

    play(scenario)


@pytest.mark.parametrize("batch", [(query("select 1"),), (parse("", "select 1"), bind(""), EXECUTE, SYNC)])
def test_a_client_that_waits_too_long_gets_the_error_of_hyperdrive_and_can_try_again(
    play_impatiently: Play, single: PooledOrigin, batch: tuple[bytes, ...]
) -> None:
    async def scenario(pools: Pools) -> None:
        _, (holder, other) = await opened(pools, single, 2)
        await holder.ask(query("begin"))
        answer = await other.ask(*batch)
        assert errors(answer) == [("58000", "Failed to acquire a connection from the pool.")]
        assert kinds(answer) == "EZ"
        await holder.ask(query("commit"))
        assert rows(await other.ask(*batch)) == ["1"]

    play_impatiently(scenario)


def test_a_client_that_no_longer_waits_takes_no_connection(play: Play, single: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        _, (holder, gone, other) = await opened(pools, single, 3)
        await holder.ask(query("begin"))
        gone.send(query("select pg_sleep(600)"))
        await asyncio.sleep(0.2)
        gone.close()
        other.send(query("select 1"))
        await holder.ask(query("commit"))
        assert rows(await other.until_ready()) == ["1"]

    play(scenario)


def test_a_terminated_connection_ends_the_session_with_the_error_of_the_database(
    play: Play, single: PooledOrigin, postgres: Postgres
) -> None:
    async def scenario(pools: Pools) -> None:
        _, (client, other) = await opened(pools, single, 2)
        await client.ask(query("begin"))
        await query_value(postgres.admin_url, BACKENDS.replace("count(*)", "count(pg_terminate_backend(pid))"))
        kind, body = await client.receive()
        assert errors([(kind, body)])[0][0] == "57P01"
        assert await client.reader.read() == b""
        assert rows(await other.ask(query("select 1"))) == ["1"]

    play(scenario)


def test_a_client_that_sends_no_protocol_is_disconnected(play: Play, single: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        url, (client,) = await opened(pools, single)
        client.send(b"Q\0\0\0\0nonsense")
        assert (await client.receive())[0] == "E"
        assert await client.reader.read() == b""
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert (await reader.read())[:1] in (b"E", b"")
        assert await query_value(url, "select 1") == 1

    play(scenario)


def test_more_connections_than_the_limit_are_never_open_while_clients_disconnect(
    play: Play, origin: PooledOrigin, postgres: Postgres
) -> None:
    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": origin}))["main"]

        async def hurry(number: int) -> None:
            client = await WireClient.connect(url)
            client.send(query("begin; select pg_sleep(0.2)"))
            await asyncio.sleep(number % 5 / 20)
            client.close()

        async with counted(postgres) as counts:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await asyncio.gather(*(hurry(number) for number in range(40)))
                assert await query_value(url, "select 1") == 1
        assert max(counts) <= origin.connections

    play(scenario)
