"""`Slot`: one of the two slots for credentials of a database. A rotation makes the other slot active."""

from enum import StrEnum


class Slot(StrEnum):
    """One of the two slots for credentials of a database."""

    A = "a"
    """The first slot."""
    B = "b"
    """The second slot."""
