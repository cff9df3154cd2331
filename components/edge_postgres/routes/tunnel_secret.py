"""The secret of a tunnel, from which Cloudflare derives the tunnel's token.

Source: https://developers.cloudflare.com/tunnel/reference/tunnel-tokens/, read on 2026-11-30.
"""

import base64

import pulumi
import pulumi_random as random

from edge_postgres.core.children import Children
from edge_postgres.routes.token_rotation import FIRST_VERSION, validate_token_version

_CHARACTERS = 43
"""Letters and digits with 256 bits of entropy, the size that Cloudflare requires for the secret of a tunnel."""


def create_tunnel_secret(
    name: str, version: float | None, children: Children, *, subject: str
) -> pulumi.Output[str] | None:
    """Creates the secret of a tunnel, a new one for each version. Returns None for the secret that Cloudflare chooses.

    Args:
        name: First part of the name in Pulumi.
        version: Version of the tunnel's token; None for 1, the version with Cloudflare's secret.
        children: Options of the resource.
        subject: Path of the version.

    Raises:
        ValidationError: The version is invalid.
    """
    number = validate_token_version(FIRST_VERSION if version is None else version, subject=subject)
    if number == FIRST_VERSION:
        return None
    password = random.RandomPassword(
        f"{name}-tunnel-secret",
        length=_CHARACTERS,
        special=False,
        keepers={"version": str(number)},
        opts=children.options("tunnel_secret"),
    )
    return pulumi.Output.secret(password.result.apply(lambda known: base64.b64encode(known.encode()).decode()))
