"""Lists, page by page."""

from collections.abc import Sequence

from starlette.requests import Request

from localcloud.emulation.store import Record
from localcloud.neon.errors import ApiError


def page(
    records: Sequence[Record], request: Request, *, size: int | None, most: int
) -> tuple[list[Record], str | None]:
    """The records after `cursor`, as many as `limit` allows, and the cursor of the last one where there is one.

    A cursor is an id, which clients must not know. ``size`` is that of a page where no limit is stated; None: all.
    """
    after = request.query_params.get("cursor")
    if after:
        ids = [each["id"] for each in records]
        if after not in ids:
            raise ApiError(400, "`cursor` is none that this list gave")
        records = records[ids.index(after) + 1 :]
    shown = list(records[: _limit(request, size, most)])
    return shown, shown[-1]["id"] if shown else None


def searched(records: Sequence[Record], request: Request) -> list[Record]:
    """Those whose name or id has `search` in it."""
    wanted = request.query_params.get("search", "").lower()
    return [each for each in records if wanted in each["name"].lower() or wanted in each["id"]]


def _limit(request: Request, size: int | None, most: int) -> int | None:
    text = request.query_params.get("limit")
    if text is None:
        return size
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise ApiError(400, f"`limit` is `{text}`; it is a whole number from 1 to {most}")
    return int(text)
