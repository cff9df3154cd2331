"""The arguments of `CloudSqlPostgres`."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from edge_postgres.core.transforms import Transform
from edge_postgres.origins.cloud_sql.rules import AvailabilityInput


class CloudSqlPostgresArgs(TypedDict):
    """Arguments of CloudSqlPostgres: a new instance with a database and a role."""

    region: pulumi.Input[str]
    """Region of the instance, such as `europe-west3`."""
    tier: pulumi.Input[str]
    """Machine type, such as `db-f1-micro`, `db-custom-2-7680` or `db-perf-optimized-N-2`. Determines the edition of
    Cloud SQL and the type of the disk. A tier with another type of disk requires a new instance."""
    database: pulumi.Input[str]
    """Name of the database that is created, at most 63 bytes."""
    user: pulumi.Input[str]
    """Name of the role that is created, at most 63 bytes."""
    password: NotRequired[pulumi.Input[str | None]]
    """Password of the role. Default: a generated password."""
    postgres_version: NotRequired[pulumi.Input[str | None]]
    """Major version of Postgres. Default: `17`. A new value for an existing instance has no effect without
    `allow_major_version_upgrade`."""
    allow_major_version_upgrade: NotRequired[bool]
    """True lets Google upgrade an existing instance to a new `postgres_version` during the deployment. The instance
    does not answer for several minutes, and cannot return to the former version. Default: false."""
    disk_size: NotRequired[pulumi.Input[float | None]]
    """Initial size of the disk in GB, 10 or more (20 for the machine series N4 and C4A). The disk grows automatically,
    so later changes have no effect."""
    availability: NotRequired[AvailabilityInput]
    """Zones in which the instance runs: `zonal` for one zone, `regional` for two. Default: `zonal`."""
    authorized_networks: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]] | None]]
    """IPv4 ranges that may connect to the database. Default: the ranges that Cloudflare publishes."""
    additional_networks: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]] | None]]
    """IPv4 ranges that may connect too, such as that of the machine that runs `pulumi up`. Cannot be combined with
    `open_to_the_internet`."""
    open_to_the_internet: NotRequired[bool]
    """True lets every address of the Internet connect, so that only the password protects the database. Default:
    false."""
    private_network: NotRequired[pulumi.Input[str | None]]
    """Complete name of the VPC network in which the instance gets a private address, and no public address, such as
    `projects/shop/global/networks/main`. The network needs private services access, and Hyperdrive needs a network
    route. Cannot be combined with `authorized_networks` and `open_to_the_internet`. Google cannot remove the network
    from an instance. Default: a public address."""
    max_connections: NotRequired[pulumi.Input[float | None]]
    """Connections that the instance accepts in total. The number becomes a database flag, and a change restarts the
    instance. At least 14. Default: Google's number for the tier."""
    deletion_protection: NotRequired[bool]
    """False lets Pulumi and Google delete the instance, and lets Pulumi replace it. Default: true."""
    retained_backups: NotRequired[pulumi.Input[float | None]]
    """Number of daily backups that are kept, 1 to 365 and at least `transaction_log_days`. Default: 7, or
    `transaction_log_days` if more."""
    transaction_log_days: NotRequired[pulumi.Input[float | None]]
    """Number of days to which the instance can be restored at any point in time: 1 to 7, or to 35 for a tier of the
    edition Enterprise Plus. Default: 7."""
    backup_start: NotRequired[pulumi.Input[str | None]]
    """Start of the daily backup in UTC, such as `02:00`. Default: a time that Google chooses."""
    final_backup: NotRequired[bool]
    """False lets Google delete all backups together with the instance. With true, Google creates a last backup and
    keeps the other ones until they expire. Default: true."""
    final_backup_days: NotRequired[pulumi.Input[float | None]]
    """Number of days that Google keeps the last backup, 1 to 365. Default: 30."""
    maintenance_window: NotRequired[pulumi.Input[str | None]]
    """Day and full hour in UTC at which Google may restart the instance for maintenance, such as `sun:03:00`. Default:
    any time."""
    encryption_key_name: NotRequired[pulumi.Input[str | None]]
    """Complete name of the key of Cloud KMS that encrypts disk and backups. Cloud SQL's service account needs access to
    the key. Default: a key of Google. A new value requires a new instance."""
    restore_source: NotRequired[pulumi.Input[str | None]]
    """Name of the instance whose data the new instance gets, with `restore_time` or `restore_backup_id`. `database`
    must be a database of the source. Keep this argument after the restore, because another value requires a new
    instance."""
    restore_time: NotRequired[pulumi.Input[str | None]]
    """Time in UTC of the data of `restore_source`, such as `2026-11-30T09:45:00Z`. The new instance is a clone."""
    restore_backup_id: NotRequired[pulumi.Input[float | None]]
    """ID of the backup of `restore_source` from which the new instance gets its data."""
    query_insights: NotRequired[bool]
    """True lets Google store statistics of queries. Default: false."""
    labels: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]] | None]]
    """Labels of the instance."""
    instance_name: NotRequired[pulumi.Input[str | None]]
    """Name of the instance at Google. Default: `<project>-<stack>-<name>`. A new value requires a new instance."""
    project: NotRequired[pulumi.Input[str | None]]
    """ID of the Google Cloud project. Default: the project of the provider."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`instance`, `database_resource`, `user_resource`, `random_password`): arguments of the child
    that replace those of the component."""
