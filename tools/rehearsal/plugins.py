"""The stand-ins for Pulumi's plugins, run where the engine runs plugins: in the project's own folder.

The local cloud's are in the checkout's folder, and would read bundles there that a job built elsewhere.
"""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from localcloud.errors import LocalCloudError
from localcloud.home import CHECKOUT
from localcloud.instance import Instance
from localcloud.ports import free_port
from localcloud.providers import Providers

ATTACHED = "PULUMI_DEBUG_PROVIDERS"
PATIENCE_SECONDS = 30.0


@contextmanager
def plugins(cloud: Instance, folder: Path) -> Iterator[dict[str, str]]:
    """What the engine's environment says of them; nothing where it takes the official ones, which it starts itself."""
    if ATTACHED not in cloud.environment():
        yield {}
        return
    part, taken = Providers(cloud.home), set[int]()
    for _ in part.ports:
        taken.add(free_port(except_for=taken))
    ports = dict(zip(part.ports, taken, strict=True))
    launch = part.launch(ports)
    program, *arguments = launch.command
    process = subprocess.Popen(
        # -P: what a job's clone has in the place of the local cloud is not imported.
        [program, "-P", *arguments],
        env={**launch.environment, "PYTHONPATH": str(CHECKOUT)},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not part.is_healthy(ports):
            if process.poll() is not None or time.monotonic() > deadline:
                raise LocalCloudError("The stand-ins for Pulumi's plugins did not start.")
            time.sleep(0.05)
        yield {ATTACHED: ",".join(f"{name.removeprefix('provider-')}:{port}" for name, port in ports.items())}
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)
