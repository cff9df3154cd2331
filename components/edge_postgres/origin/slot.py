"""The two credential slots of a database, which take turns in a rotation."""

from enum import StrEnum


class Slot(StrEnum):
    """One of two credentials of a database."""

    A = "a"
    """The first one."""
    B = "b"
    """The second one."""
