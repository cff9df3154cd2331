"""A copy of the checkout as it stands, for what plays a team or a reader."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from localcloud.home import CHECKOUT


def copy_checkout(folder: Path, renamed: Callable[[str], str] = str) -> None:
    """Copies what git knows of the checkout, or would take: changes that are not committed come along.

    ``renamed`` gives a file, by its path in the checkout, the path that it has in the copy.
    """
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        check=True,
    )
    for name in filter(None, os.fsdecode(listed.stdout).split("\0")):
        source, copy = CHECKOUT / name, folder / renamed(name)
        if source.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)  # with its time, by which make knows what is made
