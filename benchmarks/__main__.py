"""`make bench`: the cost of an import, a preview and an answer, also in a flat program."""

import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from rich.console import Console
from rich.table import Table

from benchmarks.measure import Figure, in_turn, median, ratio, run
from localcloud.deploy import Stack, call_worker
from localcloud.guard import temporary_cloud
from localcloud.instance import Instance
from localcloud.stack_file import LOCAL, StackFile
from localcloud.state_directory import CHECKOUT

RUNS = 7
REQUESTS = 50
IMPORTS = ("sys", "pulumi", "edge_postgres", "edge_postgres.stack", "edge_postgres.workers.worker", "pulumi_cloudflare")


def imports(console: Console) -> None:
    """Time and memory of a Python process that imports one module."""

    def importing(module: str) -> Callable[[], Figure]:
        return lambda: run([sys.executable, "-c", f"import {module}"], CHECKOUT, os.environ)

    table = Table("import", "seconds", "MiB", title="a Python process that imports one module")
    middles = [median(figures) for figures in in_turn(RUNS, *map(importing, IMPORTS))]
    # A process is measured from the moment it is started, when it still has this one's memory.
    floor = middles[0].mebibytes
    for module, middle in zip(IMPORTS, middles, strict=True):
        mebibytes = f"{middle.mebibytes:.0f}" if middle.mebibytes > floor + 1 else f"≤ {floor:.0f}"
        table.add_row("nothing" if module == "sys" else module, f"{middle.seconds:.2f}", mebibytes)
    console.print(table)


def previews(console: Console, cloud: Instance, folder: Path) -> None:
    """Time and memory of a preview, this program and the flat one in turn."""
    ours = Stack.of(StackFile.of(LOCAL), cloud)
    flat = flat_stack(cloud, folder / "flat")

    def preview(stack: Stack) -> Figure:
        return run(["pulumi", "--non-interactive", "preview"], stack.folder, stack.environment)

    our_figures, flat_figures = in_turn(RUNS, lambda: preview(ours), lambda: preview(flat))
    table = Table("preview", "seconds", "MiB", "ratio", title="`pulumi preview` of three resources")
    for name, figures in (("this program", our_figures), ("flat program", flat_figures)):
        middle = median(figures)
        table.add_row(name, f"{middle.seconds:.2f}", f"{middle.mebibytes:.0f}", f"{ratio(figures, flat_figures):.2f}")
    console.print(table)


def answers(console: Console, cloud: Instance) -> None:
    """How long the deployed Worker takes for an answer with rows of the database."""
    stack = Stack.of(StackFile.of(LOCAL), cloud)
    stack.pulumi("up", "--yes", "--skip-preview")
    url = cloud.worker_url(stack.outputs()["workers"]["api"])
    seconds = []
    for _ in range(REQUESTS):
        started = time.perf_counter()
        call_worker(url)
        seconds.append(time.perf_counter() - started)
    table = Table("first", "median", "slowest after", title="milliseconds for an answer of the local Worker")
    table.add_row(*(f"{each * 1000:.0f}" for each in (seconds[0], statistics.median(seconds), max(seconds[1:]))))
    console.print(table)


def flat_stack(cloud: Instance, folder: Path) -> Stack:
    """The flat program as a separate stack, with the same database."""
    shutil.copytree(CHECKOUT / "benchmarks" / "flat", folder)
    stack = Stack(folder, cloud.environment(), name="flat")
    address = urlsplit(cloud.database_url)
    settings = {
        "bundle": str(CHECKOUT / "workers" / "dist" / "pg.js"),
        "host": address.hostname or "",
        "port": str(address.port),
    }
    stack.pulumi("stack", "select", "--create", "flat")
    for key, value in settings.items():
        stack.pulumi("config", "set", key, value)
    stack.pulumi("config", "set", "--secret", "password", stdin=unquote(address.password or ""))
    return stack


def main() -> None:
    """Prints all figures; the local cloud that they need is made for them and removed."""
    console = Console()
    imports(console)
    with temporary_cloud() as cloud:
        cloud.start(console.print)
        previews(console, cloud, cloud.state_directory.path.parent)
        answers(console, cloud)


main()
