"""The files that this provider may read: those of the project, and of folders that the user adds.

The official plugin reads every file. This process listens on a port of the machine, so it reads only what a deployment
needs.
"""

import os
from pathlib import Path

VARIABLE = "LOCALCLOUD_FILES"
"""Names more folders, separated like the folders of PATH."""
HOME = "LOCALCLOUD_HOME"
"""Names the directory of the local cloud, whose files have its keys. It is often below the project folder."""


class OutsideProject(OSError):
    """The provider does not read this file."""


def project_path(path: str | Path) -> Path:
    """Returns the path, relative to the project folder, where this process runs.

    Raises ``OutsideProject`` if it is neither below the project folder nor below a folder of `LOCALCLOUD_FILES`, or if
    it is a file of the local cloud.
    """
    home, more = os.environ.get(HOME), os.environ.get(VARIABLE, "").split(os.pathsep)
    is_readable = any(_is_below(path, folder) for folder in (".", *filter(None, more)))
    if not is_readable or (home and _is_below(path, home)):
        raise OutsideProject(0, "it is outside the project", str(path))
    return Path(path)


def describe(property_name: str, path: str | Path, error: OSError, fix: str) -> str:
    """Returns the error about a file that cannot be read. ``fix`` is for a file of the project."""
    if isinstance(error, OutsideProject):
        fix = f"Move it below the project, or set {VARIABLE} to its folder and run `python -m localcloud up`."
    return f"`{property_name}` is `{path}`, which cannot be read: {error.strerror}. {fix}"


def _is_below(path: str | Path, folder: str) -> bool:
    return Path(path).resolve().is_relative_to(Path(folder).resolve())
