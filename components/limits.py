"""Every number that is a vendor's, with its unit, its source and the day it was read.

A `Limit` is an integer that remembers where it comes from. Vendors change their numbers: each one that refuses
something can be overridden by an argument of the component that uses it.
"""

from enum import StrEnum
from typing import Self


class Limit(int):
    """A vendor's number."""

    unit: str
    source: str
    read_on: str

    def __new__(cls, value: int, unit: str, source: str, read_on: str) -> Self:
        limit = super().__new__(cls, value)
        limit.unit, limit.source, limit.read_on = unit, source, read_on
        return limit


class Plan(StrEnum):
    """The Workers plan of the Cloudflare account."""

    FREE = "free"
    """Workers Free."""
    PAID = "paid"
    """Workers Paid."""


_HYPERDRIVE_LIMITS = "https://developers.cloudflare.com/hyperdrive/platform/limits/"
_TUNE_POOL = "https://developers.cloudflare.com/hyperdrive/configuration/tune-connection-pool/"
_QUERY_CACHING = "https://developers.cloudflare.com/hyperdrive/concepts/query-caching/"
_WORKERS_LIMITS = "https://developers.cloudflare.com/workers/platform/limits/"

HYPERDRIVE_CONNECTIONS_FLOOR = Limit(5, "origin connections of one configuration", _TUNE_POOL, "2026-11-21")

HYPERDRIVE_CONNECTIONS_CEILING = {
    Plan.FREE: Limit(20, "origin connections of one configuration", _TUNE_POOL, "2026-11-21"),
    # In force since 2026-09-10; the API's schema still says 100.
    Plan.PAID: Limit(1500, "origin connections of one configuration", _TUNE_POOL, "2026-11-21"),
}

HYPERDRIVE_MAX_AGE_CEILING = Limit(3600, "seconds a cached answer is fresh", _QUERY_CACHING, "2026-11-21")

HYPERDRIVE_NAME_BYTES = Limit(63, "bytes of a database or user name", _HYPERDRIVE_LIMITS, "2026-11-21")

WORKER_VARIABLES_CEILING = {
    Plan.FREE: Limit(64, "variables and secrets of one Worker", _WORKERS_LIMITS, "2026-11-21"),
    Plan.PAID: Limit(128, "variables and secrets of one Worker", _WORKERS_LIMITS, "2026-11-21"),
}

WORKER_VARIABLE_BYTES = Limit(5 * 1024, "bytes of one variable or secret", _WORKERS_LIMITS, "2026-11-21")

WORKER_SIZE_BYTES = Limit(64 * 1024 * 1024, "bytes of a script, uncompressed", _WORKERS_LIMITS, "2026-11-21")
