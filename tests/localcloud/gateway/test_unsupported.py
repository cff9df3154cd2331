"""Statements that Hyperdrive does not support, by query and by protocol, inside and outside of transactions."""

import pytest

from localcloud.gateway.origin import PooledOrigin
from localcloud.gateway.pools import Pools
from localcloud.gateway.service import Gateway
from tests.localcloud.gateway.conftest import Play
from tests.localcloud.gateway.test_protocol import opened
from tests.localcloud.gateway.wire import EXECUTE, SYNC, bind, errors, kinds, parse, query, rows, status

REJECTED = {
    "PREPARE s AS SELECT 1": "PREPARE",
    "/* a comment */ execute s": "EXECUTE",
    "DEALLOCATE ALL": "DEALLOCATE",
    "discard all": "DISCARD",
    "listen channel": "LISTEN",
    "UNLISTEN *": "UNLISTEN",
    "notify channel, 'payload'": "NOTIFY",
    "select pg_notify('channel', 'payload')": "NOTIFY",
    "select 1; deallocate s": "DEALLOCATE",
    "select pg_advisory_lock(1)": "advisory locks",
    "select pg_catalog.pg_try_advisory_xact_lock(1)": "advisory locks",
    "with a as (select pg_advisory_unlock(1)) select * from a": "advisory locks",
}
ACCEPTED = [
    "select 'listen', 'pg_advisory_lock(1)'",
    "select 1 as execute",
    "select 1 -- discard all",
    "do $$ begin execute 'select 1'; end $$",
]


@pytest.mark.parametrize("statement", REJECTED)
def test_it_is_rejected_and_the_session_continues(play: Play, origin: PooledOrigin, statement: str) -> None:
    text = f"Hyperdrive does not support {REJECTED[statement]}."

    async def scenario(pools: Pools) -> None:
        _, (client,) = await opened(pools, origin)
        by_query = await client.ask(query(statement))
        by_protocol = await client.ask(parse("", statement), bind(""), EXECUTE, SYNC)
        for answer in (by_query, by_protocol):
            assert (errors(answer), kinds(answer), status(answer)) == ([("58000", text)], "EZ", "I")
        assert rows(await client.ask(query("select 1"))) == ["1"]

    play(scenario)


@pytest.mark.parametrize("statement", ACCEPTED)
def test_a_statement_that_only_mentions_it_is_accepted(play: Play, origin: PooledOrigin, statement: str) -> None:
    async def scenario(pools: Pools) -> None:
        _, (client,) = await opened(pools, origin)
        assert errors(await client.ask(query(statement))) == []

    play(scenario)


def test_a_rejected_statement_fails_its_transaction(play: Play, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        _, (client,) = await opened(pools, origin)
        await client.ask(query("begin"))
        assert status(await client.ask(query("listen a"))) == "E"
        assert status(await client.ask(query("rollback"))) == "I"

    play(scenario)


def test_the_log_names_the_configuration_and_what_works_instead(
    play: Play, origin: PooledOrigin, gateway: Gateway
) -> None:
    async def scenario(pools: Pools) -> None:
        _, (client,) = await opened(pools, origin)
        await client.ask(query("discard all"))

    play(scenario)
    log = gateway.state_directory.log("gateway").read_text()
    assert "warning: main: Hyperdrive does not support DISCARD. Omit it: each transaction starts with the" in log
