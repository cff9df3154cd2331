"""The files that this provider may read: those of the project, and of folders that the user adds.

The official plugin reads every file. This process listens on a port of the machine, so it reads only what a deployment
needs.
"""

import os
from pathlib import Path

VARIABLE = "LOCALCLOUD_FILES"
"""Names more folders, separated like the folders of PATH."""


class OutsideProject(OSError):
    """The provider does not read this file."""


def project_path(path: str | Path) -> Path:
    """Returns the path, relative to the project folder, where this process runs.

    Raises ``OutsideProject`` if it is neither below the project folder nor below a folder of `LOCALCLOUD_FILES`.
    """
    more = [folder for folder in os.environ.get(VARIABLE, "").split(os.pathsep) if folder]
    if any(Path(path).resolve().is_relative_to(Path(folder).resolve()) for folder in (".", *more)):
        return Path(path)
    raise OutsideProject(0, "it is outside the project", str(path))


def describe(property_name: str, path: str | Path, error: OSError, fix: str) -> str:
    """Returns the error about a file that cannot be read. ``fix`` is for a file of the project."""
    if isinstance(error, OutsideProject):
        fix = f"Move it below the project, or set {VARIABLE} to its folder and run `python -m localcloud up`."
    return f"`{property_name}` is `{path}`, which cannot be read: {error.strerror}. {fix}"
