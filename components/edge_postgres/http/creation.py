"""Creation of one object through an API whose responses can be lost, and polling for an asynchronous result."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from edge_postgres.http.errors import AlreadyExists, AmbiguousOutcome, ApiError

T = TypeVar("T")

ADOPTION_WINDOW = timedelta(hours=1)
"""Maximum age of an existing object with the requested name that is adopted as the result of an interrupted creation.

An older object is rejected. The object may be a production database, which a later `pulumi destroy` would drop.
"""
ATTEMPTS = 4
POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Creation(Generic[T]):
    """The result of `create_or_adopt`."""

    item: T
    """The object, as the API describes it."""
    existed: bool = False
    """True if the object existed before this process asked the API to create it."""
    is_response: bool = False
    """True if ``item`` is the response to the request that created the object. Else ``item`` was looked up, and the
    vendor may still be carrying out the creation."""


def create_or_adopt(
    subject: str, *, find: Callable[[], T | None], create: Callable[[], T], created_at: Callable[[T], str], fix: str
) -> Creation[T]:
    """Creates an object, or adopts the object that an earlier, interrupted attempt created.

    Args:
        subject: The name of the object in messages, such as `Neon's project shop`.
        find: Looks up the object by its name.
        create: Creates the object. It may raise `AmbiguousOutcome`.
        created_at: Returns the time of creation that the vendor reports, in RFC 3339.
        fix: The last sentence of the message for an older object with the same name.

    Raises:
        AlreadyExists: An object with this name is older than `ADOPTION_WINDOW`.
        AmbiguousOutcome: The outcome of each attempt was ambiguous, and the object does not exist.
    """
    found = find()
    if found is not None:
        reject_unknown_owner(created_at(found), fix=fix, subject=subject)
        return Creation(found, existed=True)
    for attempt in range(ATTEMPTS):
        try:
            return Creation(create(), is_response=True)
        except AmbiguousOutcome:
            if (found := find()) is not None:
                return Creation(found)
            if attempt == ATTEMPTS - 1:
                raise
            time.sleep(POLL_SECONDS * attempt)
    raise AssertionError("unreachable")


def reject_unknown_owner(created_at: str, *, fix: str, subject: str) -> None:
    """Raises `AlreadyExists` for an object that is too old to be the result of an interrupted creation."""
    if datetime.now(UTC) - datetime.fromisoformat(created_at) > ADOPTION_WINDOW:
        raise AlreadyExists(f"{subject} already exists, and this stack did not create it. {fix}")


def repeat_until_answered(request: Callable[[], T], *, sleep: Callable[[float], None] | None = None) -> T:
    """Sends an idempotent request, and sends it again while the outcome is ambiguous. Returns the result.

    Raises:
        AmbiguousOutcome: The outcome of each attempt was ambiguous.
    """
    for attempt in range(1, ATTEMPTS):
        try:
            return request()
        except AmbiguousOutcome:
            (sleep or time.sleep)(POLL_SECONDS * attempt)
    return request()


def poll_until(
    look: Callable[[], T | None], subject: str, deadline_seconds: float, *, sleep: Callable[[float], None] | None = None
) -> T:
    """Calls ``look`` until its result is not None, and returns the result.

    Raises:
        ApiError: The result is still None at the deadline.
    """
    end = time.monotonic() + deadline_seconds
    delay = POLL_SECONDS / 4
    while True:
        found = look()
        if found is not None:
            return found
        if time.monotonic() + delay > end:
            raise ApiError(f"{subject} took longer than {deadline_seconds:g} s. Run `pulumi up` again later.")
        (sleep or time.sleep)(delay)
        delay = min(delay * 1.5, POLL_SECONDS * 5)
