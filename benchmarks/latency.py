"""`python -m benchmarks.latency`: the cost of a distant database for a Worker, and how to reduce it.

Three statements that do not need each other's answers, by Prisma's serverless driver: one after the other, and in one
round trip. Then the rows of a page by pg through Hyperdrive: from the database, and from KV.
"""

import statistics
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.distance import far_from
from localcloud.deploy import Stack
from localcloud.guard import temporary_cloud
from localcloud.instance import Instance
from localcloud.stack_file import StackFile

ROUND_TRIP_MILLISECONDS = 30
RUNS = 20

Figures = dict[str, float]
"""Milliseconds, the median of several answers, by the way that was taken."""


def median_of(answered: Callable[[], float]) -> float:
    """The middle of ``RUNS`` answers, after one that does not count."""
    answered()
    return statistics.median(answered() for _ in range(RUNS))


class Site:
    """The only Worker of a stack, and a visitor of it."""

    def __init__(self, cloud: Instance, stack: Stack) -> None:
        (script,) = stack.outputs()["workers"].values()
        url = httpx.URL(cloud.worker_url(script))
        self._host = {"host": url.netloc.decode()}
        self._client = httpx.Client(base_url=url.copy_with(host="127.0.0.1"), timeout=30, trust_env=False)

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        return self._client.get(path, headers={**self._host, **(headers or {})}).raise_for_status()


def serverless(cloud: Instance) -> Figures:
    """Returns the time of three statements in one session, as the Worker measured it."""
    stack = Stack.of(StackFile.of("prisma-serverless"), cloud)
    stack.up()
    cloud.serverless.set_latency(ROUND_TRIP_MILLISECONDS)
    site = Site(cloud, stack)
    return {
        order: median_of(lambda path=path: site.get(path).json()["latency_ms"])  # type: ignore[misc]
        for order, path in {"one after the other": "/sequential", "pipelined": "/pipelined"}.items()
    }


def cached(cloud: Instance) -> Figures:
    """Returns the time that a visitor waits for a page with rows."""
    near = urlsplit(cloud.database_url)
    file = StackFile.of("cached")
    with far_from(near.port or 0, ROUND_TRIP_MILLISECONDS / 1000) as port:
        far = near._replace(netloc=near.netloc.replace(f":{near.port}", f":{port}")).geturl()
        stack = Stack.of(file, cloud)
        stack.prepare(file.secrets(far))
        stack.up()
        site = Site(cloud, stack)

        def waited(headers: dict[str, str], expected: str) -> float:
            started = time.perf_counter()
            answer = site.get("/", headers)
            if (outcome := answer.headers["x-cache"]) != expected:
                raise RuntimeError(f"the answer is a {outcome}, not a {expected}")
            return (time.perf_counter() - started) * 1000

        site.get("/")
        return {
            "from the database": median_of(lambda: waited({"x-cache": "bypass"}, "bypass")),
            "from KV": median_of(lambda: waited({}, "hit")),
        }


def table(title: str, figures: Figures) -> Table:
    table = Table("way", "ms", "ratio", title=title)
    slowest = max(figures.values())
    for way, milliseconds in figures.items():
        table.add_row(way, f"{milliseconds:.0f}", f"{milliseconds / slowest:.2f}")
    return table


def main() -> None:
    """Prints the figures; the local cloud that they need is made for them and removed."""
    console = Console()
    with temporary_cloud() as cloud:
        cloud.start(console.print)
        found = {
            "Three statements by the serverless driver": serverless(cloud),
            "A page with rows, by pg through Hyperdrive": cached(cloud),
        }
    for title, figures in found.items():
        console.print(table(f"{title}; {ROUND_TRIP_MILLISECONDS} ms to the database and back", figures))


if __name__ == "__main__":
    main()
