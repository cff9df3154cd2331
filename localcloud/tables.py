"""The terminal on which commands print their tables."""

import sys

from rich.console import Console

# Without a terminal there is no width to respect, so no line is wrapped or truncated.
WIDTH_WITHOUT_TERMINAL = 250


def console() -> Console:
    return Console(width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL)
