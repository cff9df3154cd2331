"""Clients whose messages are interleaved at random: none reads rows, statements or transactions of another."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localcloud.gateway.origin import Caching, PooledOrigin
from localcloud.gateway.pools import Pools
from localcloud.postgres import Postgres
from tests.localcloud.gateway.clients import query_value
from tests.localcloud.gateway.conftest import Play
from tests.localcloud.gateway.wire import (
    EXECUTE,
    FLUSH,
    SYNC,
    Messages,
    WireClient,
    bind,
    errors,
    message,
    parse,
    query,
    rows,
    status,
)

CLIENTS = 4
TABLE = "create table owned (client int, number int)"


@dataclass(frozen=True)
class Step:
    """One action of a client. ``number`` makes its result unique."""

    client: int
    action: str
    number: int


QUERIES = ("simple", "prepared", "unnamed", "read", "described", "pipeline")
WRITES = ("insert", "copy", "owned", "failed batch", "vanish")
ACTIONS = (*QUERIES, *WRITES, "begin", "commit", "rollback", "error", "setting", "disconnect")
STEPS = st.lists(
    st.builds(Step, st.integers(0, CLIENTS - 1), st.sampled_from(ACTIONS), st.integers(0, 10**6)), max_size=60
)


class Session:
    """One client with the transaction status and the rows that it should have."""

    def __init__(self, url: str, number: int) -> None:
        self.url = url
        self.number = number
        self.client: WireClient | None = None
        self.status = "I"
        self.committed: list[int] = []
        self.uncommitted: list[int] = []

    async def run(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if self.client is None:
                self.client = await WireClient.connect(self.url)
                await self.client.ask(parse("mine", f"select '{self.number}-' || $1::text"), SYNC)
                self.status = "I"
            await self._take(self.client, step)
        self._disconnect()

    def _disconnect(self) -> None:
        if self.client:
            self.client.close()
        self.client = None
        self.uncommitted = []

    async def _take(self, client: WireClient, step: Step) -> None:
        mine = f"{self.number}-{step.number}"
        insert = f"insert into owned values ({self.number}, {step.number})"
        match step.action:
            case "disconnect":
                self._disconnect()
            case "vanish":
                client.send(query(f"begin; {insert}; select pg_sleep(0.01)"))
                self._disconnect()
            case "begin":
                self.status = "E" if self.status == "E" else "T"
                assert status(await client.ask(query("begin"))) == self.status
            case "commit" | "rollback":
                assert status(await client.ask(query(step.action))) == "I"
                if self.status == "T" and step.action == "commit":
                    self.committed += self.uncommitted
                self.status, self.uncommitted = "I", []
            case "error":
                self._failed(await client.ask(query("select 1/0")))
            case "failed batch":
                parts = parse("", insert), bind(""), EXECUTE, parse("", "select 1/0"), bind(""), EXECUTE
                self._failed(await client.ask(*parts, SYNC))
            case "insert":
                self._wrote(step.number, await client.ask(query(insert)))
            case "copy":
                client.send(query("copy owned from stdin"))
                if self.status != "E":
                    assert (await client.receive())[0] == "G"
                    client.send(message("d", f"{self.number}\t{step.number}\n".encode()), message("c"))
                self._wrote(step.number, await client.until_ready())
            case "owned":
                text = f"select number from owned where client = {self.number} and random() >= 0 order by number"
                numbers = sorted([*self.committed, *self.uncommitted])
                self._expect(await client.ask(query(text)), [str(each) for each in numbers])
            case "setting":
                text = f"select set_config('app.owner', '{mine}', false)"
                self._expect(await client.ask(query(text)), [mine])
            case "simple":
                owner = f"coalesce(nullif(split_part(current_setting('app.owner', true), '-', 1), ''), '{self.number}')"
                self._expect(await client.ask(query(f"select {owner}")), [str(self.number)])
            case "prepared":
                self._expect(await client.ask(bind("mine", str(step.number)), EXECUTE, SYNC), [mine])
            case "unnamed":
                await client.ask(parse("", f"select '{mine}'"), SYNC)
                self._expect(await client.ask(bind(""), EXECUTE, SYNC), [mine])
            case "read":
                read = parse("", "select $1::text || $2::text"), bind("", f"{self.number}-", str(step.number))
                for _ in range(2):
                    self._expect(await client.ask(*read, message("D", b"P", ""), EXECUTE, SYNC), [mine])
            case "described":
                close, describe = message("C", b"S", "described"), message("D", b"S", "described")
                await client.ask(close, SYNC)
                client.send(parse("described", f"select '{self.number}-' || $1::int"), describe, FLUSH)
                described = [await client.receive() for _ in range(1 if self.status == "E" else 3)]
                if described[-1][0] == "T":
                    client.send(bind("described", str(step.number)), EXECUTE)
                self._expect(await client.ask(SYNC), [mine])
            case "pipeline":
                client.send(*(part for _ in range(3) for part in (bind("mine", str(step.number)), EXECUTE, SYNC)))
                self._expect(await client.until_ready(3), [mine] * 3)

    def _expect(self, answer: Messages, expected: list[str]) -> None:
        assert rows(answer) == ([] if self.status == "E" else expected)
        assert status(answer) == self.status

    def _failed(self, answer: Messages) -> None:
        if self.status == "T":
            self.status, self.uncommitted = "E", []
        assert status(answer) == self.status
        assert errors(answer)

    def _wrote(self, number: int, answer: Messages) -> None:
        assert status(answer) == self.status
        assert bool(errors(answer)) == (self.status == "E")
        if self.status != "E":
            (self.uncommitted if self.status == "T" else self.committed).append(number)


@pytest.fixture
def table(postgres: Postgres) -> Iterator[None]:
    asyncio.run(query_value(postgres.url(), TABLE))
    yield
    asyncio.run(query_value(postgres.url(), "drop table owned"))


@pytest.mark.parametrize("caching", [None, Caching(3600, 0), Caching(0, 3600)], ids=["none", "cached", "stale"])
def test_no_client_reads_the_rows_settings_or_transactions_of_another(
    play: Play, postgres: Postgres, origin: PooledOrigin, table: None, caching: Caching | None
) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def check(steps: list[Step]) -> None:
        async def scenario(pools: Pools) -> None:
            await query_value(postgres.url(), "truncate owned")
            url = (await pools.ensure_pools({"main": replace(origin, connections=2, caching=caching)}))["main"]
            sessions = [Session(url, number) for number in range(CLIENTS)]
            by_client = [[step for step in steps if step.client == number] for number in range(CLIENTS)]
            await asyncio.gather(*(session.run(own) for session, own in zip(sessions, by_client, strict=True)))
            last = await WireClient.connect(url)
            assert status(await last.ask(query("select 1"))) == "I"
            committed = [f"{each.number}-{number}" for each in sessions for number in each.committed]
            assert sorted(rows(await last.ask(query("select client || '-' || number from owned")))) == sorted(committed)
            last.close()

        play(scenario)

    check()
