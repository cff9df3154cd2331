"""Limits of any origin: names that Hyperdrive takes, and numbers of database vendors known by their hosts only."""

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

# For replication and monitoring, on every size.
AZURE_RESERVED_CONNECTIONS = Limit(15, "connections of one server that Azure keeps", _AZURE, "2026-11-21")

# A default that the owner may change; then `max_connections` is stated.
CLICKHOUSE_MAX_CONNECTIONS = Limit(500, "connections of one database, as it is made", _CLICKHOUSE, "2026-11-21")

NEON_RESERVED_CONNECTIONS = Limit(7, "connections that Neon keeps for itself", _NEON, "2026-11-21")

# The page does not say whether the plan's number includes these. We assume that it does, which is conservative.
PRISMA_RESERVED_CONNECTIONS = Limit(
    5, "direct connections to one database that Prisma keeps", _PRISMA_POOLING, "2026-11-21"
)

HYPERDRIVE_NAME_BYTES = Limit(63, "bytes of a database or user name", _HYPERDRIVE_LIMITS, "2026-11-21")

# One more than the limits page says: the users that Prisma makes have 64, and Cloudflare documents Prisma's databases.
HYPERDRIVE_USER_BYTES = Limit(64, "bytes of the name of a user that is there already", _PRISMA, "2026-11-21")
