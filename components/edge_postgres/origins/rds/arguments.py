"""The arguments of `RdsPostgres`."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from edge_postgres.core.transforms import Transform


class RdsPostgresArgs(TypedDict):
    """Arguments of RdsPostgres. An instance class creates an instance, and a capacity creates Aurora Serverless v2."""

    engine_version: pulumi.Input[str]
    """Version of Postgres. A full version such as `17.6` stays until this value changes. A major version such as `17`
    lets AWS upgrade the minor version."""
    allow_major_version_upgrade: NotRequired[bool]
    """True lets a new major version in `engine_version` upgrade the server in this deployment, with an outage. All
    pending changes are applied too. Default: false, so that AWS rejects a new major version."""
    apply_immediately: NotRequired[bool]
    """True applies each change during the deployment, also a change that restarts the server. Default: false, which
    leaves changes of version, class and storage to the next maintenance window. With
    `allow_major_version_upgrade`: true."""
    vpc_id: pulumi.Input[str]
    """ID of the VPC of the subnets."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """IDs of subnets in at least two availability zones. The subnets of a public database need a route to an internet
    gateway."""
    instance_class: NotRequired[pulumi.Input[str | None]]
    """Class of the instance, such as `db.t4g.medium`. Required for an instance. Cannot be combined with a capacity."""
    min_capacity: NotRequired[pulumi.Input[float | None]]
    """Minimum capacity of Aurora Serverless v2 in ACU, a multiple of 0.5. Required for Aurora. With 0, Aurora pauses
    while there are no connections."""
    max_capacity: NotRequired[pulumi.Input[float | None]]
    """Maximum capacity of Aurora Serverless v2 in ACU, a multiple of 0.5 from 1 to 256. Required for Aurora."""
    multi_az: NotRequired[bool]
    """True adds a standby in another availability zone. Default: false."""
    identifier: NotRequired[pulumi.Input[str | None]]
    """Name of the instance or the cluster at RDS, which cannot change. Aurora's has at most 55 characters. Default:
    `<project>-<stack>-<name>`."""
    database: NotRequired[pulumi.Input[str | None]]
    """Name of the database in Postgres. Default: `app`."""
    user: NotRequired[pulumi.Input[str | None]]
    """Master user. Default: `app`."""
    password: NotRequired[pulumi.Input[str | None]]
    """Password of the master user. Default: a generated password. Cannot be combined with `managed_password`."""
    managed_password: NotRequired[bool]
    """True lets AWS create the password, keep it in Secrets Manager and change it every 7 days. Hyperdrive would keep
    an outdated copy, and rejects such an origin unless `rotation_sync` is set. Default: false."""
    rotation_sync: NotRequired[str]
    """Name of the job that runs `pulumi up` after each rotation, so that Hyperdrive gets the new password. Requires
    `managed_password`."""
    public: NotRequired[bool]
    """True gives the database a public address, which Hyperdrive needs without a network route. Default: false."""
    ingress_ranges: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]] | None]]
    """Address ranges that may connect to a public database, in CIDR notation. Default: the ranges of Cloudflare."""
    ingress_prefix_list_id: NotRequired[pulumi.Input[str | None]]
    """ID of a managed prefix list whose ranges may connect to a public database. Cannot be combined with
    `ingress_ranges` and `open_to_the_internet`."""
    open_to_the_internet: NotRequired[bool]
    """True lets every address of the Internet connect, so that only the password protects the database. Default:
    false."""
    additional_ranges: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]] | None]]
    """Address ranges that may connect too, in CIDR notation, such as that of the machine that runs `pulumi up`. For a
    private database, ranges of its network. Cannot be combined with `open_to_the_internet`."""
    security_group_ids: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]] | None]]
    """IDs of additional security groups of the database, for other clients."""
    allocated_storage: NotRequired[pulumi.Input[float | None]]
    """Allocated gp3 storage of an instance in GiB. Default: 20. Not for Aurora, whose storage grows automatically."""
    max_allocated_storage: NotRequired[pulumi.Input[float | None]]
    """Maximum storage of an instance in GiB. Default: five times the allocated storage."""
    iops: NotRequired[pulumi.Input[float | None]]
    """Provisioned I/O operations per second of an instance, 12000 to 64000. Only with 400 GiB of allocated storage or
    more. Default: 12000, which AWS includes in the price of this storage."""
    storage_throughput: NotRequired[pulumi.Input[float | None]]
    """Provisioned throughput of an instance in MiB/s, 500 to 4000 and at most a quarter of `iops`. Only with 400 GiB of
    allocated storage or more. Default: 500."""
    backup_days: NotRequired[pulumi.Input[float | None]]
    """Days that backups are kept, 7 to 35. Default: 7."""
    backup_window: NotRequired[pulumi.Input[str | None]]
    """Daily time range of the automatic backup in UTC, such as `02:00-02:30`. Default: a range that AWS chooses."""
    maintenance_window: NotRequired[pulumi.Input[str | None]]
    """Weekly time range of maintenance in UTC, such as `sun:03:00-sun:03:30`. Default: a range that AWS chooses."""
    deletion_protection: NotRequired[bool]
    """False lets AWS delete the database, and Pulumi delete and replace its resources. Default: true."""
    final_snapshot: NotRequired[bool]
    """False keeps no snapshot when the database is deleted. Default: true."""
    kms_key_arn: NotRequired[pulumi.Input[str | None]]
    """ARN of the KMS key that encrypts storage, backups and snapshots. Default: the key of AWS for RDS, with which
    another account cannot use a snapshot. A new value requires a new server."""
    restore_snapshot: NotRequired[pulumi.Input[str | None]]
    """Name or ARN of the snapshot from which the new server gets its data. `database` and `user` must be those of the
    snapshot. Keep this argument after the restore, because another value requires a new server."""
    restore_source: NotRequired[pulumi.Input[str | None]]
    """Name of the instance or the cluster whose data at `restore_time` the new server gets. `database` and `user` must
    be those of the source. Keep this argument after the restore, because another value requires a new server."""
    restore_time: NotRequired[pulumi.Input[str | None]]
    """Time of the data of `restore_source`: `latest`, or a time in UTC such as `2026-11-30T09:45:00Z`."""
    ca_identifier: NotRequired[pulumi.Input[str | None]]
    """CA that signs the certificate of the server. Default: `rds-ca-rsa2048-g1`."""
    region: NotRequired[pulumi.Input[str | None]]
    """Region of all created resources. Default: the region of the provider."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]] | None]]
    """Tags of all created resources and of the snapshots."""
    max_connections: NotRequired[pulumi.Input[float | None]]
    """Connections that the database accepts in total, as `show max_connections` returns the number. Default: an
    estimate from the instance class or the capacity."""
    reserved_connections: NotRequired[pulumi.Input[float | None]]
    """Connections out of `max_connections` that RDS reserves. Default: 5."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`instance`, `cluster`, `cluster_instances`, `parameter_group`, `subnet_group`,
    `security_group`, `ingress_rules`, `random_password`, `final_snapshot_id`): arguments of the child that replace
    those of the component."""
