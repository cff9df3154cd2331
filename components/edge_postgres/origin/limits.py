"""Limits of all origins: lengths of names, and connections of vendors that are recognised by host name only."""

from edge_postgres.core.limit import Limit

_HYPERDRIVE_LIMITS = "https://developers.cloudflare.com/hyperdrive/platform/limits/"
_PRISMA = (
    "https://developers.cloudflare.com/hyperdrive/examples/connect-to-postgres/postgres-database-providers/"
    "prisma-postgres/"
)
_NEON = "https://neon.com/docs/connect/connection-pooling"
_PRISMA_POOLING = "https://www.prisma.io/docs/postgres/database/connection-pooling"
_AZURE = "https://learn.microsoft.com/en-us/azure/postgresql/configure-maintain/concepts-limits"
_CLICKHOUSE = "https://clickhouse.com/docs/products/managed-postgres/guides/cloudflare-workers"

# Azure reserves these connections on servers of every size, for replication and monitoring.
AZURE_RESERVED_CONNECTIONS = Limit(15, "connections of one server that Azure reserves", _AZURE, "2026-11-21")

# The default of a new database. The owner of the database can change the number, and then sets `max_connections`.
CLICKHOUSE_MAX_CONNECTIONS = Limit(500, "connections of a new database", _CLICKHOUSE, "2026-11-21")

NEON_RESERVED_CONNECTIONS = Limit(7, "connections that Neon reserves for itself", _NEON, "2026-11-21")

# The page does not mention whether the plan's number of connections includes the reserved connections. This value
# assumes that the plan's number includes them, so that Hyperdrive gets fewer connections.
PRISMA_RESERVED_CONNECTIONS = Limit(
    5, "direct connections to one database that Prisma reserves", _PRISMA_POOLING, "2026-11-21"
)

# The number of the smallest plans. A host name does not show the plan, so that larger plans set `max_connections`.
PRISMA_MAX_CONNECTIONS = Limit(
    10, "direct connections to one database on the plans Free and Starter", _PRISMA_POOLING, "2026-11-21"
)

HYPERDRIVE_NAME_BYTES = Limit(63, "bytes of a database or user name", _HYPERDRIVE_LIMITS, "2026-11-21")

# The limits page documents 63 bytes. But the names of users that Prisma creates have 64 bytes, and Cloudflare documents
# that Hyperdrive supports the databases of Prisma.
HYPERDRIVE_USER_BYTES = Limit(64, "bytes of the name of an existing user", _PRISMA, "2026-11-21")

# Neon, RDS and Cloud SQL offer version 18 too.
HYPERDRIVE_POSTGRES = Limit(
    17,
    "newest major version of Postgres that Hyperdrive lists",
    "https://developers.cloudflare.com/hyperdrive/reference/supported-databases-and-features/",
    "2026-11-21",
)
