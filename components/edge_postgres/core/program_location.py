"""Lookup of the line of the user's program for a validation error, which Pulumi prints without a traceback."""

import functools
import os
import sys
import sysconfig
from pathlib import Path
from types import FrameType

_LIBRARY = str(Path(__file__).resolve().parent.parent)
_PLUGIN = f"{_LIBRARY}{os.sep}_plugin{os.sep}"
_HOST = "pulumi-language-python-exec"
"""Name of the script of Pulumi that runs the program, and later runs the functions of the program's Outputs."""
_INSTALLED = tuple(
    {os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
)


def find_program_location() -> str:
    """Returns file and line of the innermost call in the user's program, such as `shop.py:12`.

    The path is relative to the current directory, which is the folder of the program. The result is an empty string if
    no such call is found. That is always so in the plugin, because its users write programs in other languages.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not frame.f_code.co_filename.startswith(_PLUGIN):
        if name := _program_file(frame.f_code.co_filename):
            return f"{name}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


@functools.cache
def _program_file(name: str) -> str:
    """Returns the path of a file of the user's program; an empty string for a file of Python or of a package."""
    path = os.path.realpath(name)
    if name.startswith("<") or path.startswith((_LIBRARY, *_INSTALLED)) or path.endswith(_HOST):
        return ""
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else relative
