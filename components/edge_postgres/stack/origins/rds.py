"""Settings of a database on Amazon RDS: an instance, or Aurora Serverless v2."""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.contract import OriginComponent
from edge_postgres.origin.passwords import reject_rotated_password
from edge_postgres.origins.rds.connections import connections_of_capacity, connections_of_class
from edge_postgres.origins.rds.contradictions import (
    reject_deferred_upgrade,
    reject_sync_without_rotation,
    reject_two_kinds,
    reject_two_passwords,
)
from edge_postgres.origins.rds.limits import RDS_RESERVED_CONNECTIONS
from edge_postgres.origins.rds.rules import BACKUP_DAYS, validate_cluster_identifier
from edge_postgres.origins.rds.windows import validate_maintenance_window
from edge_postgres.stack.connectors import AwsNetwork
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.direct_address import DirectAddress
from edge_postgres.stack.every_error import rule
from edge_postgres.stack.model import NonNegativeInt
from edge_postgres.stack.origins.rds_certificate import RdsCertificate
from edge_postgres.stack.origins.rds_fields import (
    BackupDays,
    BackupWindow,
    DatabaseName,
    EngineVersion,
    Identifier,
    KeyArn,
    MasterPassword,
    MasterUser,
    Region,
    TrueUnlessTemporary,
)
from edge_postgres.stack.origins.rds_parts import RdsCapacity, RdsNetwork, RdsRestore, RdsStorage
from edge_postgres.stack.origins.role_creator import RoleCreator
from edge_postgres.stack.transform import Transformable

if TYPE_CHECKING:
    from edge_postgres.origins.rds.arguments import RdsPostgresArgs
    from edge_postgres.origins.rds.component import RdsPostgres

EXAMPLE_HOST = "identifier.region.rds.amazonaws.com"
"""An example of a host at RDS. The domain shows that Amazon's CA signs the certificate."""


class RdsDatabase(Transformable, RdsCertificate):
    """A database on Amazon RDS."""

    role_creator: ClassVar[RoleCreator | None] = RoleCreator.DATABASE_USER
    may_be_private: ClassVar[bool] = True

    provider: Literal["rds"]
    """A new Amazon RDS instance or Aurora cluster."""
    engine_version: EngineVersion
    allow_major_version_upgrade: bool = False
    """Whether a new major version in `engineVersion` upgrades the server in this update, with an outage. Pending
    changes are applied too. Without it, AWS rejects a new major version."""
    apply_immediately: bool | None = None
    """Whether each change is applied during the update, also one that restarts the server. Otherwise, changes of
    version, class and storage wait for the next maintenance window. Default: `false`, and `true` with
    `allowMajorVersionUpgrade`."""
    instance_class: str | None = None
    capacity: RdsCapacity | None = None
    """Capacity range of Aurora Serverless v2. Cannot be combined with `instanceClass`."""
    multi_az: bool = False
    network: RdsNetwork
    """Network of the database, and the clients that can connect to the database."""
    storage: RdsStorage | None = None
    """Storage of an instance. Cannot be combined with `capacity`."""
    identifier: Identifier | None = None
    database: DatabaseName | None = None
    user: MasterUser | None = None
    password_secret: MasterPassword | None = None
    """Path below `secrets` of the password of `user`, for example `databases.main.password`."""
    managed_password: bool = False
    rotation_sync: str | None = None
    """Name of the job that runs `pulumi up` after each rotation, so that Hyperdrive gets the new password. Requires
    `managedPassword`."""
    backup_days: BackupDays = BACKUP_DAYS
    backup_window: BackupWindow | None = None
    """Daily time range of the automatic backup in UTC, such as `02:00-02:30`. Default: a range that AWS chooses."""
    maintenance_window: str | None = None
    """Weekly time range of maintenance in UTC, such as `sun:03:00-sun:03:30`. Default: a range that AWS chooses."""
    kms_key_arn: KeyArn | None = None
    """ARN of the KMS key that encrypts storage, backups and snapshots. Cannot change. Default: the key of AWS for
    RDS."""
    restore: RdsRestore | None = None
    """Data of the new server. `database` and `user` must be those of the source. Cannot change, so keep this setting
    after the restore."""
    deletion_protection: TrueUnlessTemporary = None
    """Whether AWS rejects a deletion of the database, and Pulumi its deletion and its replacement. Default: `true`,
    except in `local` and preview stacks (`pr-…`)."""
    final_snapshot: TrueUnlessTemporary = None
    """Whether AWS creates a snapshot before a deletion. Default: `true`, except in `local` and preview stacks
    (`pr-…`)."""
    region: Region = None
    """Region of AWS, such as `eu-central-1`. Required without the configuration `aws:region` of the stack."""
    tags: dict[str, str] | None = None
    max_connections: NonNegativeInt | None = None
    reserved_connections: NonNegativeInt | None = None

    @rule
    def _is_reachable(self) -> None:
        if not self.network.public and self.route is None:
            raise ValidationError(
                "network.public",
                "must be true without a `route`, because Cloudflare cannot connect to a private address",
                "Set `route`, or set `network.public` to true, which allows connections from Cloudflare's ranges only.",
            )

    @rule
    def _one_kind(self) -> None:
        reject_two_kinds(self.instance_class is not None, capacity=self.capacity is not None, subject="instance_class")

    @rule
    def _storage_of_an_instance(self) -> None:
        if self.capacity is not None and self.storage is not None:
            raise ValidationError(
                "storage",
                "cannot be combined with `capacity`, because Aurora's storage grows automatically",
                "Remove `storage`, or set `instance_class` instead of `capacity`.",
            )

    @rule
    def _upgrade_ends(self) -> None:
        deferred = self.apply_immediately is False
        reject_deferred_upgrade(self.allow_major_version_upgrade, deferred=deferred, subject="apply_immediately")

    @rule
    def _windows_fit(self) -> None:
        if self.maintenance_window is not None:
            validate_maintenance_window(self.maintenance_window, self.backup_window, subject="maintenance_window")

    @rule
    def _instances_have_names(self) -> None:
        if self.capacity is not None and self.identifier is not None:
            validate_cluster_identifier(self.identifier, subject="identifier")

    @rule
    def _one_password(self) -> None:
        given = self.password_secret is not None
        reject_two_passwords(managed=self.managed_password, given=given, subject="managed_password")

    @rule
    def _rotated_password_has_a_job(self) -> None:
        managed, has_job = self.managed_password, self.rotation_sync is not None
        reject_sync_without_rotation(managed=managed, synchronised=has_job, subject="rotation_sync")
        reject_rotated_password(managed and not has_job, consumer="Hyperdrive", subject="managed_password")

    def args(self, context: StackContext) -> "RdsPostgresArgs":
        """Returns the arguments of ``RdsPostgres``."""
        network, storage, restore = self.network, self.storage, self.restore
        args: RdsPostgresArgs = {
            "engine_version": self.engine_version,
            "allow_major_version_upgrade": self.allow_major_version_upgrade,
            "apply_immediately": optional(self.apply_immediately),
            "vpc_id": network.vpc_id,
            "subnet_ids": network.subnet_ids,
            "instance_class": optional(self.instance_class),
            "min_capacity": optional(self.capacity.min if self.capacity else None),
            "max_capacity": optional(self.capacity.max if self.capacity else None),
            "multi_az": self.multi_az,
            "identifier": optional(self.identifier),
            "database": optional(self.database),
            "user": optional(self.user),
            "managed_password": self.managed_password,
            "rotation_sync": optional(self.rotation_sync),
            "public": network.public,
            "ingress_prefix_list_id": optional(network.prefix_list_id),
            "open_to_the_internet": network.open_to_the_internet,
            "additional_ranges": optional(network.additional_ranges),
            "security_group_ids": optional(network.security_group_ids),
            "allocated_storage": optional(storage.allocated if storage else None),
            "max_allocated_storage": optional(storage.maximum if storage else None),
            "iops": optional(storage.iops if storage else None),
            "storage_throughput": optional(storage.throughput if storage else None),
            "backup_window": optional(self.backup_window),
            "maintenance_window": optional(self.maintenance_window),
            "kms_key_arn": optional(self.kms_key_arn),
            "restore_snapshot": optional(restore.snapshot if restore else None),
            "restore_source": optional(restore.source if restore else None),
            "restore_time": optional(restore.time if restore else None),
            "backup_days": self.backup_days,
            "deletion_protection": optional(self.deletion_protection),
            "final_snapshot": optional(self.final_snapshot),
            "ca_identifier": optional(self.ca_identifier),
            "region": optional(self.region),
            "tags": optional(self.tags),
            "max_connections": optional(self.max_connections),
            "reserved_connections": optional(self.reserved_connections),
            "transform": optional(self.transform),
        }
        if self.password_secret:
            args["password"] = context.secrets.output(self.password_secret)
        return args

    @property
    def login(self) -> str:
        """Name of the master user."""
        return self.user or "app"

    @property
    def missing_access(self) -> str | None:
        """The setting that lets the machine that runs `pulumi up` connect. None unless only Cloudflare can connect."""
        return None if self.network.lets_others_in else "network.additional_ranges"

    def create(self, name: str, context: StackContext) -> "RdsPostgres":
        """Creates and returns the instance or the Aurora cluster."""
        from edge_postgres.origins.rds.component import RdsPostgres

        return RdsPostgres(name, self.args(context), self.options())

    @property
    def is_public(self) -> bool:
        """Whether the settings give the database a public address."""
        return self.network.public

    @property
    def host_or_example(self) -> str | None:
        """An example of a host at RDS, because AWS chooses the host during the deployment."""
        return EXAMPLE_HOST

    @property
    def aws_network(self) -> AwsNetwork:
        """Network of the database at AWS, without the security group, which only the created database has."""
        return AwsNetwork(self.network.vpc_id, self.network.subnet_ids, None, self.region, self.tags)

    def aws_network_of(self, server: OriginComponent) -> AwsNetwork:
        """Returns the network at AWS of the database that the component ``server`` has created."""
        from edge_postgres.origins.rds.component import RdsPostgres

        assert isinstance(server, RdsPostgres)
        return replace(self.aws_network, security_group_id=server.security_group_id)

    def address(self) -> DirectAddress | None:
        """Returns an example of an address at RDS, because AWS chooses the host during the deployment."""
        return {"host": EXAMPLE_HOST, "port": 5432, "endpoint": None}

    def connections(self) -> tuple[int | None, int | None]:
        """Returns the accepted connections, by default those of the class or capacity, and the reserved connections."""
        accepted = self.max_connections
        if accepted is None and self.capacity is not None:
            accepted = connections_of_capacity(self.capacity.min, self.capacity.max)
        elif accepted is None and self.instance_class is not None:
            accepted = connections_of_class(self.instance_class)
        reserved = RDS_RESERVED_CONNECTIONS if self.reserved_connections is None else self.reserved_connections
        return accepted, reserved
