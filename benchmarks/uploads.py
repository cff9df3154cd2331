"""`python -m benchmarks.uploads`: uploads and deletions of scripts through the API, and the first answer of each."""

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
from rich.console import Console
from rich.table import Table

from localcloud.cloudflare.multipart import Part, encode_multipart
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


def run(work: Callable[[str], None], names: Sequence[str]) -> None:
    """Calls a function with each name, several at a time. Raises its first error."""
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        list(pool.map(work, names))


def seconds(work: Callable[..., None], *arguments: Any) -> float:
    """Returns the duration of a call."""
    started = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - started


def print_table(console: Console, title: str, rows: Mapping[str, float]) -> None:
    """Prints seconds by name in milliseconds, each with its ratio to the first one."""
    table = Table("", "ms", "ratio", title=title)
    base = next(iter(rows.values()))
    for name, each in rows.items():
        table.add_row(name, f"{each * 1000:.0f}", f"{each / base:.2f}")
    console.print(table)


def main() -> None:
    """Prints the figures of a local cloud that exists only for them."""
    console = Console()
    names = [f"w{number}" for number in range(SCRIPTS)]
    with tempfile.TemporaryDirectory() as temporary:
        cloud = Instance(Path(temporary) / "cloud")
        cloud.start(console.print)
        try:
            api = Api(cloud)
            alone, first, later = [], [], []
            for name in (f"alone{number}" for number in range(ONE_AT_A_TIME)):
                alone.append(seconds(api.deploy, name))
                first.append(seconds(api.ask, name))
                later.append(seconds(api.ask, name))
            uploaded = seconds(run, api.deploy, names) / SCRIPTS
            deleted = seconds(run, api.delete, names) / SCRIPTS
        finally:
            cloud.stop(console.print, remove=True)
    one_script = {"deployed alone": statistics.median(alone)}
    print_table(
        console,
        f"a script; of {SCRIPTS}, {AT_A_TIME} at a time",
        {**one_script, "deployed": uploaded, "deleted": deleted},
    )
    answers = {"later": statistics.median(later), "first after the upload": statistics.median(first)}
    print_table(console, "an answer with rows", answers)


if __name__ == "__main__":
    main()
