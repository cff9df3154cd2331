"""Limits of Google Cloud SQL."""

from edge_postgres.core.limit import Limit

_READ_ON = "2026-11-21"
_QUOTAS = "https://cloud.google.com/sql/docs/postgres/quotas"
_SETTINGS = "https://cloud.google.com/sql/docs/postgres/instance-settings"
_CONNECTIONS = "https://www.postgresql.org/docs/current/runtime-config-connection.html"

# Unverified, except the 25 connections of db-f1-micro. The argument `max_connections` sets another number.
CLOUD_SQL_SHARED_CORE_CONNECTIONS = {
    tier: Limit(connections, "connections that an instance of this tier accepts", _QUOTAS, _READ_ON)
    for tier, connections in (("db-f1-micro", 25), ("db-g1-small", 50))
}

CLOUD_SQL_CONNECTIONS = {
    mebibytes: Limit(
        connections, "connections that an instance with at least this memory in MiB accepts", _QUOTAS, _READ_ON
    )
    for mebibytes, connections in (
        (3840, 100),
        (6144, 200),
        (7680, 400),
        (15360, 500),
        (30720, 600),
        (61440, 800),
        (122880, 1000),
    )
}

# The default of superuser_reserved_connections. Google's own processes authenticate as superusers.
CLOUD_SQL_RESERVED_CONNECTIONS = Limit(3, "connections that only superusers can use", _CONNECTIONS, _READ_ON)

CLOUD_SQL_NAME_CEILING = Limit(98, "characters of project and instance name together", _SETTINGS, _READ_ON)

CLOUD_SQL_DISK_FLOOR = Limit(10, "GB of an SSD disk", _SETTINGS, _READ_ON)
