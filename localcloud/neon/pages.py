"""Pagination of lists."""

from collections.abc import Sequence

from starlette.requests import Request

from localcloud.emulation.store import Record
from localcloud.neon.errors import ApiError


def page(
    records: Sequence[Record], request: Request, *, size: int | None, max_size: int
) -> tuple[list[Record], str | None]:
    """Returns the records after `cursor`, at most `limit`, and the cursor of the last record, if there is one.

    Cursors are ids, on which clients must not rely. ``size`` is the default limit. None: all records.
    """
    after = request.query_params.get("cursor")
    if after:
        ids = [each["id"] for each in records]
        if after not in ids:
            raise ApiError(400, "`cursor` must be a cursor of this list")
        records = records[ids.index(after) + 1 :]
    shown = list(records[: _limit(request, size, max_size)])
    return shown, shown[-1]["id"] if shown else None


def search(records: Sequence[Record], request: Request) -> list[Record]:
    """Returns the records whose name or id contains `search`."""
    requested = request.query_params.get("search", "").lower()
    return [each for each in records if requested in each["name"].lower() or requested in each["id"]]


def _limit(request: Request, size: int | None, max_size: int) -> int | None:
    text = request.query_params.get("limit")
    if text is None:
        return size
    if not text.isdecimal() or not 1 <= int(text) <= max_size:
        raise ApiError(400, f"`limit` must be an integer from 1 to {max_size}, got `{text}`")
    return int(text)
