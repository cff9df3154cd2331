"""The request log of the gateway: its entries, and the values that it never contains."""

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from localcloud.errors import LocalCloudError
from localcloud.gateway.control import GatewayControl, LoggedQuery
from localcloud.gateway.origin import Caching, PooledOrigin
from localcloud.gateway.pools import Pools
from localcloud.gateway.service import Gateway
from localcloud.ports import free_port
from tests.localcloud.gateway.clients import is_rejected, query_value
from tests.localcloud.gateway.conftest import Play
from tests.localcloud.gateway.wire import EXECUTE, FLUSH, SYNC, WireClient, bind, parse, query

LISTEN_FIX = "Use a connection to the database without Hyperdrive."


def logged(gateway: Gateway) -> list[LoggedQuery]:
    return gateway.control.queries()


def outcomes(gateway: Gateway) -> list[tuple[str | None, str, str | None]]:
    return [(each.cache_status, each.event_status, each.code) for each in logged(gateway)]


async def opened(pools: Pools, origin: PooledOrigin) -> str:
    return (await pools.ensure_pools({"main": origin}))["main"]


def test_a_query_is_logged_with_its_configuration_status_duration_rows_and_bytes(
    play: Play, gateway: Gateway, origin: PooledOrigin
) -> None:
    async def scenario(pools: Pools) -> None:
        client = await WireClient.connect(await opened(pools, replace(origin, label="shop")))
        answer = await client.ask(query("select generate_series(1, 3)"))
        client.close()
        (entry,) = logged(gateway)
        assert (entry.configuration, entry.cache_status, entry.event_status) == ("shop", "disabled", "complete")
        assert (entry.rows, entry.code, entry.problem, entry.fix) == (3, None, None, None)
        assert entry.query_bytes == len(query("select generate_series(1, 3)"))
        # the response ends with ReadyForQuery, whose 6 bytes belong to the query too
        assert entry.result_bytes == sum(len(body) + 5 for _, body in answer)
        assert entry.ms >= 0

    play(scenario)


def test_a_hit_has_the_rows_of_the_stored_result(play: Play, gateway: Gateway, origin: PooledOrigin) -> None:
    cached = replace(origin, caching=Caching(max_age=3600))

    async def scenario(pools: Pools) -> None:
        client = await WireClient.connect(await opened(pools, cached))
        read = parse("", "select n from (values (1), (2)) as t (n)"), bind(""), EXECUTE, SYNC
        described = parse("", "select 1 where false"), bind(""), EXECUTE, SYNC
        simple = query("values (1), (2)")
        for each in ((simple,), (simple,), read, described):
            await client.ask(*each)
        client.close()
        assert [(each.cache_status, each.rows) for each in logged(gateway)] == [
            ("miss", 2),
            ("hit", 2),
            ("uncacheable", 2),
            ("uncacheable", 0),
        ]

    play(scenario)


def test_each_query_of_a_pipeline_is_logged(play: Play, gateway: Gateway, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        client = await WireClient.connect(await opened(pools, origin))
        one, two = (parse("", text) for text in ("select 1", "values (1), (2)"))
        await client.ask(one, bind(""), EXECUTE, two, bind(""), EXECUTE, SYNC)
        client.close()
        assert [each.rows for each in logged(gateway)] == [1, 2]
        assert logged(gateway)[0].query_bytes == len(one + bind(""))

    play(scenario)


def test_an_error_of_the_database_has_its_code_and_not_its_text(
    play: Play, gateway: Gateway, origin: PooledOrigin
) -> None:
    async def scenario(pools: Pools) -> None:
        client = await WireClient.connect(await opened(pools, origin))
        await client.ask(query("select 'a-value-of-a-user'::int"))
        failing = parse("", "select $1::text::int"), bind("", "a-value-of-a-user"), EXECUTE, SYNC
        await client.ask(*failing)
        await client.ask(parse("", "select 1 / 0"), bind(""), EXECUTE, bind(""), EXECUTE, SYNC)
        client.close()
        assert outcomes(gateway) == [
            *[("disabled", "error", "22P02")] * 2,
            *[("disabled", "error", "22012")] * 2,
        ]
        assert "a-value-of-a-user" not in str(logged(gateway))
        assert {each.problem for each in logged(gateway)} == {None}

    play(scenario)


@pytest.mark.parametrize(
    "messages",
    [
        (query("listen a_channel_of_a_user"),),
        (parse("", "listen a_channel_of_a_user"), bind(""), EXECUTE, SYNC),
        (parse("named", "listen a_channel_of_a_user"), SYNC),
    ],
    ids=["simple", "extended", "prepared only"],
)
def test_a_rejected_statement_has_its_kind_and_its_fix(
    play: Play, gateway: Gateway, origin: PooledOrigin, messages: tuple[bytes, ...]
) -> None:
    async def scenario(pools: Pools) -> None:
        client = await WireClient.connect(await opened(pools, origin))
        await client.ask(*messages)
        await client.ask(query("select 1"))
        client.close()
        rejected, accepted = logged(gateway)
        assert (rejected.event_status, rejected.code) == ("error", "58000")
        assert (rejected.problem, rejected.fix) == ("Hyperdrive does not support LISTEN.", LISTEN_FIX)
        assert (accepted.event_status, accepted.fix) == ("complete", None)
        assert "a_channel_of_a_user" not in str(logged(gateway))

    play(scenario)


def test_a_rejected_statement_is_logged_once_after_a_flush(play: Play, gateway: Gateway, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        client = await WireClient.connect(await opened(pools, origin))
        client.send(parse("", "discard all"), FLUSH)
        assert (await client.receive())[0] == "E"
        await client.ask(SYNC)
        client.close()
        assert [each.problem for each in logged(gateway)] == ["Hyperdrive does not support DISCARD."]

    play(scenario)


@pytest.mark.parametrize("caching", [None, Caching(max_age=3600)], ids=["without cache", "with cache"])
@pytest.mark.parametrize(
    "messages", [(query("select 1"),), (parse("", "select 1"), bind(""), EXECUTE, SYNC)], ids=["simple", "extended"]
)
def test_a_query_without_a_connection_has_hyperdrives_error(
    play_impatiently: Play,
    impatient: Gateway,
    origin: PooledOrigin,
    caching: Caching | None,
    messages: tuple[bytes, ...],
) -> None:
    async def scenario(pools: Pools) -> None:
        url = await opened(pools, replace(origin, connections=1, caching=caching))
        holder, waiter = await WireClient.connect(url), await WireClient.connect(url)
        await holder.ask(query("begin"))
        await waiter.ask(*messages)
        await holder.ask(query("commit"))
        for client in (holder, waiter):
            client.close()
        failed = [each for each in logged(impatient) if each.event_status == "error"]
        assert [(each.code, each.problem) for each in failed] == [
            ("58000", "Failed to acquire a connection from the pool.")
        ]

    play_impatiently(scenario)


def test_a_client_that_cannot_connect_is_logged_without_a_cache_status(
    play: Play, gateway: Gateway, origin: PooledOrigin
) -> None:
    down = replace(origin, target=replace(origin.target, port=free_port()))

    async def scenario(pools: Pools) -> None:
        await is_rejected(await opened(pools, down))
        (entry,) = logged(gateway)
        assert (entry.cache_status, entry.event_status, entry.code) == (None, "error", "58000")
        assert entry.problem == "Server connection attempt failed: connection_refused"
        assert gateway.figures()[0].queries == {}

    play(scenario)


def test_a_query_on_a_connection_that_the_database_ends_has_its_code(
    play: Play, gateway: Gateway, origin: PooledOrigin
) -> None:
    async def scenario(pools: Pools) -> None:
        url = await opened(pools, origin)
        with pytest.raises(asyncpg.PostgresError):
            await query_value(url, "select pg_terminate_backend(pg_backend_pid()), pg_sleep(20)")
        assert outcomes(gateway)[-1] == ("disabled", "error", "57P01")

    play(scenario)


def test_the_log_keeps_the_newest_thousand_queries(play: Play, gateway: Gateway, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        client = await WireClient.connect(await opened(pools, origin))
        batch = b"".join((parse("", "select 1"), bind(""), EXECUTE, SYNC)) * 100
        for _ in range(10):
            client.send(batch)
            await client.until_ready(100)
        await client.ask(query("values (1), (2), (3)"))
        client.close()
        entries = logged(gateway)
        assert len(entries) == 1000
        assert [each.rows for each in entries[-2:]] == [1, 3]
        assert gateway.figures()[0].queries == {"disabled": 1001}

    play(scenario)


def test_a_new_configuration_has_an_empty_log(play: Play, gateway: Gateway, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        await query_value(await opened(pools, origin), "select 1")
        await pools.retire_others({})
        await opened(pools, origin)
        assert logged(gateway) == []

    play(scenario)


def test_the_error_about_a_gateway_that_does_not_run_names_the_fix() -> None:
    with pytest.raises(LocalCloudError, match=r"does not respond .*Run `python -m localcloud up`"):
        GatewayControl(f"http://127.0.0.1:{free_port()}", "token").queries()


def test_the_log_needs_the_token(gateway: Gateway) -> None:
    with pytest.raises(LocalCloudError, match="The bearer token is missing or wrong"):
        GatewayControl(gateway.url, "wrong").queries()


def test_concurrent_clients_have_separate_entries(play: Play, gateway: Gateway, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        url = await opened(pools, origin)
        clients = [await WireClient.connect(url) for _ in range(8)]
        queries = [query(f"select generate_series(1, {each})") for each in range(1, 9)]
        await asyncio.gather(*(client.ask(each) for client, each in zip(clients, queries, strict=True)))
        for client in clients:
            client.close()
        rows = sorted(each.rows for each in logged(gateway))
        assert rows == list(range(1, 9))

    play(scenario)
