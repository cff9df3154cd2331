"""The location where a Worker runs: near the client, or near its database."""

from typing import TYPE_CHECKING, NotRequired, TypedDict

from edge_postgres.core.args import validated_args
from edge_postgres.core.errors import ValidationError

if TYPE_CHECKING:
    from pulumi_cloudflare import WorkersScriptPlacementArgsDict


class PlacementArgs(TypedDict):
    """Location of a Worker near its database. Only `mode` can be set today.

    A Worker near the database answers faster if a request needs several queries in a row. Source:
    https://developers.cloudflare.com/workers/configuration/placement/, read on 2026-11-21.
    """

    mode: NotRequired[str]
    """`smart`: Cloudflare chooses the location from the traffic, within 15 minutes."""
    region: NotRequired[str]
    """Region of a cloud vendor. Rejected, because Cloudflare's provider rejects it."""
    host: NotRequired[str]
    """Host name and port. Rejected, because Cloudflare's provider rejects it."""
    hostname: NotRequired[str]
    """Host name. Rejected, because Cloudflare's provider rejects it."""


# https://github.com/cloudflare/terraform-provider-cloudflare/issues/6785, read 2026-11-30
PLACES = ("region", "host", "hostname")
"""The arguments that name a place. Cloudflare's provider accepts them for versions, not for scripts."""


def render_placement(args: PlacementArgs, *, subject: str) -> "WorkersScriptPlacementArgsDict":
    """Returns the placement as the API accepts it.

    Raises:
        ValidationError: An argument is set that Cloudflare's provider rejects, or the mode is not `smart`.
    """
    given = dict(validated_args(args, PlacementArgs, subject=subject))
    for key in PLACES:
        if key in given:
            problem = "cannot be set, because it is read-only in Cloudflare's provider"
            raise ValidationError(f"{subject}.{key}", problem, "Remove it, and use `mode: smart`.")
    if "mode" not in given:
        raise ValidationError(f"{subject}.mode", "is required", "Set `smart`.")
    if given["mode"] != "smart":
        raise ValidationError(f"{subject}.mode", f"must be `smart`, got {given['mode']}", "Set `smart`.")
    return {"mode": "smart"}
