"""Rules for versions and gradual rollouts: unsupported arguments, percentages and version IDs."""

import re
from collections.abc import Mapping

from edge_postgres.core.errors import ValidationError

_VERSION_IN_PROGRAM = "the output `version_id` of the `WorkerRollout` after the previous update"
_VERSION_IN_STACK_FILE = "the Worker's entry in the stack output `versions` after the previous update"

SMALLEST_PERCENTAGE = 0.01
"""Source: `workers_deployment/schema.go` of the provider at v5.22.0, read on 2026-11-30."""


def reject_keep_bindings(given: object, *, subject: str) -> None:
    """Raises ``ValidationError`` for the argument `keep_bindings`, which only a script has."""
    if isinstance(given, Mapping) and given.get("keep_bindings") is not None:
        raise ValidationError(
            f"{subject}.keep_bindings",
            "cannot be set for versions, because a version declares all its bindings",
            "Declare the bindings instead.",
            stack_file_fix="Declare the bindings instead. Or remove `rollout`, `files` and the place in `placement`.",
        )


def reject_gradual_assets(percentage: float, *, subject: str) -> None:
    """Raises ``ValidationError`` for static files of a version that does not receive all requests.

    Source: https://developers.cloudflare.com/workers/static-assets/routing/advanced/gradual-rollouts/, read 2026-11-21.
    """
    if percentage < 100:
        raise ValidationError(
            f"{subject}.assets",
            f"cannot be combined with `percentage: {percentage:g}`, because a page of one version requests files that "
            "the other does not have",
            "Set `percentage: 100`, or serve the files from a separate Worker.",
        )


def validate_percentage(percentage: float, *, subject: str, has_previous: bool) -> float:
    """Returns the percentage of requests for the new version unchanged.

    Raises:
        ValidationError: The number is neither 0 nor from `SMALLEST_PERCENTAGE` to 100, leaves a smaller percentage for
            the previous version, or is below 100 without a previous version.
    """
    is_number = isinstance(percentage, int | float) and not isinstance(percentage, bool)
    if not is_number or not (percentage in (0, 100) or SMALLEST_PERCENTAGE <= percentage <= 100 - SMALLEST_PERCENTAGE):
        raise ValidationError(
            f"{subject}.percentage",
            f"must be 0, 100, or a number from {SMALLEST_PERCENTAGE} to {100 - SMALLEST_PERCENTAGE}, got {percentage}",
            "Set such a number.",
        )
    if percentage < 100 and not has_previous:
        raise ValidationError(
            f"{subject}.previous_version_id",
            f"is required with `percentage: {percentage:g}`, because no version would receive the other requests",
            f"Set the ID of the version that is deployed now: {_VERSION_IN_PROGRAM}.",
            stack_file_fix=f"Set the ID of the version that is deployed now: {_VERSION_IN_STACK_FILE}.",
        )
    return percentage


def reject_missing_percentage(has_previous: bool, *, has_percentage: bool, subject: str) -> None:
    """Raises ``ValidationError`` for a previous version without a percentage."""
    if has_previous and not has_percentage:
        raise ValidationError(
            f"{subject}.percentage",
            "is required with `previous_version_id`",
            "Set the percentage of requests that the new version receives, from 0 to 100.",
        )


def validate_version_id(version_id: str, *, subject: str) -> str:
    """Returns the ID of a version unchanged. Raises `ValidationError` for a value that is not a UUID."""
    if not isinstance(version_id, str) or not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", version_id):
        raise ValidationError(
            subject,
            f"must be the ID of a version, got {version_id}",
            f"Set {_VERSION_IN_PROGRAM}.",
            stack_file_fix=f"Set {_VERSION_IN_STACK_FILE}.",
        )
    return version_id


def validate_previous_version(previous: str, *, current: str, subject: str) -> str:
    """Returns the ID of the previous version unchanged. Raises `ValidationError` for the ID of the new version."""
    if previous == current:
        raise ValidationError(
            subject,
            f"must not be the version of this update, got {previous} (the Worker has no change)",
            "Change the bundle, or remove `previous_version_id` and `percentage`.",
            stack_file_fix="Change the bundle, or remove `rollout`.",
        )
    return previous
