"""What a gradual rollout takes and what it refuses. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from edge_postgres.core.errors import ValidationError

_USE_WORKER = "Use `Worker`, which deploys at once."

UNSUPPORTED: Mapping[str, tuple[str, str]] = {
    # https://developers.cloudflare.com/workers/configuration/versions-and-deployments/gradual-deployments/#migrations,
    # read 2026-11-21
    "migrations": (
        "cannot be in a version that is not deployed yet; Cloudflare refuses the upload",
        f"Migrate by itself, before the code that needs it. {_USE_WORKER}",
    ),
    # https://github.com/cloudflare/terraform-provider-cloudflare/issues/7206, 7273 and 7380, read 2026-11-21
    "placement": ("is lost by the provider, or replaces the version on every run", _USE_WORKER),
    # https://developers.cloudflare.com/workers/static-assets/routing/advanced/gradual-rollouts/, read 2026-11-21
    "assets": (
        "differ from version to version: a page of one asks the other for files that it does not have",
        f"{_USE_WORKER} Or serve the files from a Worker of their own.",
    ),
    "keep_bindings": ("has nothing to keep: a version states all its bindings", "State them."),
}
"""Arguments of `Worker` that no rollout has, and why."""


def reject_unsupported(given: Mapping[str, Any], *, subject: str) -> None:
    """Raises ``ValidationError`` for what only a script that is deployed at once can have."""
    for argument, (fault, way_out) in UNSUPPORTED.items():
        if given.get(argument) is not None:
            raise ValidationError(f"{subject}.{argument}", fault, way_out)


def validate_percentage(percentage: float, *, subject: str, has_previous: bool) -> float:
    """The part of the requests that goes to the new version.

    Raises ``ValidationError`` outside 0 to 100, and where the rest has nowhere to go.
    """
    if isinstance(percentage, bool) or not isinstance(percentage, int | float) or not 0 <= percentage <= 100:
        raise ValidationError(f"{subject}.percentage", f"is {percentage}", "Use a number from 0 to 100.")
    if percentage < 100 and not has_previous:
        raise ValidationError(
            f"{subject}.previous_version_id",
            f"is not given, and `percentage` is {percentage:g}; nobody answers the other requests",
            "Give the version that is deployed now, the output `version_id` of the run before.",
        )
    return percentage


def validate_previous_share(has_previous: bool, *, has_percentage: bool, subject: str) -> None:
    """Raises ``ValidationError`` for a version before this one without a word on how much of the traffic it keeps."""
    if has_previous and not has_percentage:
        raise ValidationError(
            f"{subject}.percentage",
            "is not given, and there is a previous version",
            "State how much of the traffic the new version gets; 100 where the previous one gets none.",
        )


def validate_version_id(version_id: str, *, subject: str) -> str:
    """The id of a version, a UUID."""
    if not isinstance(version_id, str) or not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", version_id):
        raise ValidationError(subject, f"is {version_id}, which is no id of a version", "Give the output `version_id`.")
    return version_id


def validate_previous_version(previous: str, *, current: str, subject: str) -> str:
    """The id of the other version."""
    if previous == current:
        raise ValidationError(
            subject,
            f"is {previous}, the version of this run: nothing in it changed",
            "Change the bundle, or leave `previous_version_id` and `percentage` out.",
        )
    return previous
