"""`python -m benchmarks.load`: many clients of a Worker with a small database, with and without a pool.

The Worker, its requests and its database are the same both times. Without a pool, each request opens a separate
connection to the database. With a pool, all requests share the connections of the Hyperdrive configuration's limit.
"""

import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import asyncpg
import httpx
from rich.console import Console
from rich.table import Table

from localcloud.cloudflare.multipart import Part, encode_multipart
from localcloud.emulator import CloudflareEmulator
from localcloud.gateway.service import Gateway
from localcloud.guard import temporary_cloud
from localcloud.ports import Ports
from localcloud.postgres import Postgres
from localcloud.runtime import WorkerRuntime
from localcloud.state_directory import CHECKOUT, StateDirectory
from localcloud.supervisor import Supervisor

CLIENTS = 200
REQUESTS_EACH = 5
MAX_CONNECTIONS = 30
LIMIT = 20
"""The configuration's limit: the database's connections minus reserved ones and a few for other users."""

ACCOUNT = "/accounts/local"
WORKER = "api"
WAIT_SECONDS = 60.0
WATCH = """
do $$
declare
    most int := 0;
    connected int;
begin
    while clock_timestamp() < statement_timestamp() + interval '10 minutes' loop
        perform pg_stat_clear_snapshot();
        select count(*) into connected from pg_stat_activity
            where backend_type = 'client backend' and pid <> pg_backend_pid();
        if connected > most then
            most := connected;
            raise notice '%', most;
        end if;
        perform pg_sleep(0.002);
    end loop;
end $$
"""


@dataclass(frozen=True)
class Load:
    """The answers that the clients received, and the connections that the database counted."""

    served: Sequence[float]
    """Seconds of each good answer."""
    failed: int
    most_connections: int


async def measured(url: str, port: int, admin_url: str) -> Load:
    served: list[float] = []

    async def visit(client: httpx.AsyncClient) -> None:
        for _ in range(REQUESTS_EACH):
            started = time.perf_counter()
            with suppress(httpx.TransportError):
                answer = await client.get(url, headers={"host": f"{WORKER}.localhost:{port}"})
                if answer.is_success:
                    served.append(time.perf_counter() - started)

    limits = httpx.Limits(max_connections=CLIENTS)
    async with (
        watched(admin_url) as maxima,
        httpx.AsyncClient(timeout=WAIT_SECONDS, limits=limits, trust_env=False) as client,
    ):
        await asyncio.gather(*(visit(client) for _ in range(CLIENTS)))
    return Load(served, CLIENTS * REQUESTS_EACH - len(served), maxima[-1])


@asynccontextmanager
async def watched(admin_url: str) -> AsyncIterator[list[int]]:
    """Yields each new maximum of other clients' connections, including those that still authenticate.

    The server looks by itself: this process is too busy to look often. A superuser's connection is among the reserved.
    """
    maxima = [0]
    watcher = await asyncpg.connect(admin_url)
    watcher.add_log_listener(lambda _, notice: maxima.append(int(notice.message)))
    watching = asyncio.create_task(watcher.execute(WATCH))
    try:
        yield maxima
    finally:
        watching.cancel()
        await asyncio.wait([watching])
        await watcher.close(timeout=WAIT_SECONDS)


def deploy(emulator: CloudflareEmulator, postgres: Postgres) -> None:
    """A Hyperdrive configuration and a Worker that is bound to it, by the API."""
    address = urlsplit(postgres.url())
    origin = {
        "scheme": "postgres",
        "host": address.hostname,
        "port": address.port,
        "user": address.username,
        "password": unquote(address.password or ""),
        "database": address.path[1:],
    }
    wanted = {"name": "main", "origin": origin, "caching": {"disabled": True}, "origin_connection_limit": LIMIT}
    headers = {"authorization": f"Bearer {emulator.key}"}
    with httpx.Client(base_url=emulator.base_url, headers=headers, timeout=WAIT_SECONDS, trust_env=False) as api:
        answer = api.post(f"{ACCOUNT}/hyperdrive/configs", json=wanted).raise_for_status()
        metadata = {
            "main_module": "worker.js",
            "compatibility_date": "2026-08-01",
            "compatibility_flags": ["nodejs_compat"],
            "bindings": [{"type": "hyperdrive", "name": "HYPERDRIVE", "id": answer.json()["result"]["id"]}],
        }
        script = (CHECKOUT / "workers" / "dist" / "pg.js").read_bytes()
        module = Part("worker.js", script, "application/javascript+module", "worker.js")
        body, kind = encode_multipart([module, Part("metadata", json.dumps(metadata).encode(), "application/json")])
        path = f"{ACCOUNT}/workers/scripts/{WORKER}"
        api.put(path, content=body, headers={"content-type": kind}).raise_for_status()
        api.post(f"{path}/subdomain", json={"enabled": True}).raise_for_status()


def loads(console: Console, state_directory: StateDirectory) -> dict[str, Load]:
    """Runs with and without a pool, one after the other, on one database and one Worker."""
    supervisor = Supervisor(state_directory)
    postgres, emulator = (
        Postgres(state_directory, max_connections=MAX_CONNECTIONS),
        CloudflareEmulator(state_directory, pooled=False),
    )
    for service in (postgres, WorkerRuntime(state_directory), Gateway(state_directory), emulator):
        supervisor.ensure(service, console.print)
    deploy(emulator, postgres)
    port = Ports(state_directory).of("workers")
    found = {}
    for name, pooled in (("direct", False), ("Hyperdrive", True)):
        supervisor.ensure(CloudflareEmulator(state_directory, pooled=pooled), console.print)
        found[name] = asyncio.run(measured(f"http://127.0.0.1:{port}/", port, postgres.admin_url))
    return found


def table(found: dict[str, Load]) -> Table:
    title = (
        f"{CLIENTS} clients at once, {REQUESTS_EACH} requests each; Postgres with max_connections={MAX_CONNECTIONS}, "
        f"Hyperdrive's limit {LIMIT}"
    )
    table = Table("way", "served", "failed", "connections", "median ms", "slowest ms", title=title)
    for name, load in found.items():
        times = [f"{pick(load.served) * 1000:.0f}" if load.served else "-" for pick in (statistics.median, max)]
        table.add_row(name, str(len(load.served)), str(load.failed), str(load.most_connections), *times)
    return table


def main() -> None:
    """Prints the figures; the local cloud that they need is made for them and removed."""
    console = Console()
    with temporary_cloud() as cloud:
        cloud.state_directory.prepare()
        found = loads(console, cloud.state_directory)
    console.print(table(found))


if __name__ == "__main__":
    main()
