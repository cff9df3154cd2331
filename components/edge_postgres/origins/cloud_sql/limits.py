"""Limits of Google Cloud SQL."""

from edge_postgres.core.limit import Limit

_READ_ON = "2026-11-21"
_READ_LATER_ON = "2026-11-30"
_SERIES = "https://cloud.google.com/sql/docs/postgres/machine-series-overview"
_BACKUPS = "https://cloud.google.com/sql/docs/postgres/backup-recovery/backups"
_FINAL_BACKUP = "https://www.pulumi.com/registry/packages/gcp/api-docs/sql/databaseinstance/"
_FLAGS = "https://cloud.google.com/sql/docs/postgres/flags"
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

CLOUD_SQL_HYPERDISK_FLOOR = Limit(20, "GB of a Hyperdisk Balanced disk", _SERIES, _READ_LATER_ON)

CLOUD_SQL_VCPU_CEILING = Limit(96, "vCPUs of a custom tier", _SETTINGS, _READ_LATER_ON)

CLOUD_SQL_MEMORY_STEP = Limit(256, "MiB of memory between two custom tiers", _SETTINGS, _READ_LATER_ON)

CLOUD_SQL_MEMORY_FLOOR = Limit(3840, "MiB of memory of a custom tier", _SETTINGS, _READ_LATER_ON)

CLOUD_SQL_MEMORY_PERCENT_FLOOR = Limit(90, "percent of a GiB of memory for one vCPU", _SETTINGS, _READ_LATER_ON)

CLOUD_SQL_MEMORY_PERCENT_CEILING = Limit(650, "percent of a GiB of memory for one vCPU", _SETTINGS, _READ_LATER_ON)

CLOUD_SQL_BACKUPS_CEILING = Limit(365, "automatic backups that Google keeps", _BACKUPS, _READ_LATER_ON)

CLOUD_SQL_LOG_DAYS_CEILING = {
    edition: Limit(days, "days of transaction logs that this edition keeps", _BACKUPS, _READ_LATER_ON)
    for edition, days in (("ENTERPRISE", 7), ("ENTERPRISE_PLUS", 35))
}

CLOUD_SQL_FINAL_BACKUP_DAYS_CEILING = Limit(365, "days that Google keeps a final backup", _FINAL_BACKUP, _READ_LATER_ON)

CLOUD_SQL_CONNECTIONS_FLOOR = Limit(14, "connections of the flag max_connections", _FLAGS, _READ_LATER_ON)

CLOUD_SQL_DISK_FLOOR = Limit(10, "GB of an SSD disk", _SETTINGS, _READ_ON)
