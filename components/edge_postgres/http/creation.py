"""Making one thing once, through an API that may lose its answers, and waiting for what it makes."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from edge_postgres.http.errors import AlreadyThere, ApiError, LostAnswer

T = TypeVar("T")

LEFTOVER = timedelta(hours=1)
"""Something of the wanted name that is younger than this was left by a create that was cut short, and is taken up.

What is older may be somebody's production database, which a later `destroy` of ours would drop: it is refused.
"""
ATTEMPTS = 4
POLL_SECONDS = 1.0


def made_once(
    what: str, find: Callable[[], T | None], make: Callable[[], T], *, created_at: Callable[[T], str], way_out: str
) -> T:
    """What ``make`` makes, or what an earlier attempt made already.

    ``find`` looks for it by its name. ``created_at`` gives the vendor's RFC 3339 time. Raises ``AlreadyThere`` (with
    ``what`` and ``way_out`` in its sentence) for something older, and ``LostAnswer`` where no attempt got through.
    """
    found = find()
    if found is not None:
        if datetime.now(UTC) - _time(created_at(found)) > LEFTOVER:
            raise AlreadyThere(f"{what} is there already, and this stack did not make it. {way_out}")
        return found
    for attempt in range(ATTEMPTS):
        try:
            return make()
        except LostAnswer:
            if (found := find()) is not None:
                return found
            if attempt == ATTEMPTS - 1:
                raise
            time.sleep(POLL_SECONDS * attempt)
    raise AssertionError("unreachable")


def waited(
    look: Callable[[], T | None], what: str, deadline_seconds: float, *, pause: Callable[[float], None] = time.sleep
) -> T:
    """What ``look`` gives as soon as it gives something. Raises ``ApiError`` at the deadline."""
    end = time.monotonic() + deadline_seconds
    wait = POLL_SECONDS / 4
    while True:
        found = look()
        if found is not None:
            return found
        if time.monotonic() + wait > end:
            raise ApiError(f"{what} took longer than {deadline_seconds:g} s. It may still end well: try again later.")
        pause(wait)
        wait = min(wait * 1.5, POLL_SECONDS * 5)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
