"""Where a Worker runs: near whoever asks, or near what it asks itself."""

import re
from typing import Any, NotRequired, TypedDict

from edge_postgres.core.args import validated_args
from edge_postgres.core.errors import ValidationError


class PlacementArgs(TypedDict):
    """One of four ways to have the script run near its database; it pays for several queries in a row.

    https://developers.cloudflare.com/workers/configuration/placement/, read 2026-11-21.
    """

    mode: NotRequired[str]
    """`smart`: Cloudflare finds the place out from the traffic, within 15 minutes."""
    region: NotRequired[str]
    """A region of a cloud: `aws:us-east-1`, `gcp:us-east4`, `azure:westeurope`."""
    host: NotRequired[str]
    """A host name and a port that Cloudflare looks for over TCP, from public addresses: `db.example.com:5432`."""
    hostname: NotRequired[str]
    """A host name that Cloudflare looks for over HTTP."""


_WAYS = ("mode", "region", "host", "hostname")
_NAME = r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}"
_FORMS = {
    "mode": (r"smart", "Use `smart`, or one of `region`, `host`, `hostname`."),
    "region": (r"(aws|gcp|azure):[a-z0-9-]+", "Write cloud and region: `aws:us-east-1`, `gcp:…` or `azure:…`."),
    "host": (rf"{_NAME}:\d{{1,5}}", "Write host name and port: `db.example.com:5432`."),
    "hostname": (_NAME, "Write the host name alone: `api.example.com`."),
}


def render_placement(args: PlacementArgs, *, subject: str) -> Any:
    """The placement as the API takes it.

    Raises ``ValidationError`` where it is none of the four, or more than one of them.
    """
    found = dict(validated_args(args, PlacementArgs, subject=subject))
    given = [way for way in _WAYS if way in found]
    if len(given) != 1:
        said = " and ".join(f"`{way}`" for way in given) or "nothing"
        raise ValidationError(subject, f"states {said}", "State one of `mode`, `region`, `host` and `hostname`.")
    (way,) = given
    value, (form, way_out) = found[way], _FORMS[way]
    if not isinstance(value, str) or not re.fullmatch(form, value, re.IGNORECASE):
        raise ValidationError(f"{subject}.{way}", f"is {value}", way_out)
    return {"mode": value} if way == "mode" else {"mode": "targeted", way: value}
