"""Runs the stand-ins of the provider plugins in the folder of the project, like the engine runs plugins.

The plugins of the local cloud run in the checkout. They would not find the bundles that a job built in its workspace.
"""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from localcloud.engines import ending_with_this_process
from localcloud.errors import LocalCloudError
from localcloud.instance import Instance
from localcloud.ports import free_port
from localcloud.providers import Providers
from localcloud.state_directory import CHECKOUT

ATTACHED = "PULUMI_DEBUG_PROVIDERS"
TIMEOUT_SECONDS = 30.0


@contextmanager
def plugins(cloud: Instance, folder: Path) -> Iterator[dict[str, str]]:
    """Variables that attach the engine to the stand-ins. Empty if the engine uses the official plugins."""
    if ATTACHED not in cloud.environment():
        yield {}
        return
    service, taken = Providers(cloud.state_directory), set[int]()
    for _ in service.ports:
        taken.add(free_port(except_for=taken))
    ports = dict(zip(service.ports, taken, strict=True))
    launch = service.launch(ports)
    program, *arguments = launch.command
    process = subprocess.Popen(
        # -P prevents imports of the local cloud from the clone of a job.
        ending_with_this_process([program, "-P", *arguments]),
        env={**launch.environment, "PYTHONPATH": str(CHECKOUT)},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not service.is_healthy(ports):
            if process.poll() is not None or time.monotonic() > deadline:
                raise LocalCloudError("The stand-ins of the provider plugins did not start.")
            time.sleep(0.05)
        yield {ATTACHED: ",".join(f"{name.removeprefix('provider-')}:{port}" for name, port in ports.items())}
    finally:
        process.terminate()
        process.wait(TIMEOUT_SECONDS)
