"""The removal of the local clouds of a process that was killed.

A process that ends by itself removes its local clouds. A killed one cannot, and their processes are in separate
sessions. `python -m localcloud.guard PID FOLDER` waits for the end of the process, and then removes the local clouds
below the folder.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from localcloud.instance import Instance
from localcloud.state_directory import CHECKOUT, MARKER


@contextmanager
def guarded(folder: Path) -> Iterator[None]:
    """Removes the local clouds below a folder if this process is killed in the meantime."""
    command = [sys.executable, "-m", "localcloud.guard", str(os.getpid()), str(folder)]
    with subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            yield
        finally:
            process.kill()


@contextmanager
def temporary_cloud() -> Iterator[Instance]:
    """A local cloud in a temporary folder, not started. It is removed at the end, also if this process is killed."""
    with tempfile.TemporaryDirectory(prefix="edge-postgres-") as name, guarded(Path(name)):
        cloud = Instance(Path(name) / "cloud")
        try:
            yield cloud
        finally:
            cloud.stop(lambda _: None, remove=True)


def main(pid: int, folder: Path) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait()
    for marker in list(folder.rglob(MARKER)):
        Instance(marker.parent).stop(lambda _: None, remove=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
