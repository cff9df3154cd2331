"""The data that a new Cloud SQL instance gets: that of another instance at a point in time, or that of a backup."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

from edge_postgres.core.inputs import apply_input, apply_inputs, reject_none
from edge_postgres.core.numbers import to_int
from edge_postgres.origins.cloud_sql.backups import reject_two_restores, validate_restore_time

if TYPE_CHECKING:
    from pulumi_gcp.sql import DatabaseInstanceCloneArgsDict, DatabaseInstanceRestoreBackupContextArgsDict

    from edge_postgres.origins.cloud_sql.arguments import CloudSqlPostgresArgs


@dataclass(frozen=True)
class Restore:
    """Arguments of a new instance. Both are None for an empty instance."""

    clone: "pulumi.Input[DatabaseInstanceCloneArgsDict] | None"
    """The instance and the time whose data the new instance gets."""
    backup: "pulumi.Input[DatabaseInstanceRestoreBackupContextArgsDict] | None"
    """The backup whose data the new instance gets."""

    @property
    def is_requested(self) -> bool:
        """Whether the new instance gets data, and with it a database."""
        return self.clone is not None or self.backup is not None


def render_restore(args: "CloudSqlPostgresArgs", *, subject: str) -> Restore:
    """Returns the arguments of a new instance that gets data.

    Raises:
        ValidationError: The arguments contradict each other, or one of them is invalid.
    """
    source = reject_none(args.get("restore_source"), subject=f"{subject}.restore_source")
    time = reject_none(args.get("restore_time"), subject=f"{subject}.restore_time")
    backup = reject_none(args.get("restore_backup_id"), subject=f"{subject}.restore_backup_id")
    reject_two_restores(backup is not None, time=time is not None, source=source is not None, subject=subject)
    if source is None:
        return Restore(None, None)
    if time is not None:
        at = apply_input(time, lambda known: validate_restore_time(known, subject=f"{subject}.restore_time"))
        return Restore(apply_inputs((source, at), _clone), None)
    assert backup is not None
    number = apply_input(backup, lambda known: to_int(known, subject=f"{subject}.restore_backup_id"))
    return Restore(None, apply_inputs((source, number), _backup))


def _clone(source: str, time: str) -> "DatabaseInstanceCloneArgsDict":
    return {"source_instance_name": source, "point_in_time": time}


def _backup(source: str, number: int) -> "DatabaseInstanceRestoreBackupContextArgsDict":
    return {"instance_id": source, "backup_run_id": number}
