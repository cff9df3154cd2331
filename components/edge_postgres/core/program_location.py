"""The line of the user's program that is running: Pulumi prints a validation error without a traceback."""

import functools
import os
import sys
import sysconfig
from pathlib import Path
from types import FrameType

_LIBRARY = str(Path(__file__).resolve().parent.parent)
_PLUGIN = f"{_LIBRARY}{os.sep}_plugin{os.sep}"
_HOST = "pulumi-language-python-exec"
"""The script that runs the program, and later the functions of its Outputs."""
_INSTALLED = tuple(
    {os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
)


def find_program_location() -> str:
    """Returns file and line of the innermost call outside of the library, `shop.py:12`; an empty string without one.

    The path is relative to the current directory, which is the folder of the program. The plugin has no program of
    Python: the user's program is written in another language.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not frame.f_code.co_filename.startswith(_PLUGIN):
        if name := _program_file(frame.f_code.co_filename):
            return f"{name}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


@functools.cache
def _program_file(name: str) -> str:
    """Returns the name to show, or an empty string for a file of the library, of Python or of an installed package."""
    path = os.path.realpath(name)
    if name.startswith("<") or path.startswith((_LIBRARY, *_INSTALLED)) or path.endswith(_HOST):
        return ""
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else relative
