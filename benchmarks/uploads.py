"""`python -m benchmarks.uploads`: uploads and deletions of scripts through the API, and the first answer of each."""

import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import psutil
from rich.console import Console
from rich.table import Table

from localcloud.cloudflare.multipart import Part, encode_multipart
from localcloud.guard import temporary_cloud
from localcloud.instance import Instance
from localcloud.ports import Ports
from localcloud.state_directory import CHECKOUT

SCRIPTS = 100
# The engine sends four requests per core at a time. The figures are from two cores.
AT_A_TIME = 8
ONE_AT_A_TIME = 10
TIMEOUT_SECONDS = 300
ACCOUNT = "/accounts/local"


class Api:
    """The API of a local cloud, with a Hyperdrive configuration that all scripts are bound to."""

    def __init__(self, cloud: Instance) -> None:
        environment = cloud.environment()
        headers = {"authorization": f"Bearer {environment['CLOUDFLARE_API_TOKEN']}"}
        url = environment["CLOUDFLARE_BASE_URL"]
        self._client = httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT_SECONDS, trust_env=False)
        self._address = f"http://127.0.0.1:{Ports(cloud.state_directory).of('workers')}/"
        self._bundle = (CHECKOUT / "workers" / "dist" / "pg.js").read_bytes()
        self._hyperdrive = self._create_hyperdrive(cloud.database_url)

    def deploy(self, name: str) -> None:
        """Uploads a script and enables its host."""
        binding = {"type": "hyperdrive", "name": "HYPERDRIVE", "id": self._hyperdrive}
        metadata = {"main_module": "pg.js", "compatibility_date": "2026-11-01", "bindings": [binding]}
        parts = [
            Part("metadata", json.dumps(metadata).encode(), "application/json"),
            Part("pg.js", self._bundle, "application/javascript+module", "pg.js"),
        ]
        body, content_type = encode_multipart(parts)
        script = f"{ACCOUNT}/workers/scripts/{name}"
        self._client.put(script, content=body, headers={"content-type": content_type}).raise_for_status()
        self._client.post(f"{script}/subdomain", json={"enabled": True}).raise_for_status()

    def ask(self, name: str) -> None:
        """Asks a Worker for an answer with rows."""
        host = {"host": f"{name}.localhost"}
        httpx.get(self._address, headers=host, timeout=TIMEOUT_SECONDS, trust_env=False).raise_for_status()

    def delete(self, name: str) -> None:
        self._client.delete(f"{ACCOUNT}/workers/scripts/{name}").raise_for_status()

    def _create_hyperdrive(self, url: str) -> str:
        address = urlsplit(url)
        origin = {"scheme": "postgres", "host": address.hostname, "port": address.port, "database": "app"}
        credentials = {"user": address.username, "password": unquote(address.password or "")}
        body = {"name": "main", "origin": {**origin, **credentials}, "caching": {"disabled": True}}
        answer = self._client.post(f"{ACCOUNT}/hyperdrive/configs", json=body).raise_for_status()
        identifier: str = answer.json()["result"]["id"]
        return identifier


@dataclass(frozen=True)
class Cost:
    """Seconds of wall-clock time, and of processor time of all processes of a local cloud."""

    wall: float
    processor: float


def cost(cloud: Instance, work: Callable[..., None], *arguments: Any) -> Cost:
    """Returns the cost of a call."""
    used = processor_seconds(cloud)
    started = time.perf_counter()
    work(*arguments)
    wall = time.perf_counter() - started
    return Cost(wall, processor_seconds(cloud) - used)


def processor_seconds(cloud: Instance) -> float:
    """Returns the processor time of the services and of their child processes, also of those that ended."""
    seconds = 0.0
    for pid in [status.pid for status in cloud.status() if status.pid]:
        service = psutil.Process(pid)
        times = [process.cpu_times() for process in (service, *service.children(recursive=True))]
        seconds += sum(each.user + each.system for each in times)
        seconds += times[0].children_user + times[0].children_system
    return seconds


def run(work: Callable[[str], None], names: Sequence[str]) -> None:
    """Calls a function with each name, several at a time. Raises its first error."""
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        list(pool.map(work, names))


def print_table(console: Console, title: str, rows: Mapping[str, Sequence[Cost]]) -> None:
    """Prints the median milliseconds of each row, and the ratio of its wall-clock time to that of the first row."""
    table = Table("", "ms", "processor ms", "ratio", title=title)
    base = statistics.median(each.wall for each in next(iter(rows.values())))
    for name, costs in rows.items():
        wall = statistics.median(each.wall for each in costs)
        processor = statistics.median(each.processor for each in costs)
        table.add_row(name, f"{wall * 1000:.0f}", f"{processor * 1000:.0f}", f"{wall / base:.2f}")
    console.print(table)


def main() -> None:
    """Prints the figures of a local cloud that exists only for them."""
    console = Console()
    names = [f"w{number}" for number in range(SCRIPTS)]
    with temporary_cloud() as cloud:
        cloud.start(console.print)
        api = Api(cloud)
        alone, first, later = [], [], []
        for name in names[:ONE_AT_A_TIME]:
            alone.append(cost(cloud, api.deploy, name))
            first.append(cost(cloud, api.ask, name))
            later.append(cost(cloud, api.ask, name))
        run(api.delete, names[:ONE_AT_A_TIME])
        deployed, deleted = (cost(cloud, run, work, names) for work in (api.deploy, api.delete))
    each = {
        name: [Cost(total.wall / SCRIPTS, total.processor / SCRIPTS)]
        for name, total in (("deployed", deployed), ("deleted", deleted))
    }
    print_table(console, f"one of {SCRIPTS} scripts, {AT_A_TIME} at a time", {"deployed alone": alone, **each})
    print_table(console, "an answer with rows", {"later": later, "first after the upload": first})


if __name__ == "__main__":
    main()
