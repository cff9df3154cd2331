"""Rules of the time ranges in which AWS maintains a database and creates its backups.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html, read on 2026-11-30.
"""

import re

from edge_postgres.core.errors import ValidationError
from edge_postgres.origins.rds.limits import RDS_WINDOW_FLOOR

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = r"([01][0-9]|2[0-3]):([0-5][0-9])"
_DAILY = re.compile(f"{_TIME}-{_TIME}")
_WEEKLY = re.compile(f"({'|'.join(_DAYS)}):{_TIME}-({'|'.join(_DAYS)}):{_TIME}")
_DAY = 24 * 60
_WEEK = 7 * _DAY


def validate_backup_window(window: str, *, subject: str) -> str:
    """Returns the daily time range of the automatic backup unchanged.

    Raises:
        ValidationError: The value is no daily time range such as `02:00-02:30`, or the range is shorter than 30
            minutes.
    """
    _backup_range(window, subject=subject)
    return window


def validate_maintenance_window(window: str, backup: str | None, *, subject: str) -> str:
    """Returns the weekly time range of maintenance unchanged.

    Args:
        window: The time range, such as `sun:03:00-sun:03:30`.
        backup: The daily time range of the automatic backup, which is already validated. None if AWS chooses it.
        subject: Path of the time range.

    Raises:
        ValidationError: The value is no weekly time range in lower case, the range is shorter than 30 minutes or longer
            than a day, or it overlaps with the backup.
    """
    found = _WEEKLY.fullmatch(window)
    if not found:
        raise ValidationError(
            subject,
            f"must be a weekly time range in UTC and in lower case, got {window}",
            "Set a range of this form: `sun:03:00-sun:03:30`.",
        )
    first, last = ((_DAYS.index(found[at]) * 24 + int(found[at + 1])) * 60 + int(found[at + 2]) for at in (1, 4))
    length = (last - first) % _WEEK
    _reject_length(length, subject=subject)
    if backup is not None:
        start, minutes = _backup_range(backup, subject=subject)
        # Both ranges repeat each day, except that the maintenance has only one day.
        if (start - first) % _DAY < length or (first - start) % _DAY < minutes:
            raise ValidationError(
                subject, f"overlaps with the backup at {backup}, got {window}", "Set two ranges that do not overlap."
            )
    return window


def _backup_range(window: str, *, subject: str) -> tuple[int, int]:
    """Returns the start of the daily range in minutes after midnight, and its length in minutes."""
    found = _DAILY.fullmatch(window)
    if not found:
        raise ValidationError(
            subject, f"must be a daily time range in UTC, got {window}", "Set a range of this form: `02:00-02:30`."
        )
    first, last = (int(found[at]) * 60 + int(found[at + 1]) for at in (1, 3))
    _reject_length((last - first) % _DAY, subject=subject)
    return first, (last - first) % _DAY


def _reject_length(minutes: int, *, subject: str) -> None:
    if not RDS_WINDOW_FLOOR <= minutes <= _DAY:
        problem = f"must have a length from {RDS_WINDOW_FLOOR} minutes to 24 hours, got {minutes} minutes"
        raise ValidationError(subject, problem, "Set a later end.")
