"""Settings of a database on a new instance of Google Cloud SQL."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.rules import validate_length
from edge_postgres.origins.cloud_sql.backups import (
    validate_backup_start,
    validate_final_backup_days,
    validate_log_days,
    validate_restore_time,
    validate_retained_backups,
)
from edge_postgres.origins.cloud_sql.limits import CLOUD_SQL_RESERVED_CONNECTIONS
from edge_postgres.origins.cloud_sql.rules import (
    DEFAULT_POSTGRES_VERSION,
    Availability,
    parse_maintenance_window,
    reject_open_access_with_ranges,
    validate_instance_name,
    validate_key,
    validate_max_connections,
    validate_networks,
    validate_new_database,
    validate_version,
)
from edge_postgres.origins.cloud_sql.tiers import (
    connections_of_tier,
    validate_disk_size,
    validate_tier,
)
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.every_error import rule
from edge_postgres.stack.model import Model, PasswordPath, context_of
from edge_postgres.stack.origins.database import Database
from edge_postgres.stack.origins.role_creator import RoleCreator
from edge_postgres.stack.transform import Transformable
from edge_postgres.workers.direct_tcp_rules import HYPERDRIVE_INSTEAD, DirectOptions

if TYPE_CHECKING:
    from edge_postgres.origins.cloud_sql.arguments import CloudSqlPostgresArgs
    from edge_postgres.origins.cloud_sql.component import CloudSqlPostgres


def _valid_version(version: Any) -> Any:
    # YAML reads a major version without quotes as an integer.
    version = str(version) if type(version) is int else version
    validate_version(version, subject="")
    return version


def _valid_database(database: str) -> str:
    return validate_new_database(validate_length(database, "database name", subject=""), subject="")


def _true_unless_local_or_preview(value: bool | None, info: ValidationInfo) -> bool:
    return not context_of(info).is_local_or_preview if value is None else value


def _valid_window(window: str) -> str:
    parse_maintenance_window(window, subject="")
    return window


class CloudSqlRestore(Model):
    """Data of a new instance: that of another instance at a point in time, or that of a backup."""

    source: str
    """Name of the instance whose data the new instance gets."""
    time: Annotated[str, AfterValidator(lambda time: validate_restore_time(time, subject=""))] | None = None
    """Time in UTC of the data, such as `"2026-11-30T09:45:00Z"`. The new instance is a clone. Cannot be combined with
    `backupId`."""
    backup_id: int | None = None
    """ID of a backup of `source`. Cannot be combined with `time`."""

    @rule
    def _one_origin(self) -> Self:
        if self.time is None and self.backup_id is None:
            raise ValidationError("time", "is required without a backup", "Set `time` or `backup_id`.")
        if self.time is not None and self.backup_id is not None:
            raise ValidationError("time", "cannot be combined with `backup_id`", "Remove one of the two settings.")
        return self


class CloudSqlDatabase(Transformable, Database):
    """A database on an instance of Google Cloud SQL."""

    role_creator: ClassVar[RoleCreator | None] = RoleCreator.DATABASE_USER

    provider: Literal["cloud-sql"]
    """A new Google Cloud SQL instance."""
    region: str
    tier: Annotated[str, AfterValidator(lambda tier: validate_tier(tier, subject=""))]
    instance_name: Annotated[str, AfterValidator(lambda name: validate_instance_name(name, subject=""))] | None = None
    postgres_version: Annotated[str, BeforeValidator(_valid_version)] = DEFAULT_POSTGRES_VERSION
    disk_size: int | None = None
    availability: Annotated[Availability, Field(strict=False)] = Availability.ZONAL
    authorized_networks: (
        Annotated[list[str], AfterValidator(lambda found: validate_networks(found, subject=""))] | None
    ) = None
    open_to_the_internet: bool = False
    deletion_protection: Annotated[bool | None, AfterValidator(_true_unless_local_or_preview)] = None
    """Whether Pulumi and Google reject a deletion of the instance, and Pulumi its replacement. Default: `true`, except
    in `local` and preview stacks (`pr-…`)."""
    database: Annotated[str, AfterValidator(_valid_database)]
    user: Annotated[str, AfterValidator(lambda user: validate_length(user, "user name", subject=""))]
    password_secret: PasswordPath | None = None
    """Path below `secrets` of the password of `user`, for example `databases.main.password`."""
    max_connections: Annotated[int, AfterValidator(lambda most: validate_max_connections(most, subject=""))] | None = (
        None
    )
    retained_backups: int | None = None
    """Number of daily backups that are kept, 1 to 365 and at least `transactionLogDays`. Default: 7, or
    `transactionLogDays` if more."""
    transaction_log_days: int | None = None
    """Number of days to which the instance can be restored at any point in time: 1 to 7, or to 35 for a tier of the
    edition Enterprise Plus. Default: 7."""
    backup_start: Annotated[str, AfterValidator(lambda time: validate_backup_start(time, subject=""))] | None = None
    """Start of the daily backup in UTC, such as `"02:00"`. Default: a time that Google chooses."""
    final_backup: Annotated[bool | None, AfterValidator(_true_unless_local_or_preview)] = None
    """Whether Google creates a last backup before a deletion, and keeps the other backups until they expire. Default:
    `true`, except in `local` and preview stacks (`pr-…`)."""
    final_backup_days: int | None = None
    """Number of days that Google keeps the last backup, 1 to 365. Requires `finalBackup`. Default: 30."""
    maintenance_window: Annotated[str, AfterValidator(_valid_window)] | None = None
    """Day and full hour in UTC of the weekly maintenance, such as `sun:03:00`. Default: any time."""
    encryption_key_name: Annotated[str, AfterValidator(lambda key: validate_key(key, subject=""))] | None = None
    """Complete name of the key of Cloud KMS that encrypts disk and backups. Cannot change. Default: a key of Google."""
    restore: CloudSqlRestore | None = None
    """Data of the new instance. `database` must be a database of the source. Cannot change, so keep this setting after
    the restore."""

    @rule
    def _one_kind_of_access(self) -> Self:
        reject_open_access_with_ranges(
            networks=self.authorized_networks is not None, open_access=self.open_to_the_internet, subject=""
        )
        return self

    @rule
    def _disk_fits_the_tier(self) -> Self:
        if self.disk_size is not None:
            validate_disk_size(self.disk_size, self.tier, subject="disk_size")
        return self

    @rule
    def _backups_fit(self) -> Self:
        days = validate_log_days(self.transaction_log_days, self.tier, subject="transaction_log_days")
        validate_retained_backups(self.retained_backups, days, subject="retained_backups")
        validate_final_backup_days(self.final_backup_days, kept=bool(self.final_backup), subject="final_backup_days")
        return self

    def args(self, context: StackContext) -> "CloudSqlPostgresArgs":
        """Returns the arguments of ``CloudSqlPostgres``."""
        args: CloudSqlPostgresArgs = {
            "region": self.region,
            "tier": self.tier,
            "instance_name": optional(self.instance_name),
            "database": self.database,
            "user": self.user,
            "postgres_version": self.postgres_version,
            "disk_size": optional(self.disk_size),
            "availability": self.availability,
            "authorized_networks": optional(self.authorized_networks),
            "open_to_the_internet": self.open_to_the_internet,
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

    def create(self, name: str, context: StackContext) -> "CloudSqlPostgres":
        """Creates and returns the instance with the database."""
        from edge_postgres.origins.cloud_sql.component import CloudSqlPostgres

        return CloudSqlPostgres(name, self.args(context), self.options())

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
