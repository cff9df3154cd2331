"""What both private routes share: the tunnel, and the origin that they lead to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_cloudflare as cloudflare

# By its module: the package looks for functions last, and loads all of itself on the way.
from pulumi_cloudflare.get_zero_trust_tunnel_cloudflared_token import get_zero_trust_tunnel_cloudflared_token_output

from edge_postgres.core.args import validated_args
from edge_postgres.core.inputs import apply_inputs
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.routes.rules import reject_no_host, reject_other_route, validate_private

_KEPT = ("max_connections", "reserved_connections", "password_rotates")


@dataclass(frozen=True)
class Tunnel:
    """A remotely managed tunnel: its connectors know its token and nothing else."""

    id: pulumi.Output[str]
    token: pulumi.Output[str]
    """What a connector runs with, a secret."""


def create_tunnel(
    name: str, account_id: pulumi.Input[str], tunnel_name: pulumi.Input[str], options: pulumi.ResourceOptions
) -> Tunnel:
    """A tunnel, and the token of its connectors."""
    tunnel = cloudflare.ZeroTrustTunnelCloudflared(
        f"{name}-tunnel",
        account_id=account_id,
        name=tunnel_name,
        # Stated, because the provider's default is `local`, and a later change replaces the tunnel.
        config_src="cloudflare",
        opts=options,
    )
    found = get_zero_trust_tunnel_cloudflared_token_output(
        account_id=account_id, tunnel_id=tunnel.id, opts=pulumi.InvokeOutputOptions(parent=options.parent)
    )
    return Tunnel(tunnel.id, pulumi.Output.secret(found.token))


def validate_origin(origin: PostgresOrigin, *, subject: str) -> PostgresOrigin:
    """Returns the origin of a route's arguments. Raises `ValidationError` for one with a route or without a host."""
    origin = validated_args(origin, PostgresOrigin, subject=subject)
    reject_other_route(origin, subject=subject)
    reject_no_host(origin, subject=subject)
    return origin


def address_of(name: str, origin: PostgresOrigin) -> Any:
    """Host and port that the connector dials, checked at once or as soon as they are known."""
    address: dict[str, Any] = {part: origin.get(part) for part in ("host", "port", "endpoint", "reach")}
    return apply_inputs(address, lambda known: validate_private(subject=f"{name}.origin", **known))


def unsecret(value: Any) -> Any:
    """A value for a rule that shows nothing of it: what the rule makes is no secret because of it."""
    return pulumi.Output.unsecret(value) if isinstance(value, pulumi.Output) else value


def passthrough_fields(origin: PostgresOrigin, *others: str) -> Mapping[str, Any]:
    """The leaves of an origin that a route does not touch."""
    leaves = ("database", "user", *_KEPT, *others)
    return {leaf: value for leaf, value in origin.items() if leaf in leaves}
