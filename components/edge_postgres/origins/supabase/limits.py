"""Limits of Supabase: connections by compute size, and the percentage that Supabase's services use."""

from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from edge_postgres.core.limit import Limit

_COMPUTE = "https://supabase.com/docs/guides/platform/compute-and-disk"
_CONNECTIONS = "https://supabase.com/docs/guides/database/connection-management"


class ComputeSize(StrEnum):
    """Size of a Supabase project's compute."""

    NANO = "nano"
    """Shared cores, up to 0.5 GB of memory, on the free plan."""
    MICRO = "micro"
    """Shared cores, 1 GB of memory."""
    SMALL = "small"
    """Shared cores, 2 GB of memory."""
    MEDIUM = "medium"
    """Shared cores, 4 GB of memory."""
    LARGE = "large"
    """2 cores, 8 GB of memory."""
    XL = "xl"
    """4 cores, 16 GB of memory."""
    XL2 = "2xl"
    """8 cores, 32 GB of memory."""
    XL4 = "4xl"
    """16 cores, 64 GB of memory."""
    XL8 = "8xl"
    """32 cores, 128 GB of memory."""
    XL12 = "12xl"
    """48 cores, 192 GB of memory."""
    XL16 = "16xl"
    """64 cores, 256 GB of memory."""


if TYPE_CHECKING:
    ComputeSizeInput = (
        ComputeSize | Literal["nano", "micro", "small", "medium", "large", "xl", "2xl", "4xl", "8xl", "12xl", "16xl"]
    )
else:
    ComputeSizeInput = ComputeSize


# Default values of Supabase. A project can set another `max_connections`.
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

# Percentage for a project that rarely uses the Data API. With heavy use of the Data API, the percentage is 60.
RESERVED_PERCENT = Limit(
    20, "percent of the connections for Auth, Realtime, Storage and the Data API", _CONNECTIONS, "2026-11-21"
)
