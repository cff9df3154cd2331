"""Connection limits of Neon's computes, and the newest version of Postgres that Hyperdrive supports."""

from edge_postgres.core.limit import Limit

_POOLING = "https://neon.com/docs/connect/connection-pooling"

# Older versions of the page show 112 for 0.25 CU, and 4 reserved. The values here have fewer usable connections.
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
"""Connections by compute units (CU). A larger compute accepts as many as 9 CU."""

# Neon offers version 18 too.
HYPERDRIVE_POSTGRES = Limit(
    17,
    "newest major version of Postgres that Hyperdrive lists",
    "https://developers.cloudflare.com/hyperdrive/reference/supported-databases-and-features/",
    "2026-11-21",
)
