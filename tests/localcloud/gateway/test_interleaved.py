"""Clients whose messages are interleaved at random: none reads rows, statements or transactions of another."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localcloud.gateway.origin import Caching, PooledOrigin
from localcloud.gateway.pools import Pools
from tests.localcloud.gateway.conftest import Play
from tests.localcloud.gateway.wire import (
    EXECUTE,
    FLUSH,
    SYNC,
    Messages,
    WireClient,
    bind,
    message,
    parse,
    query,
    rows,
    status,
)

CLIENTS = 4


@dataclass(frozen=True)
class Step:
    """One action of a client. ``number`` makes its result unique."""

    client: int
    action: str
    number: int


QUERIES = ("simple", "prepared", "unnamed", "read", "described", "pipeline")
ACTIONS = (*QUERIES, "begin", "commit", "error", "setting", "disconnect")
STEPS = st.lists(
    st.builds(Step, st.integers(0, CLIENTS - 1), st.sampled_from(ACTIONS), st.integers(0, 10**6)), max_size=40
)


class Session:
    """One client and the transaction status that it should have."""

    def __init__(self, url: str, number: int) -> None:
        self.url = url
        self.number = number
        self.client: WireClient | None = None
        self.status = "I"

    async def run(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if self.client is None:
                self.client = await WireClient.connect(self.url)
                await self.client.ask(parse("mine", f"select '{self.number}-' || $1::text"), SYNC)
                self.status = "I"
            await self._take(self.client, step)
        if self.client:
            self.client.close()

    async def _take(self, client: WireClient, step: Step) -> None:
        mine = f"{self.number}-{step.number}"
        if step.action == "disconnect":
            client.close()
            self.client = None
        elif step.action == "begin":
            self.status = status(await client.ask(query("begin")))
            assert self.status in ("T", "E")
        elif step.action == "commit":
            self.status = status(await client.ask(query("commit")))
            assert self.status == "I"
        elif step.action == "error":
            assert status(await client.ask(query("select 1/0"))) == ("I" if self.status == "I" else "E")
            self.status = "I" if self.status == "I" else "E"
        elif step.action == "setting":
            text = f"select set_config('app.owner', '{mine}', false)"
            self._expect(await client.ask(query(text)), [mine])
        elif step.action == "simple":
            owner = f"coalesce(nullif(split_part(current_setting('app.owner', true), '-', 1), ''), '{self.number}')"
            self._expect(await client.ask(query(f"select {owner}")), [str(self.number)])
        elif step.action == "prepared":
            self._expect(await client.ask(bind("mine", str(step.number)), EXECUTE, SYNC), [mine])
        elif step.action == "unnamed":
            await client.ask(parse("", f"select '{mine}'"), SYNC)
            self._expect(await client.ask(bind(""), EXECUTE, SYNC), [mine])
        elif step.action == "read":
            read = parse("", "select $1::text || $2::text"), bind("", f"{self.number}-", str(step.number))
            for _ in range(2):
                self._expect(await client.ask(*read, message("D", b"P", ""), EXECUTE, SYNC), [mine])
        elif step.action == "described":
            close, describe = message("C", b"S", "described"), message("D", b"S", "described")
            await client.ask(close, SYNC)
            client.send(parse("described", f"select '{self.number}-' || $1::int"), describe, FLUSH)
            described = [await client.receive() for _ in range(1 if self.status == "E" else 3)]
            if described[-1][0] == "T":
                client.send(bind("described", str(step.number)), EXECUTE)
            self._expect(await client.ask(SYNC), [mine])
        else:
            client.send(*(part for _ in range(3) for part in (bind("mine", str(step.number)), EXECUTE, SYNC)))
            self._expect(await client.until_ready(3), [mine] * 3)

    def _expect(self, answer: Messages, expected: list[str]) -> None:
        assert rows(answer) == ([] if self.status == "E" else expected)
        assert status(answer) == self.status


@pytest.mark.parametrize("caching", [None, Caching(3600, 0), Caching(0, 3600)], ids=["none", "cached", "stale"])
def test_no_client_reads_the_rows_settings_or_transactions_of_another(
    play: Play, origin: PooledOrigin, caching: Caching | None
) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def check(steps: list[Step]) -> None:
        async def scenario(pools: Pools) -> None:
            url = (await pools.ensure_pools({"main": replace(origin, connections=2, caching=caching)}))["main"]
            sessions = [Session(url, number) for number in range(CLIENTS)]
            by_client = [[step for step in steps if step.client == number] for number in range(CLIENTS)]
            await asyncio.gather(*(session.run(own) for session, own in zip(sessions, by_client, strict=True)))
            last = await WireClient.connect(url)
            assert status(await last.ask(query("select 1"))) == "I"
            last.close()

        play(scenario)

    check()
