"""The location where a Worker runs: near the client, or near its database."""

import re
from typing import TYPE_CHECKING, NotRequired, TypedDict, cast

import pulumi

from edge_postgres.core.args import validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, require_value

if TYPE_CHECKING:
    from pulumi_cloudflare import WorkersScriptPlacementArgsDict, WorkerVersionPlacementArgsDict


class PlacementArgs(TypedDict):
    """Location of a Worker near its database: exactly one of the four arguments.

    A Worker near the database answers faster if a request needs several queries in a row. Source:
    https://developers.cloudflare.com/workers/configuration/placement/, read on 2026-11-21.
    """

    mode: NotRequired[str]
    """`smart`: Cloudflare chooses the location from the traffic, within 15 minutes."""
    region: NotRequired[pulumi.Input[str | None]]
    """Region of a cloud vendor, for example `aws:us-east-1`, `gcp:us-east4` or `azure:westeurope`. Only for
    `WorkerRollout`."""
    host: NotRequired[pulumi.Input[str | None]]
    """Host name and port, for example `db.example.com:5432`, that Cloudflare probes over TCP. The probes come from
    public addresses that are not Cloudflare's. Only for `WorkerRollout`."""
    hostname: NotRequired[pulumi.Input[str | None]]
    """Host name that Cloudflare probes over HTTP. Only for `WorkerRollout`."""


PLACES = ("region", "host", "hostname")
"""The arguments that name a place. Cloudflare's provider accepts them for versions, not for scripts
(https://github.com/cloudflare/terraform-provider-cloudflare/issues/6785, read 2026-11-30)."""

_NAME = r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}"
# The pattern of each argument, a description of its form, and the fix.
_FORMS = {
    "mode": (r"smart", "`smart`", "Set `smart`, or one of `region`, `host`, `hostname`."),
    "region": (r"(aws|gcp|azure):[a-z0-9-]+", "a cloud and a region", "Write both as in `aws:us-east-1`."),
    "host": (rf"{_NAME}:\d{{1,5}}", "a host name and a port", "Write both as in `db.example.com:5432`."),
    "hostname": (_NAME, "a host name alone", "Write the name without scheme, port and path."),
}


def render_script_placement(args: PlacementArgs, *, subject: str) -> "WorkersScriptPlacementArgsDict":
    """Returns the placement of a script, which can only have the mode `smart`.

    Raises:
        ValidationError: The placement names a place, or is invalid.
    """
    key, _ = validate_placement(args, subject=subject)
    if key in PLACES:
        raise ValidationError(
            f"{subject}.{key}",
            "cannot be set for a script, because it is read-only in Cloudflare's provider",
            "Use `WorkerRollout` instead of `Worker`, or set `mode: smart` instead.",
        )
    return {"mode": "smart"}


def render_version_placement(args: PlacementArgs, *, subject: str) -> "WorkerVersionPlacementArgsDict":
    """Returns the placement of a version in the form in which wrangler sends it.

    Raises:
        ValidationError: The placement is invalid.
    """
    key, value = validate_placement(args, subject=subject)
    placement = {"mode": value} if key == "mode" else {"mode": "targeted", key: value}
    return cast("WorkerVersionPlacementArgsDict", placement)


def validate_placement(args: PlacementArgs, *, subject: str) -> tuple[str, pulumi.Input[str]]:
    """Returns the name and the value of the argument that is set.

    Raises:
        ValidationError: None or several of the four arguments are set, or the value is invalid. For an Output, Pulumi
            raises the error as soon as the value is known.
    """
    found = cast("dict[str, pulumi.Input[str | None]]", validated_args(args, PlacementArgs, subject=subject))
    given = [key for key in _FORMS if key in found]
    if len(given) != 1:
        names = " and ".join(f"`{key}`" for key in given) or "none"
        raise ValidationError(
            subject,
            f"must have one of `mode`, `region`, `host` and `hostname`, got {names}",
            "Set exactly one of them.",
        )
    (key,) = given
    value = require_value(found[key], subject=f"{subject}.{key}")
    return key, apply_input(value, lambda known: _validate_form(key, known, subject=f"{subject}.{key}"))


def _validate_form(key: str, value: object, *, subject: str) -> str:
    form, description, fix = _FORMS[key]
    if not isinstance(value, str) or not re.fullmatch(form, value, re.IGNORECASE):
        raise ValidationError(subject, f"must be {description}, got {value}", fix)
    return value
