"""Every number that is a vendor's, with its unit, its source and the day it was read; one module for each vendor.

Vendors change their numbers: each one that refuses something can be overridden by an argument of the component that
uses it.
"""

from typing import Self


class Limit(int):
    """A vendor's number: an integer that remembers where it comes from."""

    unit: str
    source: str
    read_on: str

    def __new__(cls, value: int, unit: str, source: str, read_on: str) -> Self:
        limit = super().__new__(cls, value)
        limit.unit, limit.source, limit.read_on = unit, source, read_on
        return limit
