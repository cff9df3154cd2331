"""The location where a Worker runs: near the client, or near its database."""

import re
from typing import TYPE_CHECKING, NotRequired, TypedDict

from edge_postgres.core.args import validated_args
from edge_postgres.core.errors import ValidationError

if TYPE_CHECKING:
    from pulumi_cloudflare import WorkersScriptPlacementArgsDict


class PlacementArgs(TypedDict):
    """Location of a Worker near its database: exactly one of the four arguments.

    A Worker near the database answers faster if a request needs several queries in a row. Source:
    https://developers.cloudflare.com/workers/configuration/placement/, read on 2026-11-21.
    """

    mode: NotRequired[str]
    """`smart`: Cloudflare chooses the location from the traffic, within 15 minutes."""
    region: NotRequired[str]
    """Region of a cloud vendor, for example `aws:us-east-1`, `gcp:us-east4` or `azure:westeurope`."""
    host: NotRequired[str]
    """Host name and port, for example `db.example.com:5432`, that Cloudflare probes over TCP from public addresses."""
    hostname: NotRequired[str]
    """Host name that Cloudflare probes over HTTP."""


_NAME = r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}"
# The pattern of each argument, a description of its form, and the fix.
_FORMS = {
    "mode": (r"smart", "`smart`", "Set `smart`, or one of `region`, `host`, `hostname`."),
    "region": (r"(aws|gcp|azure):[a-z0-9-]+", "a cloud and a region", "Write both as in `aws:us-east-1`."),
    "host": (rf"{_NAME}:\d{{1,5}}", "a host name and a port", "Write both as in `db.example.com:5432`."),
    "hostname": (_NAME, "a host name alone", "Write the name without scheme, port and path."),
}


def render_placement(args: PlacementArgs, *, subject: str) -> "WorkersScriptPlacementArgsDict":
    """Returns the placement as the API accepts it.

    Raises:
        ValidationError: None or several of the four arguments are set, or the value is invalid.
    """
    found = dict(validated_args(args, PlacementArgs, subject=subject))
    given = [key for key in _FORMS if key in found]
    if len(given) != 1:
        names = " and ".join(f"`{key}`" for key in given) or "none"
        raise ValidationError(
            subject,
            f"must have one of `mode`, `region`, `host` and `hostname`, got {names}",
            "Set exactly one of them.",
        )
    (key,) = given
    value, (form, description, fix) = found[key], _FORMS[key]
    if not isinstance(value, str) or not re.fullmatch(form, value, re.IGNORECASE):
        raise ValidationError(f"{subject}.{key}", f"must be {description}, got {value}", fix)
    match key:
        case "region":
            return {"mode": "targeted", "region": value}
        case "host":
            return {"mode": "targeted", "host": value}
        case "hostname":
            return {"mode": "targeted", "hostname": value}
        case _:
            return {"mode": value}
