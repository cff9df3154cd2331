"""Limits of Supabase."""

from enum import StrEnum

from edge_postgres.core.limit import Limit

_COMPUTE = "https://supabase.com/docs/guides/platform/compute-and-disk"
_CONNECTIONS = "https://supabase.com/docs/guides/database/connection-management"


class ComputeSize(StrEnum):
    """Size of a Supabase project's compute."""

    NANO = "nano"
    """Shared, up to 0.5 GB; the free plan."""
    MICRO = "micro"
    """Shared, 1 GB."""
    SMALL = "small"
    """Shared, 2 GB."""
    MEDIUM = "medium"
    """Shared, 4 GB."""
    LARGE = "large"
    """2 cores, 8 GB."""
    XL = "xl"
    """4 cores, 16 GB."""
    XL2 = "2xl"
    """8 cores, 32 GB."""
    XL4 = "4xl"
    """16 cores, 64 GB."""
    XL8 = "8xl"
    """32 cores, 128 GB."""
    XL12 = "12xl"
    """48 cores, 192 GB."""
    XL16 = "16xl"
    """64 cores, 256 GB."""


# Recommended values. A project can set another `max_connections`.
MAX_CONNECTIONS = {
    size: Limit(connections, "connections that a project of this size accepts", _COMPUTE, "2026-11-21")
    for size, connections in (
        (ComputeSize.NANO, 60),
        (ComputeSize.MICRO, 60),
        (ComputeSize.SMALL, 90),
        (ComputeSize.MEDIUM, 120),
        (ComputeSize.LARGE, 160),
        (ComputeSize.XL, 240),
        (ComputeSize.XL2, 380),
        (ComputeSize.XL4, 480),
        (ComputeSize.XL8, 490),
        (ComputeSize.XL12, 500),
        (ComputeSize.XL16, 500),
    )
}

# For a project that rarely uses the Data API. With heavy use it is 60.
RESERVED_PERCENT = Limit(
    20, "percent of the connections for Auth, Realtime, Storage and the Data API", _CONNECTIONS, "2026-11-21"
)
