"""Rules of the backups of a Cloud SQL instance, and of the data that a new instance gets."""

import re

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int_within
from edge_postgres.core.times import is_utc_time
from edge_postgres.origins.cloud_sql.limits import (
    CLOUD_SQL_BACKUPS_CEILING,
    CLOUD_SQL_FINAL_BACKUP_DAYS_CEILING,
    CLOUD_SQL_LOG_DAYS_CEILING,
)
from edge_postgres.origins.cloud_sql.tiers import edition_of

RETAINED_BACKUPS = 7
LOG_DAYS = 7
"""Default number of days to which an instance can be restored at any point in time."""
FINAL_BACKUP_DAYS = 30
"""Default number of days that Google keeps the backup before a deletion."""


def validate_log_days(days: float | None, tier: str, *, subject: str) -> int:
    """Returns the number of days of transaction logs, by default 7.

    The number is always sent, because another edition does not accept the default of the previous one. Source:
    https://github.com/langfuse/langfuse-terraform-gcp/issues/8, read on 2026-11-30.

    Raises:
        ValidationError: The number is no integer, or is outside of the range of the tier's edition.
    """
    if days is None:
        return LOG_DAYS
    return to_int_within(days, 1, CLOUD_SQL_LOG_DAYS_CEILING[edition_of(tier)], "days for this tier", subject=subject)


def validate_retained_backups(backups: float | None, log_days: int, *, subject: str) -> int:
    """Returns the number of automatic backups that are kept, by default 7, or the days of transaction logs if more.

    Raises:
        ValidationError: The number is no integer or outside of the range of Google. Or it is below the number of days
            of transaction logs. Source: https://github.com/terraform-google-modules/terraform-google-sql-db/pull/785,
            read on 2026-11-30.
    """
    if backups is None:
        return max(RETAINED_BACKUPS, log_days)
    number = to_int_within(backups, 1, CLOUD_SQL_BACKUPS_CEILING, "backups", subject=subject)
    if number < log_days:
        raise ValidationError(
            subject,
            f"must be at least the number of days of transaction logs, which is {log_days}, got {number}",
            f"Set {log_days} or more, or keep the transaction logs for fewer days.",
        )
    return number


def validate_final_backup_days(days: float | None, *, kept: bool, subject: str) -> int | None:
    """Returns the number of days that Google keeps the final backup, by default 30. None without a final backup.

    Args:
        days: The number of days. None for the default.
        kept: Whether Google creates a final backup.
        subject: Path of the number.

    Raises:
        ValidationError: The number is no integer, is outside of the range of Google, or is set without a final backup.
    """
    if not kept and days is not None:
        problem = "requires `final_backup`"
        raise ValidationError(subject, problem, "Remove this setting, or set `final_backup` to true.")
    if days is None:
        return FINAL_BACKUP_DAYS if kept else None
    return to_int_within(days, 1, CLOUD_SQL_FINAL_BACKUP_DAYS_CEILING, "days", subject=subject)


def validate_backup_start(time: str, *, subject: str) -> str:
    """Returns the start of the daily backup unchanged. Raises `ValidationError` unless it is a time such as `02:00`."""
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", time):
        raise ValidationError(subject, f"must be a time in UTC, got {time}", "Set a time such as `02:00`.")
    return time


def validate_restore_time(time: str, *, subject: str) -> str:
    """Returns the point in time unchanged. Raises `ValidationError` unless it is a time in UTC."""
    if not is_utc_time(time):
        raise ValidationError(
            subject, f"must be a time in UTC, got {time}", "Set a time of this form: `2026-11-30T09:45:00Z`."
        )
    return time


def reject_two_restores(backup: bool, *, time: bool, source: bool, subject: str) -> None:
    """Raises `ValidationError` if a restore has a backup and a time, one of both without a source, or only a source."""
    if backup and time:
        raise ValidationError(
            f"{subject}.restore_time".removeprefix("."),
            "cannot be combined with a backup, because an instance gets its data from one of them",
            "Remove the time or the backup.",
        )
    if source != (backup or time):
        raise ValidationError(
            f"{subject}.restore_source".removeprefix("."),
            "must be set together with a point in time or with a backup",
            "Set the name of the source instance, and either a time or the ID of a backup.",
        )
