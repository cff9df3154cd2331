"""Fault injection: the errors of clients, and the end of an injected fault. The database is real in every test."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from localcloud.errors import LocalCloudError
from localcloud.gateway.faults import DatabaseState, OriginFaults
from localcloud.gateway.origin import PooledOrigin
from localcloud.gateway.pools import Pools
from localcloud.gateway.service import Gateway
from localcloud.postgres import Postgres
from tests.localcloud.gateway.clients import LIMIT, counted, is_rejected, query_value, reaches
from tests.localcloud.gateway.conftest import Play
from tests.localcloud.gateway.wire import WireClient, errors, query, rows

LOST = ("58000", "Internal error.")
NONE = OriginFaults()


async def opened(pools: Pools, origin: PooledOrigin, name: str = "main") -> str:
    return (await pools.ensure_pools({name: origin}))[name]


async def error_of(url: str, statement: str = "select 1") -> tuple[str | None, str]:
    """Returns the SQLSTATE and the message that a new client gets."""
    with pytest.raises(asyncpg.PostgresError) as caught:
        await query_value(url, statement)
    return caught.value.sqlstate, str(caught.value)


REJECTIONS = [
    (DatabaseState.DOWN, "58000", "Server connection attempt failed: connection_refused"),
    (DatabaseState.FULL, "53300", "sorry, too many clients already"),
    (DatabaseState.RESTARTING, "57P03", "the database system is starting up"),
    (DatabaseState.WRONG_CREDENTIALS, "28P01", 'password authentication failed for user "app"'),
]


@pytest.mark.parametrize(("state", "code", "text"), REJECTIONS)
def test_a_new_client_gets_the_error_of_the_state_until_it_ends(
    play: Play, gateway: Gateway, origin: PooledOrigin, state: DatabaseState, code: str, text: str
) -> None:
    async def scenario(pools: Pools) -> None:
        url = await opened(pools, origin)
        gateway.control.set_faults("main", OriginFaults(database=state))
        assert await error_of(url) == (code, text)
        gateway.control.set_faults("main", NONE)
        assert await query_value(url, "select 1") == 1

    play(scenario)


@pytest.mark.parametrize(("state", "code", "text"), REJECTIONS)
def test_a_connected_client_gets_the_error_when_no_connection_is_left(
    play: Play, gateway: Gateway, origin: PooledOrigin, state: DatabaseState, code: str, text: str
) -> None:
    async def scenario(pools: Pools) -> None:
        client = await WireClient.connect(await opened(pools, origin))
        await client.ask(query("select 1"))
        gateway.control.set_faults("main", OriginFaults(database=state))
        assert errors(await client.ask(query("select 1"))) == [(code, text)]
        gateway.control.set_faults("main", NONE)
        assert rows(await client.ask(query("select 1"))) == ["1"]
        client.close()

    play(scenario)


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (DatabaseState.DOWN, LOST),
        (DatabaseState.FAILING_OVER, LOST),
        (DatabaseState.RESTARTING, ("57P01", "terminating connection due to administrator command")),
    ],
)
def test_a_transaction_ends_when_the_database_goes_down(
    play: Play, gateway: Gateway, origin: PooledOrigin, state: DatabaseState, error: tuple[str, str]
) -> None:
    async def scenario(pools: Pools) -> None:
        client = await WireClient.connect(await opened(pools, origin))
        await client.ask(query("begin"))
        gateway.control.set_faults("main", OriginFaults(database=state))
        received = [await client.receive()]
        assert errors(received) == [error]
        with pytest.raises(asyncio.IncompleteReadError):
            await client.receive()

    play(scenario)


@pytest.mark.parametrize("state", [DatabaseState.FULL, DatabaseState.WRONG_CREDENTIALS])
def test_a_transaction_finishes_when_new_connections_are_rejected(
    play: Play, gateway: Gateway, origin: PooledOrigin, state: DatabaseState
) -> None:
    async def scenario(pools: Pools) -> None:
        url = await opened(pools, origin)
        client = await WireClient.connect(url)
        await client.ask(query("begin"))
        gateway.control.set_faults("main", OriginFaults(database=state))
        assert rows(await client.ask(query("select 7"))) == ["7"]
        assert errors(await client.ask(query("commit"))) == []
        client.close()
        await is_rejected(url)

    play(scenario)


def test_a_failover_leads_to_a_server_that_accepts_only_reads(
    play: Play, gateway: Gateway, origin: PooledOrigin
) -> None:
    table = f"failover_{uuid4().hex[:8]}"

    async def scenario(pools: Pools) -> None:
        url = await opened(pools, origin)
        gateway.control.set_faults("main", OriginFaults(database=DatabaseState.FAILING_OVER))
        assert await query_value(url, "select 1") == 1
        code, text = await error_of(url, f"create table {table} (id int)")
        assert (code, text) == ("25006", "cannot execute CREATE TABLE in a read-only transaction")
        gateway.control.set_faults("main", NONE)
        await query_value(url, f"create table {table} (id int)")
        await query_value(url, f"drop table {table}")

    play(scenario)


def test_clients_wait_and_fail_while_the_limit_is_reached(
    play_impatiently: Play, impatient: Gateway, origin: PooledOrigin
) -> None:
    async def scenario(pools: Pools) -> None:
        url = await opened(pools, origin)
        impatient.control.set_faults("main", OriginFaults(limit_reached=True))
        assert await error_of(url) == ("58000", "Failed to acquire a connection from the pool.")
        waiting = asyncio.create_task(query_value(url, "select 1"))
        while impatient.figures()[0].waiting == 0:
            await asyncio.sleep(0.02)
        impatient.control.set_faults("main", NONE)
        assert await waiting == 1

    play_impatiently(scenario)


def test_a_transaction_continues_while_the_limit_is_reached(
    play_impatiently: Play, impatient: Gateway, origin: PooledOrigin
) -> None:
    async def scenario(pools: Pools) -> None:
        client = await WireClient.connect(await opened(pools, origin))
        await client.ask(query("begin"))
        impatient.control.set_faults("main", OriginFaults(limit_reached=True))
        assert rows(await client.ask(query("select 7"))) == ["7"]
        await client.ask(query("commit"))
        assert errors(await client.ask(query("select 1"))) == [
            ("58000", "Failed to acquire a connection from the pool.")
        ]
        client.close()

    play_impatiently(scenario)


def test_a_reset_connection_loses_the_response_of_a_query_that_has_run(
    play: Play, gateway: Gateway, origin: PooledOrigin, postgres: Postgres
) -> None:
    table = f"reset_{uuid4().hex[:8]}"

    async def scenario(pools: Pools) -> None:
        url = await opened(pools, origin)
        await query_value(url, f"create table {table} (id int)")
        client = await WireClient.connect(url)
        gateway.control.set_faults("main", OriginFaults(reset_rate=1))
        client.send(query(f"insert into {table} values (1)"))
        assert errors([await client.receive()]) == [LOST]
        gateway.control.set_faults("main", NONE)
        assert await query_value(url, f"select count(*) from {table}") == 1
        await query_value(postgres.url(), f"drop table {table}")
        failed = [each for each in gateway.control.queries() if each.event_status == "error"]
        assert [(each.code, each.problem) for each in failed] == [("58000", "The connection to the database was lost.")]

    play(scenario)


def test_latency_delays_each_message_in_both_directions(play: Play, gateway: Gateway, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        client = await WireClient.connect(await opened(pools, origin))
        await client.ask(query("select 1"))
        gateway.control.set_faults("main", OriginFaults(latency_ms=60))
        assert rows(await client.ask(query("select 1"))) == ["1"]
        assert gateway.control.queries()[-1].ms >= 119
        # the parts of a large result keep their order
        large = rows(await client.ask(query("select each || repeat('x', 3000) from generate_series(1, 1000) as each")))
        assert large == [f"{each}{'x' * 3000}" for each in range(1, 1001)]
        gateway.control.set_faults("main", NONE)
        assert rows(await client.ask(query("select 2"))) == ["2"]
        client.close()

    play(scenario)


def test_a_delayed_error_arrives_before_the_end_of_its_connection(
    play: Play, gateway: Gateway, origin: PooledOrigin
) -> None:
    async def scenario(pools: Pools) -> None:
        client = await WireClient.connect(await opened(pools, origin))
        gateway.control.set_faults("main", OriginFaults(latency_ms=100))
        client.send(query("select pg_terminate_backend(pg_backend_pid()), pg_sleep(20)"))
        received = [await client.receive() for _ in range(2)]  # the description of the row, and the error
        assert errors(received) == [("57P01", "terminating connection due to administrator command")]
        client.close()

    play(scenario)


def test_latency_delays_a_new_connection_by_seven_round_trips(
    play: Play, gateway: Gateway, origin: PooledOrigin
) -> None:
    async def scenario(pools: Pools) -> None:
        url = await opened(pools, origin)
        gateway.control.set_faults("main", OriginFaults(latency_ms=20))
        assert await query_value(url, "select 1") == 1
        (configuration,) = gateway.control.day()
        opened_in = sum(each["openingMs"] for interval in configuration["intervals"] for each in interval["queries"])
        assert opened_in >= 14 * 20 - 1

    play(scenario)


def test_a_connection_attempt_that_takes_too_long_fails(
    play_impatiently: Play, impatient: Gateway, origin: PooledOrigin
) -> None:
    async def scenario(pools: Pools) -> None:
        url = await opened(pools, origin)
        impatient.control.set_faults("main", OriginFaults(latency_ms=1000))
        code, text = await error_of(url)
        assert code == "58000"
        # the wait for a connection and the attempt to open one end at the same time
        assert text in (
            "Server connection attempt failed: timeout",
            "Failed to acquire a connection from the pool.",
        )

    play_impatiently(scenario)


def test_copied_data_passes_with_latency(play: Play, gateway: Gateway, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        client = await asyncpg.connect(await opened(pools, origin))
        gateway.control.set_faults("main", OriginFaults(latency_ms=5))
        async with client.transaction():
            await client.execute("create temporary table copied (id int, text text) on commit drop")
            records = [(each, "x" * 200) for each in range(20_000)]
            await client.copy_records_to_table("copied", records=records)
            assert await client.fetchval("select count(*) from copied") == 20_000
        await client.close()

    play(scenario)


def test_a_slow_database_keeps_its_connections_in_use_so_that_others_wait(
    play: Play, gateway: Gateway, postgres: Postgres, origin: PooledOrigin
) -> None:
    async def scenario(pools: Pools) -> None:
        url = await opened(pools, origin)
        clients = [await WireClient.connect(url) for _ in range(LIMIT + 2)]
        gateway.control.set_faults("main", OriginFaults(slow_ms=60_000))
        async with counted(postgres) as counts:
            asked = [asyncio.create_task(client.ask(query("select 1"))) for client in clients]
            # Clients also wait while the first connections are opened.
            while (figures := gateway.figures()[0]).waiting != 2 or figures.open < LIMIT:
                await asyncio.sleep(0.05)
            assert (figures.in_use, figures.open) == (LIMIT, LIMIT)
            await reaches(counts, LIMIT)
            gateway.control.set_faults("main", NONE)
            assert [rows(each) for each in await asyncio.gather(*asked)] == [["1"]] * len(clients)
        for client in clients:
            client.close()

    play(scenario)


def test_a_client_that_leaves_a_slow_database_frees_its_connection(
    play: Play, gateway: Gateway, origin: PooledOrigin
) -> None:
    single = replace(origin, connections=1)

    async def scenario(pools: Pools) -> None:
        url = await opened(pools, single)
        client = await WireClient.connect(url)
        gateway.control.set_faults("main", OriginFaults(latency_ms=100))
        client.send(query("select 1"))
        client.close()
        gateway.control.set_faults("main", NONE)
        assert await query_value(url, "select 2") == 2

    play(scenario)


def test_an_injected_fault_affects_only_its_configuration(play: Play, gateway: Gateway, origin: PooledOrigin) -> None:
    origins = {"main": origin, "other": replace(origin, label="other")}

    async def scenario(pools: Pools) -> None:
        urls = await pools.ensure_pools(origins)
        gateway.control.set_faults("other", OriginFaults(database=DatabaseState.DOWN))
        await is_rejected(urls["other"], match="connection_refused")
        assert await query_value(urls["main"], "select 1") == 1

    play(scenario)


def test_an_injected_fault_remains_when_the_configuration_gets_another_pool(
    play: Play, gateway: Gateway, origin: PooledOrigin
) -> None:
    restarted = replace(origin, target=replace(origin.target, restarted_on="2026-11-21T12:00:00Z"))

    async def scenario(pools: Pools) -> None:
        await opened(pools, origin)
        gateway.control.set_faults("main", OriginFaults(database=DatabaseState.DOWN))
        await is_rejected(await opened(pools, restarted), match="connection_refused")

    play(scenario)


def test_a_new_configuration_has_no_injected_fault(play: Play, gateway: Gateway, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        await opened(pools, origin)
        gateway.control.set_faults("main", OriginFaults(database=DatabaseState.DOWN))
        await pools.retire_others({})
        assert await query_value(await opened(pools, origin), "select 1") == 1

    play(scenario)


def test_the_injected_faults_are_listed(play: Play, gateway: Gateway, origin: PooledOrigin) -> None:
    faults = OriginFaults(latency_ms=3, reset_rate=0.5, limit_reached=True, database=DatabaseState.FULL)

    async def scenario(pools: Pools) -> None:
        await opened(pools, origin)
        assert gateway.control.faults() == [("main", NONE.content())]
        gateway.control.set_faults("main", faults)
        assert gateway.control.faults() == [("main", faults.content())]

    play(scenario)


INVALID: list[tuple[Any, str]] = [
    ([], "the body must be an object."),
    ({"loss": 1}, "loss: unknown. Use one of latencyMs, slowMs, resetRate, limitReached, database."),
    ({"latencyMs": -1}, "latencyMs: must be a number of 0 to 60000."),
    ({"slowMs": "5"}, "slowMs: must be a number of 0 to 60000."),
    ({"resetRate": 1.5}, "resetRate: must be a number of 0 to 1."),
    ({"limitReached": 1}, "limitReached: must be true or false."),
    (
        {"database": "toString"},
        "database: must be null or one of down, full, restarting, failing-over, wrong-credentials.",
    ),
]


@pytest.mark.parametrize(("body", "problem"), INVALID)
def test_an_invalid_injected_fault_is_rejected_and_changes_nothing(
    play: Play, gateway: Gateway, origin: PooledOrigin, body: Any, problem: str
) -> None:
    async def scenario(pools: Pools) -> None:
        await opened(pools, origin)
        headers = {"authorization": f"Bearer {gateway.token}"}
        response = httpx.put(f"{gateway.url}/faults/main", json=body, headers=headers, trust_env=False)
        assert (response.status_code, response.json()) == (400, {"error": problem})
        assert gateway.control.faults() == [("main", NONE.content())]

    play(scenario)


def test_an_unknown_configuration_is_rejected(gateway: Gateway) -> None:
    with pytest.raises(LocalCloudError, match=r"^no/such one: unknown Hyperdrive configuration"):
        gateway.control.set_faults("no/such one", NONE)


def test_an_invalid_body_is_a_bad_request(gateway: Gateway) -> None:
    headers = {"authorization": f"Bearer {gateway.token}"}
    response = httpx.put(f"{gateway.url}/faults/main", content=b"{", headers=headers, trust_env=False)
    assert (response.status_code, response.json()) == (400, {"error": "the body must be JSON."})
