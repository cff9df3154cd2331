"""Pools of the gateway: connection limits, changes of configurations, names, and what other users can see."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

import asyncpg
import httpx
import psutil
import pytest

from localcloud.cloudflare.database_check import APPLICATION_NAME
from localcloud.emulator import CloudflareEmulator
from localcloud.gateway.origin import PooledOrigin
from localcloud.gateway.pools import PoolError, Pools
from localcloud.gateway.service import Gateway
from localcloud.ports import free_port
from localcloud.postgres import Postgres
from localcloud.runtime import WorkerRuntime
from localcloud.state_directory import StateDirectory
from localcloud.supervisor import Supervisor
from tests.localcloud.cloudflare.api import CONFIGS, config, result
from tests.localcloud.cloudflare.test_hyperdrive import public_origin
from tests.localcloud.gateway.clients import (
    BACKENDS,
    LIMIT,
    LONG_SLEEP,
    TIMEOUT_SECONDS,
    becomes,
    busy_clients,
    counted,
    decreases_to,
    is_rejected,
    name,
    no_backends,
    query_value,
    reaches,
)
from tests.localcloud.gateway.conftest import Play, Role, played


def test_fifty_clients_share_the_connections_of_the_limit(play: Play, postgres: Postgres, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": origin}))["main"]
        async with counted(postgres) as counts:
            await asyncio.gather(*(query_value(url, LONG_SLEEP) for _ in range(50)))
        assert max(counts) == LIMIT

    play(scenario)


def test_two_hundred_clients_are_served_by_a_database_of_thirty_connections(
    play: Play, gateway: Gateway, postgres: Postgres, origin: PooledOrigin
) -> None:
    sessions = f"select sessions from pg_stat_database where datname = '{origin.target.database}'"
    before = asyncio.run(query_value(postgres.admin_url, sessions))

    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": replace(origin, connections=30)}))["main"]
        clients = [await asyncpg.connect(url, timeout=TIMEOUT_SECONDS) for _ in range(200)]
        assert [each.clients for each in gateway.figures()] == [200]
        are_all_waiting = asyncio.Event()

        async def ask(client: asyncpg.Connection, number: int) -> asyncpg.Record:
            async with client.transaction():
                await are_all_waiting.wait()
                return await client.fetchrow("select $1::int as number, pg_backend_pid() as process", number)

        async with counted(postgres) as counts:
            asking = [asyncio.create_task(ask(each, number)) for number, each in enumerate(clients)]
            await becomes(lambda: [(each.in_use, each.waiting) for each in gateway.figures()] == [(30, 170)])
            are_all_waiting.set()
            rows = await asyncio.gather(*asking)
        assert [row["number"] for row in rows] == list(range(200))
        assert len({row["process"] for row in rows}) == 30
        assert max(counts) == 30
        for each in clients:
            await each.close()

    play(scenario)
    # Postgres counts each session, also those between two observations.
    assert asyncio.run(query_value(postgres.admin_url, sessions)) - before == 30


@pytest.mark.parametrize(("before", "after"), [(8, 5), (5, 8)])
def test_a_changed_limit_is_enforced(
    play: Play, postgres: Postgres, origin: PooledOrigin, before: int, after: int
) -> None:
    async def scenario(pools: Pools) -> None:
        for limit in (before, after):
            url = (await pools.ensure_pools({"main": replace(origin, connections=limit)}))["main"]
            async with counted(postgres) as counts:
                await decreases_to(counts, limit)
                counts.clear()
                await asyncio.gather(*(query_value(url, LONG_SLEEP) for _ in range(50)))
            assert max(counts) == limit

    play(scenario)


@pytest.mark.parametrize(("before", "after"), [(8, 5), (5, 8)])
def test_a_changed_limit_disconnects_no_client(
    play: Play, postgres: Postgres, origin: PooledOrigin, before: int, after: int
) -> None:
    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": replace(origin, connections=before)}))["main"]
        async with counted(postgres) as counts, busy_clients(url, 20):
            await reaches(counts, before)
            assert await pools.ensure_pools({"main": replace(origin, connections=after)}) == {"main": url}
            await reaches(counts, after)

    play(scenario)


def test_a_changed_password_is_used_and_disconnects_no_client(
    play: Play, postgres: Postgres, origin: PooledOrigin, role: Role
) -> None:
    role("rotated", "first")
    first = replace(origin, target=replace(origin.target, user="rotated"), password="first")
    second = replace(first, password="second")

    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": first}))["main"]
        async with counted(postgres) as counts, busy_clients(url):
            await reaches(counts, LIMIT)
            await query_value(postgres.admin_url, "alter role rotated password 'second'")
            assert await pools.ensure_pools({"main": second}) == {"main": url}
        await terminate(postgres, "rotated")
        assert await query_value(url, "select current_user") == "rotated"

    play(scenario)


def test_a_client_gets_the_error_of_a_database_whose_password_has_changed(
    play: Play, postgres: Postgres, origin: PooledOrigin, role: Role
) -> None:
    role("revoked", "first")
    first = replace(origin, target=replace(origin.target, user="revoked"), password="first")

    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": first}))["main"]
        assert await query_value(url, "select current_user") == "revoked"
        await query_value(postgres.admin_url, "alter role revoked password 'second'")
        await terminate(postgres, "revoked")
        with pytest.raises(asyncpg.InvalidPasswordError, match='password authentication failed for user "revoked"'):
            await query_value(url, "select 1")

    play(scenario)


async def terminate(postgres: Postgres, user: str) -> None:
    count = f"select count(*) from pg_stat_activity where usename = '{user}'"
    await query_value(postgres.admin_url, count.replace("count(*)", "count(pg_terminate_backend(pid))"))
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while await query_value(postgres.admin_url, count):
            await asyncio.sleep(0.02)


def test_clients_authenticate_with_a_separate_password_of_the_pool(play: Play, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": origin}))["main"]
        assert quote(origin.password, safe="") not in url
        assert await query_value(url, "select current_user") == "app"
        wrong: list[dict[str, Any]] = [
            {"password": origin.password},
            {"password": "a"},
            {"user": "postgres"},
            {"database": "postgres"},
        ]
        for options in wrong:
            with pytest.raises(asyncpg.InvalidPasswordError):
                await query_value(url, "select 1", **options)

    play(scenario)


def test_another_user_gets_another_pool_and_transactions_of_the_old_pool_finish(
    patient: Gateway, origin: PooledOrigin, role: Role, postgres: Postgres
) -> None:
    role("other", "secret")
    other = replace(origin, target=replace(origin.target, user="other"), password="secret")

    async def scenario(pools: Pools) -> None:
        old = (await pools.ensure_pools({"main": origin}))["main"]
        client = await asyncpg.connect(old)
        async with client.transaction():
            new = (await pools.ensure_pools({"main": other}))["main"]
            await pools.retire_others({"main": other})
            assert await query_value(new, "select current_user") == "other"
            assert await client.fetchval("select current_user") == "app"
        await client.close()
        await closed(old)
        assert await query_value(new, "select current_user") == "other"

    asyncio.run(played(patient, postgres, scenario))


async def closed(url: str) -> None:
    """Waits until nothing listens at the URL."""
    address = urlsplit(url)
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection(address.hostname, address.port)
            except ConnectionRefusedError:
                return
            writer.close()
            await asyncio.sleep(0.05)


def test_a_restart_creates_a_new_pool_and_drains_the_old_one(
    patient: Gateway, postgres: Postgres, origin: PooledOrigin
) -> None:
    restarted = {"main": replace(origin, target=replace(origin.target, restarted_on="2026-11-21T12:00:00Z"))}

    async def scenario(pools: Pools) -> None:
        before = (await pools.ensure_pools({"main": origin}))["main"]
        client = await asyncpg.connect(before)
        assert await query_value(postgres.admin_url, BACKENDS) == 1
        after = (await pools.ensure_pools(restarted))["main"]
        await pools.retire_others(restarted)
        assert before != after
        await no_backends(postgres)
        assert await client.fetchval("select current_user") == "app"
        assert await query_value(after, "select current_user") == "app"
        await client.close()

    asyncio.run(played(patient, postgres, scenario))


def test_a_removed_origin_has_no_pool_and_no_connections(play: Play, postgres: Postgres, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": origin}))["main"]
        await query_value(url, "select 1")
        await pools.retire_others({})
        await closed(url)
        await no_backends(postgres)

    play(scenario)


def test_a_pool_that_is_needed_again_is_kept(play: Play, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": origin}))["main"]
        await pools.retire_others({})
        assert await pools.ensure_pools({"main": origin}) == {"main": url}
        await asyncio.sleep(1)
        assert await query_value(url, "select 1") == 1

    play(scenario)


def test_idle_connections_are_closed(play_impatiently: Play, postgres: Postgres, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": origin}))["main"]
        assert await query_value(url, "select 1") == 1
        await no_backends(postgres)
        assert await query_value(url, "select 2") == 2

    play_impatiently(scenario)


@pytest.mark.parametrize("database", ["a 'b' \"c\" = d", "*", "with-dash_and.dot", "ü/?#%"])
def test_names_and_passwords_may_contain_any_character(
    play: Play, postgres: Postgres, origin: PooledOrigin, role: Role, database: str
) -> None:
    user, password = 'it\'s "a" user;#', "p%40 /?#:@&=+ü'\"\\\n"
    role(user, password)
    target = replace(origin.target, user=user, database=database)

    async def scenario(pools: Pools) -> None:
        await query_value(postgres.admin_url, f"create database {name(database)}")
        try:
            url = (await pools.ensure_pools({"main": replace(origin, target=target, password=password)}))["main"]
            assert await query_value(url, "select current_user || '|' || current_database()") == f"{user}|{database}"
        finally:
            await query_value(postgres.admin_url, f"drop database {name(database)} with (force)")

    play(scenario)


def test_no_secret_is_on_a_command_line_in_the_environment_or_in_the_log(
    play: Play, origin: PooledOrigin, gateway: Gateway
) -> None:
    seen: list[str] = []

    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": origin}))["main"]
        seen.append(str(urlsplit(url).password))
        await query_value(url, "select 1")
        with pytest.raises(asyncpg.PostgresError):
            await query_value(url, "select 1", password="a-wrong-one")
        with pytest.raises(asyncpg.PostgresError):
            await query_value(url, "notify a, 'a-secret-of-a-statement'")
        await pools.ensure_pools({"main": replace(origin, password="another-one")})

    play(scenario)
    process = process_of(gateway)
    log = gateway.state_directory.log("gateway").read_text()
    assert "the gateway listens on 127.0.0.1" in log
    secrets = [*seen, origin.password, "a-wrong-one", "another-one", "a-secret-of-a-statement"]
    text = " ".join([*process.cmdline(), *process.environ().values(), log])
    assert [secret for secret in secrets if secret in text] == []
    assert gateway.token not in " ".join([*process.cmdline(), log])


def process_of(gateway: Gateway) -> psutil.Process:
    return psutil.Process(Supervisor(gateway.state_directory).status(gateway).pid)


def test_it_listens_on_this_machine_only(play: Play, origin: PooledOrigin, gateway: Gateway) -> None:
    async def scenario(pools: Pools) -> None:
        await pools.ensure_pools({"main": origin})
        listening = [each for each in process_of(gateway).net_connections("all") if each.status == "LISTEN"]
        assert len(listening) > 1
        assert {each.laddr.ip for each in listening} == {"127.0.0.1"}

    play(scenario)


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}])
def test_its_control_api_needs_the_token(gateway: Gateway, headers: dict[str, str]) -> None:
    response = httpx.get(f"{gateway.url}/pools", headers=headers, trust_env=False)
    assert (response.status_code, response.json()) == (401, {"error": "The bearer token is missing or wrong."})


def test_its_control_api_rejects_other_host_names(gateway: Gateway) -> None:
    headers = {"authorization": f"Bearer {gateway.token}", "host": "evil.example.com"}
    assert httpx.get(f"{gateway.url}/pools", headers=headers, trust_env=False).status_code == 400


def test_the_error_about_a_gateway_that_does_not_run_is_one_sentence(origin: PooledOrigin) -> None:
    port = free_port()

    async def scenario() -> None:
        with pytest.raises(PoolError, match=f"at http://127.0.0.1:{port} does not respond"):
            await Pools(f"http://127.0.0.1:{port}", "token").ensure_pools({"main": origin})

    asyncio.run(scenario())


@contextmanager
def started(state_directory: StateDirectory) -> Iterator[tuple[Supervisor, CloudflareEmulator, Gateway]]:
    supervisor, gateway = Supervisor(state_directory), Gateway(state_directory)
    emulator = CloudflareEmulator(state_directory)
    for service in (WorkerRuntime(state_directory), gateway, emulator):
        supervisor.ensure(service, print)
    yield supervisor, emulator, gateway


def test_a_killed_gateway_is_started_again_with_the_pools_of_the_store(
    state_directory: StateDirectory, postgres: Postgres
) -> None:
    with started(state_directory) as (supervisor, emulator, gateway):
        with httpx.Client(headers={"authorization": f"Bearer {emulator.key}"}, timeout=30, trust_env=False) as client:
            created = result(client.post(f"{emulator.base_url}{CONFIGS}", json=config(origin=public_origin(postgres))))
        pid = supervisor.status(gateway).pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        for service in (gateway, emulator):
            supervisor.ensure(service, print)
        figures = httpx.get(
            f"{gateway.url}/pools", headers={"authorization": f"Bearer {gateway.token}"}, trust_env=False
        )
        assert [pool["name"] for pool in figures.json()["pools"]] == [created["id"]]
    assert public_origin(postgres)["password"] not in state_directory.log("cloudflare").read_text()


def test_the_pool_is_named_as_hyperdrive(play: Play, postgres: Postgres, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": origin}))["main"]
        client = await asyncpg.connect(url, server_settings={"application_name": "my-worker"})
        assert await client.fetchval("select current_setting('application_name')") == APPLICATION_NAME
        assert await query_value(postgres.admin_url, BACKENDS) == 1
        await client.close()

    play(scenario)


def test_a_database_that_does_not_run_is_reported_as_hyperdrive_does(play: Play, origin: PooledOrigin) -> None:
    down = replace(origin, target=replace(origin.target, port=free_port()))

    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": down}))["main"]
        await is_rejected(url, match="^Server connection attempt failed: connection_refused$")

    play(scenario)
