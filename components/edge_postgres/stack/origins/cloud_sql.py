"""Settings of a database on a new instance of Google Cloud SQL."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

import pulumi
from pydantic import Field

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.contract import OriginComponent
from edge_postgres.origins.cloud_sql.backups import (
    validate_final_backup_days,
    validate_log_days,
    validate_retained_backups,
)
from edge_postgres.origins.cloud_sql.limits import CLOUD_SQL_RESERVED_CONNECTIONS
from edge_postgres.origins.cloud_sql.rules import (
    DEFAULT_POSTGRES_VERSION,
    Availability,
    reject_two_kinds_of_access,
)
from edge_postgres.origins.cloud_sql.tiers import (
    connections_of_tier,
    validate_disk_size,
)
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.every_error import rule
from edge_postgres.stack.model import PasswordPath
from edge_postgres.stack.origins.cloud_sql_fields import (
    BackupStart,
    CloudSqlRestore,
    DatabaseName,
    EncryptionKey,
    InstanceName,
    MaintenanceWindow,
    MaxConnections,
    Networks,
    PostgresVersion,
    PrivateNetwork,
    Tier,
    TrueUnlessTemporary,
    UserName,
)
from edge_postgres.stack.origins.database import Database
from edge_postgres.stack.origins.role_creator import RoleCreator
from edge_postgres.stack.transform import Transformable
from edge_postgres.workers.direct_tcp_rules import HYPERDRIVE_INSTEAD, DirectOptions

if TYPE_CHECKING:
    from edge_postgres.origins.cloud_sql.arguments import CloudSqlPostgresArgs
    from edge_postgres.origins.cloud_sql.component import CloudSqlPostgres


EXAMPLE_ADDRESS = "10.0.0.3"


class CloudSqlDatabase(Transformable, Database):
    """A database on an instance of Google Cloud SQL."""

    role_creator: ClassVar[RoleCreator | None] = RoleCreator.DATABASE_USER
    may_be_private: ClassVar[bool] = True
    has_instance_ca: ClassVar[bool] = True

    provider: Literal["cloud-sql"]
    """A new Google Cloud SQL instance."""
    region: str
    tier: Tier
    instance_name: InstanceName | None = None
    postgres_version: PostgresVersion = DEFAULT_POSTGRES_VERSION
    allow_major_version_upgrade: bool = False
    """Whether Google may upgrade an existing instance to another `postgresVersion` during the update. The instance does
    not answer for several minutes, and cannot return to the former version."""
    disk_size: int | None = None
    availability: Annotated[Availability, Field(strict=False)] = Availability.ZONAL
    authorized_networks: Networks | None = None
    additional_networks: Networks | None = None
    open_to_the_internet: bool = False
    private_network: PrivateNetwork | None = None
    """Complete name of the VPC network in which the instance gets a private address instead of a public one, such as
    `projects/shop/global/networks/main`. Requires `route`. Cannot be combined with `authorizedNetworks` and
    `openToTheInternet`. Cannot be removed later. Default: a public address."""
    deletion_protection: TrueUnlessTemporary = None
    """Whether Pulumi and Google reject a deletion of the instance, and Pulumi its replacement. Default: `true`, except
    in `local` and preview stacks (`pr-…`)."""
    database: DatabaseName
    user: UserName
    password_secret: PasswordPath | None = None
    """Path below `secrets` of the password of `user`, for example `databases.main.password`."""
    max_connections: MaxConnections | None = None
    retained_backups: int | None = None
    """Number of daily backups that are kept, 1 to 365 and at least `transactionLogDays`. Default: 7, or
    `transactionLogDays` if more."""
    transaction_log_days: int | None = None
    """Number of days to which the instance can be restored at any point in time: 1 to 7, or to 35 for a tier of the
    edition Enterprise Plus. Default: 7."""
    backup_start: BackupStart | None = None
    """Start of the daily backup in UTC, such as `"02:00"`. Default: a time that Google chooses."""
    final_backup: TrueUnlessTemporary = None
    """Whether Google creates a last backup before a deletion, and keeps the other backups until they expire. Default:
    `true`, except in `local` and preview stacks (`pr-…`)."""
    final_backup_days: int | None = None
    """Number of days that Google keeps the last backup, 1 to 365. Requires `finalBackup`. Default: 30."""
    maintenance_window: MaintenanceWindow | None = None
    """Day and full hour in UTC of the weekly maintenance, such as `sun:03:00`. Default: any time."""
    encryption_key_name: EncryptionKey | None = None
    """Complete name of the key of Cloud KMS that encrypts disk and backups. Cannot change. Default: a key of Google."""
    restore: CloudSqlRestore | None = None
    """Data of the new instance. `database` must be a database of the source. Cannot change, so keep this setting after
    the restore."""

    @rule
    def _one_kind_of_access(self) -> Self:
        reject_two_kinds_of_access(
            networks=self.authorized_networks is not None or self.additional_networks is not None,
            open_access=self.open_to_the_internet,
            private=self.private_network is not None,
            subject="",
        )
        return self

    @rule
    def _is_reachable(self) -> Self:
        if self.private_network is not None and self.route is None:
            raise ValidationError(
                "private_network",
                "requires a `route`, because Cloudflare cannot connect to a private address",
                "Set `route`, or remove `private_network`.",
            )
        if self.private_network is None and self.route is not None:
            raise ValidationError(
                "route",
                "requires `private_network`, because a public instance needs no route",
                "Set `private_network` to the VPC network of the instance, or remove `route`.",
            )
        return self

    @rule
    def _certificate_can_be_verified(self) -> Self:
        if self.hyperdrive and self.hyperdrive.tls and self.hyperdrive.tls.mode == "verify-full":
            raise ValidationError(
                "hyperdrive.tls.mode",
                "cannot be `verify-full`, because the certificate of an instance does not contain its address",
                "Set `mode: verify-ca` and `ca: instance`.",
            )
        return self

    @rule
    def _disk_fits_the_tier(self) -> Self:
        if self.disk_size is not None:
            validate_disk_size(self.disk_size, self.tier, subject="disk_size")
        return self

    @rule
    def _backups_fit(self) -> None:
        days = validate_log_days(self.transaction_log_days, self.tier, subject="transaction_log_days")
        validate_retained_backups(self.retained_backups, days, subject="retained_backups")

    @rule
    def _final_backup_expires(self) -> None:
        validate_final_backup_days(self.final_backup_days, kept=bool(self.final_backup), subject="final_backup_days")

    def args(self, context: StackContext) -> "CloudSqlPostgresArgs":
        """Returns the arguments of ``CloudSqlPostgres``."""
        args: CloudSqlPostgresArgs = {
            "region": self.region,
            "tier": self.tier,
            "instance_name": optional(self.instance_name),
            "database": self.database,
            "user": self.user,
            "postgres_version": self.postgres_version,
            "allow_major_version_upgrade": self.allow_major_version_upgrade,
            "disk_size": optional(self.disk_size),
            "availability": self.availability,
            "authorized_networks": optional(self.authorized_networks),
            "additional_networks": optional(self.additional_networks),
            "open_to_the_internet": self.open_to_the_internet,
            "private_network": optional(self.private_network),
            "max_connections": optional(self.max_connections),
            "retained_backups": optional(self.retained_backups),
            "transaction_log_days": optional(self.transaction_log_days),
            "backup_start": optional(self.backup_start),
            "final_backup": optional(self.final_backup),
            "final_backup_days": optional(self.final_backup_days),
            "maintenance_window": optional(self.maintenance_window),
            "encryption_key_name": optional(self.encryption_key_name),
            "restore_source": optional(self.restore.source if self.restore else None),
            "restore_time": optional(self.restore.time if self.restore else None),
            "restore_backup_id": optional(self.restore.backup_id if self.restore else None),
            "deletion_protection": optional(self.deletion_protection),
            "transform": optional(self.transform),
        }
        if self.password_secret:
            args["password"] = context.secrets.output(self.password_secret)
        return args

    @property
    def login(self) -> str:
        """Name of the role that Google creates."""
        return self.user

    @property
    def missing_access(self) -> str | None:
        """The setting that lets the machine that runs `pulumi up` connect. None unless only Cloudflare can connect."""
        lets_others_in = self.authorized_networks or self.additional_networks or self.open_to_the_internet
        return None if lets_others_in or self.private_network else "additional_networks"

    def create(self, name: str, context: StackContext) -> "CloudSqlPostgres":
        """Creates and returns the instance with the database."""
        from edge_postgres.origins.cloud_sql.component import CloudSqlPostgres

        return CloudSqlPostgres(name, self.args(context), self.options())

    @property
    def host_or_example(self) -> str | None:
        """An example of an address, because Google chooses the address during the deployment."""
        return EXAMPLE_ADDRESS

    def instance_ca(self, server: OriginComponent) -> pulumi.Output[str | None] | None:
        """Returns the CA certificate in PEM of the instance that the component ``server`` has created."""
        from edge_postgres.origins.cloud_sql.component import CloudSqlPostgres

        assert isinstance(server, CloudSqlPostgres)
        return server.server_ca_certificate

    def validate_direct_access(self, _options: DirectOptions, *, subject: str) -> None:
        """Raises ``ValidationError``, because a Worker's socket cannot verify a certificate of Google's own CA."""
        raise ValidationError(
            f"{subject}.host",
            "is a Cloud SQL instance with a certificate of Google's CA, and a Worker's socket trusts only public CAs",
            HYPERDRIVE_INSTEAD,
        )

    def connections(self) -> tuple[int | None, int | None]:
        """Returns the accepted connections, by default those of the tier, and the connections for superusers only."""
        accepted = connections_of_tier(self.tier) if self.max_connections is None else self.max_connections
        return accepted, int(CLOUD_SQL_RESERVED_CONNECTIONS)
