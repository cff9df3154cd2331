"""Connection limits of Neon's computes, and the newest version of Postgres that Hyperdrive supports."""

from edge_postgres.core.limit import Limit

_POOLING = "https://neon.com/docs/connect/connection-pooling"

# Older versions of the page show 112 connections for 0.25 CU, of which 4 are reserved. The values below are lower.
MAX_CONNECTIONS = {
    compute_units: Limit(connections, "connections that a compute of this size accepts", _POOLING, "2026-11-21")
    for compute_units, connections in (
        (0.25, 104),
        (0.5, 209),
        (1, 419),
        (2, 839),
        (3, 1258),
        (4, 1678),
        (5, 2098),
        (6, 2517),
        (7, 2937),
        (8, 3357),
        (9, 4000),
    )
}
"""Connections that a compute accepts, by its compute units (CU). A compute above 9 CU accepts as many as 9 CU."""

# Neon offers version 18 too.
HYPERDRIVE_POSTGRES = Limit(
    17,
    "newest major version of Postgres that Hyperdrive lists",
    "https://developers.cloudflare.com/hyperdrive/reference/supported-databases-and-features/",
    "2026-11-21",
)
