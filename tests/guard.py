"""`python -m tests.guard PID FOLDER`: waits for the end of a test run, then removes its local clouds below the folder.

A test run that ends by itself removes them. A killed one cannot, and their processes are in separate sessions.
"""

import contextlib
import sys
from pathlib import Path

import psutil

from localcloud.instance import Instance
from localcloud.state_directory import MARKER


def main(pid: int, folder: Path) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait()
    for marker in list(folder.rglob(MARKER)):
        Instance(marker.parent).stop(lambda _: None, remove=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
