"""`Limit`: a number of a vendor with its unit, its source and the day on which it was read.

Each package has one `limits.py`. Vendors change their numbers, so an argument of a component overrides each number
that can reject a value.
"""

from typing import Self


class Limit(int):
    """A number of a vendor: an integer with its unit and source."""

    unit: str
    source: str
    read_on: str

    def __new__(cls, value: int, unit: str, source: str, read_on: str) -> Self:
        limit = super().__new__(cls, value)
        limit.unit, limit.source, limit.read_on = unit, source, read_on
        return limit
