"""Types of the fields of a database on Google Cloud SQL, each with the rule of its value."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.rules import validate_length
from edge_postgres.origins.cloud_sql.backups import validate_backup_start, validate_restore_time
from edge_postgres.origins.cloud_sql.rules import (
    parse_maintenance_window,
    validate_instance_name,
    validate_key,
    validate_max_connections,
    validate_networks,
    validate_new_database,
    validate_private_network,
    validate_version,
)
from edge_postgres.origins.cloud_sql.tiers import validate_tier
from edge_postgres.stack.every_error import rule, validate_items
from edge_postgres.stack.model import Model, context_of


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


Tier = Annotated[str, AfterValidator(lambda tier: validate_tier(tier, subject=""))]
InstanceName = Annotated[str, AfterValidator(lambda name: validate_instance_name(name, subject=""))]
PostgresVersion = Annotated[str, BeforeValidator(_valid_version)]
Networks = Annotated[
    list[str], AfterValidator(lambda found: validate_items(lambda some: validate_networks(some, subject=""), found))
]
PrivateNetwork = Annotated[str, AfterValidator(lambda name: validate_private_network(name, subject=""))]
DatabaseName = Annotated[str, AfterValidator(_valid_database)]
UserName = Annotated[str, AfterValidator(lambda user: validate_length(user, "user name", subject=""))]
MaxConnections = Annotated[int, AfterValidator(lambda most: validate_max_connections(most, subject=""))]
BackupStart = Annotated[str, AfterValidator(lambda time: validate_backup_start(time, subject=""))]
MaintenanceWindow = Annotated[str, AfterValidator(_valid_window)]
EncryptionKey = Annotated[str, AfterValidator(lambda key: validate_key(key, subject=""))]
TrueUnlessTemporary = Annotated[bool | None, AfterValidator(_true_unless_local_or_preview)]
"""True by default, except in `local` and preview stacks."""
