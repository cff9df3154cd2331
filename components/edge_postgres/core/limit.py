"""`Limit`: a number from a vendor's documentation, with its unit, its source and the date of reading.

The numbers of a package are in its module `limits.py`. Vendors change their numbers. Therefore components have
arguments such as `max_connections` that override a number.
"""

from typing import Self

NOT_CHECKED = "not checked"
"""The date of a number whose page was not read."""


class Limit(int):
    """A number from a vendor's documentation. It is an integer that also has a unit, a source and a date."""

    unit: str
    """The unit of the number in words: `GiB of gp3 storage`."""
    source: str
    """URL of the page that documents the number."""
    read_on: str
    """Date on which the page was read, such as `2026-11-21`, or `NOT_CHECKED`."""

    def __new__(cls, value: int, unit: str, source: str, read_on: str) -> Self:
        limit = super().__new__(cls, value)
        limit.unit, limit.source, limit.read_on = unit, source, read_on
        return limit
