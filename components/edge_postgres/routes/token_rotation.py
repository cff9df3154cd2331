"""Rotation of the two tokens of a network route: the token of the tunnel, and the service token of Access.

Sources, read on 2026-11-30: https://developers.cloudflare.com/tunnel/reference/tunnel-tokens/ and
https://developers.cloudflare.com/cloudflare-one/access-controls/service-credentials/service-tokens/
"""

from datetime import datetime
from typing import NotRequired, TypedDict

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int

FIRST_VERSION = 1
"""Version of a token that was never rotated."""


class ServiceTokenRotation(TypedDict):
    """Arguments of a service token that has been rotated. Empty for a token that was never rotated."""

    client_secret_version: NotRequired[int]
    previous_client_secret_expires_at: NotRequired[str]


def validate_token_version(version: float, *, subject: str) -> int:
    """Returns the version of a token. Raises `ValidationError` unless it is an integer of at least 1."""
    number = to_int(version, subject=subject)
    if number < FIRST_VERSION:
        raise ValidationError(subject, f"must be at least {FIRST_VERSION}, got {number}", "Raise the number to rotate.")
    return number


def reject_version_of_existing_tunnel(version: float | None, *, has_tunnel_id: bool, subject: str) -> None:
    """Raises `ValidationError` for the version of an existing tunnel's token, which the route does not change."""
    if version is not None and has_tunnel_id:
        raise ValidationError(
            f"{subject}.tunnel_token_version",
            "cannot be combined with `tunnel_id`, because the route does not change an existing tunnel",
            "Omit the version, and rotate the token where the tunnel is managed.",
        )


def validate_expiry(expires_at: str, *, subject: str) -> str:
    """Returns a time unchanged. Raises `ValidationError` unless it is in RFC 3339 format with a time zone."""
    try:
        if datetime.fromisoformat(expires_at).tzinfo is not None and "T" in expires_at:
            return expires_at
    except ValueError:
        pass
    raise ValidationError(
        subject,
        f"must be a time in RFC 3339 format with a time zone, got {expires_at}",
        "Set a time such as `2026-12-01T12:00:00Z`.",
    )


def validate_service_token_rotation(
    version: float | None, expires_at: str | None, *, subject: str
) -> ServiceTokenRotation:
    """Returns the arguments of the service token.

    Args:
        version: Version of the client secret; None for 1.
        expires_at: Time at which the previous client secret becomes invalid.
        subject: Path of the route.

    Raises:
        ValidationError: The version or the time is invalid, or only one of them is set.
    """
    number = validate_token_version(
        FIRST_VERSION if version is None else version, subject=f"{subject}.service_token_version"
    )
    if number == FIRST_VERSION:
        if expires_at is not None:
            raise ValidationError(
                f"{subject}.previous_service_token_expires_at",
                "requires `service_token_version` of at least 2, because the first token has no previous secret",
                "Raise `service_token_version`, or omit the time.",
            )
        return {}
    if expires_at is None:
        raise ValidationError(
            f"{subject}.previous_service_token_expires_at",
            "is required with `service_token_version`",
            "Set a time after the deployment, so that Hyperdrive can connect until it has the new secret.",
        )
    expiry = validate_expiry(expires_at, subject=f"{subject}.previous_service_token_expires_at")
    return {"client_secret_version": number, "previous_client_secret_expires_at": expiry}
