"""The runbook's query for connections, on the database of the local cloud."""

import asyncio
import re
import time
from pathlib import Path
from typing import Any

import asyncpg

from localcloud.cloudflare.database_check import APPLICATION_NAME
from localcloud.postgres import Postgres

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
(QUERY,) = re.findall(r"```sql\n(.*?)```", PAGE.read_text(), re.DOTALL)

PATIENCE_SECONDS = 10
CLIENTS = [APPLICATION_NAME, APPLICATION_NAME, APPLICATION_NAME, "a migration"]


async def seen(url_of_clients: str, url: str) -> list[dict[str, Any]]:
    """Returns the query's result for the user of `url` while ``CLIENTS`` are connected, the first in a transaction."""
    asking = await asyncpg.connect(url)
    others = f"select count(*) from pg_stat_activity where application_name in ('{APPLICATION_NAME}', 'a migration')"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while await asking.fetchval(others) and time.monotonic() < deadline:
        await asyncio.sleep(0.05)  # connections of the previous test close shortly after its end
    clients = [await asyncpg.connect(url_of_clients, server_settings={"application_name": each}) for each in CLIENTS]
    try:
        await clients[0].execute("begin")
        return [dict(row) for row in await asking.fetch(QUERY) if row["client"] in CLIENTS]
    finally:
        for each in [asking, *clients]:
            await each.close()


def test_hyperdrive_connections_are_counted_by_name_and_state(postgres: Postgres) -> None:
    rows = asyncio.run(seen(postgres.url(), postgres.admin_url))
    assert rows[0]["connections"] == 2
    assert {(row["client"], row["role"], row["state"], row["connections"]) for row in rows} == {
        ("Cloudflare Hyperdrive", "app", "idle", 2),
        ("Cloudflare Hyperdrive", "app", "idle in transaction", 1),
        ("a migration", "app", "idle", 1),
    }
    assert all(row["longest"].total_seconds() >= 0 for row in rows)


def test_a_role_without_extra_rights_sees_the_number_of_connections(postgres: Postgres) -> None:
    rows = asyncio.run(seen(postgres.admin_url, postgres.url()))
    assert [(row["client"], row["state"], row["connections"]) for row in rows] == [
        ("Cloudflare Hyperdrive", None, 3),
        ("a migration", None, 1),
    ]
