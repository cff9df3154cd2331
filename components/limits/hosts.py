"""Numbers of vendors that this project knows by host only: what they keep of a database's connections, or fix."""

from components.limits import Limit

_AZURE = "https://learn.microsoft.com/en-us/azure/postgresql/configure-maintain/concepts-limits"
_CLICKHOUSE = "https://clickhouse.com/docs/products/managed-postgres/guides/cloudflare-workers"

# For replication and monitoring, on every size.
AZURE_RESERVED_CONNECTIONS = Limit(15, "connections of one server that Azure keeps", _AZURE, "2026-11-21")

# A default that the owner may change; then `max_connections` is stated.
CLICKHOUSE_MAX_CONNECTIONS = Limit(500, "connections of one database, as it is made", _CLICKHOUSE, "2026-11-21")
