"""The GraphQL queries of the documentation with a running gateway, and the restart of a pool by the API."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import pytest

from localcloud.cloudflare.app import create_app
from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.pooled_origins import pooled_origins
from localcloud.cloudflare.runtime import MemoryRuntime
from localcloud.cloudflare.settings import Settings
from localcloud.emulation.store import Store
from localcloud.gateway.service import Gateway
from localcloud.postgres import Postgres
from localcloud.state_directory import CHECKOUT
from tests.localcloud.cloudflare.api import ACCOUNT, CONFIGS, TOKEN, config, result
from tests.localcloud.cloudflare.test_hyperdrive import public_origin
from tests.localcloud.gateway.clients import BACKENDS, query_value
from tests.localcloud.serving import served


class Deployed:
    """A Hyperdrive configuration in an emulator that uses the gateway."""

    def __init__(self, client: httpx.Client, gateway: Gateway, cloud: Cloud, postgres: Postgres) -> None:
        self.client = client
        content = config(origin=public_origin(postgres), caching={"disabled": False}, origin_connection_limit=7)
        self.id: str = result(client.post(CONFIGS, json=content))["id"]
        self._gateway, self._cloud = gateway, cloud

    def url(self) -> str:
        """Returns the URL that a Worker gets."""

        async def ensured() -> str:
            pools = self._gateway.pools()
            try:
                return (await pools.ensure_pools(pooled_origins(self._cloud.store)))[self.id]
            finally:
                await pools.close()

        return asyncio.run(ensured())

    def ask(self, page: str) -> list[dict[str, Any]]:
        """Sends the query of a page of the documentation, with the IDs of this configuration."""
        text = (CHECKOUT / "docs" / page).read_text()
        (query,) = re.findall(r"```graphql\n(.*?)```", text, re.DOTALL)
        assert {"ACCOUNT_ID", "HYPERDRIVE_ID"} <= set(re.findall(r"[A-Z]+_ID", query))
        query = query.replace("ACCOUNT_ID", ACCOUNT).replace("HYPERDRIVE_ID", self.id)
        answer = self.client.post("/client/v4/graphql", json={"query": query}).json()
        assert answer["errors"] is None, answer
        (account,) = answer["data"]["viewer"]["accounts"]
        (groups,) = account.values()
        found: list[dict[str, Any]] = groups
        return found


@pytest.fixture
def deployed(gateway: Gateway, postgres: Postgres, tmp_path: Any) -> Iterator[Deployed]:
    settings = Settings(store=tmp_path / "cloudflare.json", api_token=TOKEN, allow_loopback_origins=True)
    cloud = Cloud(settings, Store.open(settings.store), MemoryRuntime(), gateway.pools())
    with served(create_app(cloud), TOKEN) as client:
        yield Deployed(client, gateway, cloud, postgres)
        client.post("/__localcloud/reset").raise_for_status()


async def run(url: str, *statements: str) -> None:
    client = await asyncpg.connect(url)
    for each in statements:
        await client.execute(each)
    await client.close()


def test_the_query_of_the_page_about_caching_counts_by_cache_status(deployed: Deployed) -> None:
    asyncio.run(run(deployed.url(), "values (1)", "values (1)", "values (1)", "select now()", "begin", "rollback"))
    counts = {group["dimensions"]["cacheStatus"]: group["count"] for group in deployed.ask("caching.md")}
    assert counts == {"miss": 1, "hit": 2, "volatile": 1, "notaquery": 1, "transaction": 1}


def test_the_query_of_the_runbook_shows_the_size_of_the_pool(deployed: Deployed) -> None:
    asyncio.run(run(deployed.url(), "values (1)"))
    (group,) = deployed.ask("operations.md")
    # the client waited while the first connection was opened
    assert group["max"] == {"maxPoolSize": 7, "currentPoolSize": 1, "waitingClients": 1}
    assert 0 <= group["avg"]["currentPoolSize"] <= 1


def test_a_restart_by_the_api_drains_the_pool_and_creates_another_one(deployed: Deployed, postgres: Postgres) -> None:
    before = deployed.url()

    async def scenario() -> None:
        client = await asyncpg.connect(before)
        assert await query_value(postgres.admin_url, BACKENDS) == 1
        restarted = await asyncio.to_thread(deployed.client.post, f"{CONFIGS}/{deployed.id}/restart")
        assert "restarted_on" in result(restarted)
        async with asyncio.timeout(30):
            while await query_value(postgres.admin_url, BACKENDS):
                await asyncio.sleep(0.05)
        await client.close()

    asyncio.run(scenario())
    after = deployed.url()
    assert after != before
    asyncio.run(run(after, "values (1)"))
    assert asyncio.run(query_value(postgres.admin_url, BACKENDS)) == 1
