"""Copies the checkout for the rehearsal and for the tests of the pages."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from localcloud.state_directory import CHECKOUT


def copy_checkout(folder: Path, renamed: Callable[[str], str] = str) -> None:
    """Copies all files that git does not ignore, including uncommitted changes.

    ``renamed`` maps the path of a file in the checkout to its path in the copy.
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
            shutil.copy2(source, copy)  # keeps the modification time, which make compares
