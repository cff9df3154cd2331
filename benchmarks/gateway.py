"""`python -m benchmarks.gateway`: the cost of a query through the gateway, against a direct connection.

Both clients run on one local Postgres and take turns, query by query, so that other load of the machine affects both.
"""

import asyncio
import statistics
import time
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import asyncpg
import psutil
from rich.console import Console
from rich.table import Table

from localcloud.gateway.origin import PooledOrigin, PoolTarget
from localcloud.gateway.service import Gateway
from localcloud.guard import temporary_cloud
from localcloud.postgres import Postgres
from localcloud.state_directory import StateDirectory
from localcloud.supervisor import Supervisor

QUERIES = 2_000
CLIENTS = 20
LIMIT = 20
QUERY = "select $1::int"


@dataclass(frozen=True)
class Cost:
    """The cost of one query."""

    direct: float
    """Median of milliseconds."""
    gateway: float
    """Median of milliseconds."""
    processor: float
    """Milliseconds of processor time of the gateway, which other load of the machine affects less."""
    queries_per_second: float
    """Throughput of concurrent clients through the gateway."""


async def measure(direct_url: str, gateway_url: str, process: psutil.Process) -> Cost:
    direct, pooled = await asyncpg.connect(direct_url), await asyncpg.connect(gateway_url)
    times: dict[asyncpg.Connection, list[float]] = {direct: [], pooled: []}
    before = process.cpu_times()
    for number in range(QUERIES):
        for client, measured in times.items():
            started = time.perf_counter()
            assert await client.fetchval(QUERY, number) == number
            measured.append(time.perf_counter() - started)
    after = process.cpu_times()
    processor = (after.user + after.system - before.user - before.system) / QUERIES * 1000
    for client in times:
        await client.close()
    direct_ms, gateway_ms = (statistics.median(measured) * 1000 for measured in times.values())
    return Cost(direct_ms, gateway_ms, processor, await throughput(gateway_url))


async def throughput(url: str) -> float:
    clients = [await asyncpg.connect(url) for _ in range(CLIENTS)]

    async def ask(client: asyncpg.Connection) -> None:
        for number in range(QUERIES // CLIENTS):
            await client.fetchval(QUERY, number)

    started = time.perf_counter()
    await asyncio.gather(*map(ask, clients))
    seconds = time.perf_counter() - started
    for client in clients:
        await client.close()
    return QUERIES / seconds


async def measured(gateway: Gateway, postgres: Postgres) -> Cost:
    url = urlsplit(postgres.url())
    target = PoolTarget(str(url.hostname), int(url.port or 0), url.path[1:], str(url.username))
    pools = gateway.pools()
    urls = await pools.ensure_pools({"main": PooledOrigin(target, unquote(str(url.password)), LIMIT)})
    await pools.close()
    pid = Supervisor(gateway.state_directory).status(gateway).pid
    return await measure(postgres.url(), urls["main"], psutil.Process(pid))


def cost(state_directory: StateDirectory, console: Console) -> Cost:
    postgres, gateway = Postgres(state_directory), Gateway(state_directory)
    for service in (postgres, gateway):
        Supervisor(state_directory).ensure(service, console.print)
    return asyncio.run(measured(gateway, postgres))


def main() -> None:
    """Prints the figures. The local cloud that they need is created for them and removed."""
    console = Console()
    with temporary_cloud() as cloud:
        cloud.state_directory.prepare()
        found = cost(cloud.state_directory, console)
    columns = ("direct ms", "gateway ms", "difference ms", "gateway processor ms")
    table = Table(*columns, f"queries per second of {CLIENTS} clients")
    figures = (found.direct, found.gateway, found.gateway - found.direct, found.processor)
    table.add_row(*(f"{figure:.2f}" for figure in figures), f"{found.queries_per_second:.0f}")
    console.print(table)


if __name__ == "__main__":
    main()
