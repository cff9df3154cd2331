"""The two credentials of a database that take turns."""

from enum import StrEnum


class Slot(StrEnum):
    """One of two credentials of a database."""

    A = "a"
    """The first one."""
    B = "b"
    """The second one."""
