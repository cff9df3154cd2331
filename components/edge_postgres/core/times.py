"""Points in time in arguments and settings."""

import re
from datetime import datetime

_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)
"""Time in RFC 3339 format, in UTC."""


def is_utc_time(time: str) -> bool:
    """Returns whether a string is an existing point in time in UTC, such as `2026-11-30T09:45:00Z`."""
    if not _FORM.fullmatch(time):
        return False
    try:
        datetime.fromisoformat(time)
    except ValueError:
        return False
    return True
