"""Parts of both routes: the tunnel, the checks of the origin, and the fields that a route does not change."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_cloudflare as cloudflare

# Imported from its module, because the lazily loaded package would load all of its modules to find this name, which is
# not the name of a module.
from pulumi_cloudflare.get_zero_trust_tunnel_cloudflared_token import get_zero_trust_tunnel_cloudflared_token_output

from edge_postgres.core.children import Children
from edge_postgres.core.inputs import apply_fields, apply_input, apply_inputs
from edge_postgres.origin.contract import ROUTES, PostgresOrigin
from edge_postgres.routes.connectors import validate_created_token
from edge_postgres.routes.rules import PrivateAddress, reject_no_host, reject_other_route, validate_private
from edge_postgres.routes.tunnel_secret import create_tunnel_secret

_COMPONENTS = ("edge-postgres:index:AccessTunnelRoute", "edge-postgres:index:VpcServiceRoute")
"""The components that create a tunnel."""
_UNCHANGED = ("database", "user", "max_connections", "reserved_connections", "password_rotates")
"""Fields that every route copies from the origin of the database."""


@dataclass(frozen=True)
class Tunnel:
    """A remotely managed tunnel. Its connectors need only its token."""

    resource: cloudflare.ZeroTrustTunnelCloudflared
    token: pulumi.Output[str]
    """Token with which a connector authenticates, a secret."""


def create_tunnel(
    name: str,
    account_id: pulumi.Input[str],
    tunnel_name: pulumi.Input[str],
    token_version: float | None,
    children: Children,
) -> Tunnel:
    """Creates a remotely managed tunnel and looks up the token for its connectors.

    The tunnel has the aliases of both kinds of routes, so that a database keeps its tunnel and its connectors if its
    route becomes one of the other kind.

    Args:
        name: First part of the names in Pulumi.
        account_id: Cloudflare account that owns the tunnel.
        tunnel_name: Name of the tunnel at Cloudflare.
        token_version: Version of the token; None for 1.
        children: Options of the resources.

    Raises:
        ValidationError: The version is invalid. Or the provider returned no token, as mocks without an answer do.
            Pulumi raises the second error during the deployment.
    """
    own_type = children.component.pulumi_resource_type
    secret = create_tunnel_secret(name, token_version, children, subject=f"{children.subject}.tunnel_token_version")
    other_kind = [children.alias_below(type_) for type_ in _COMPONENTS if type_ != own_type]
    tunnel = cloudflare.ZeroTrustTunnelCloudflared(
        f"{name}-tunnel",
        account_id=account_id,
        name=tunnel_name,
        # Set explicitly, because the provider's default is `local`.
        config_src="cloudflare",
        tunnel_secret=secret,
        # A read does not return the source of the configuration. Without this option, the first update after an import
        # would replace the tunnel and disconnect its connectors (terraform-provider-cloudflare#5488).
        opts=children.options("tunnel", pulumi.ResourceOptions(aliases=other_kind, ignore_changes=["configSrc"])),
    )
    found = get_zero_trust_tunnel_cloudflared_token_output(
        account_id=account_id, tunnel_id=tunnel.id, opts=pulumi.InvokeOutputOptions(parent=children.component)
    )
    token = apply_input(
        found.token, lambda known: validate_created_token(known, subject=f"{children.subject}.tunnel_token")
    )
    return Tunnel(tunnel, pulumi.Output.secret(token))


def render_address(origin: PostgresOrigin, *, subject: str) -> pulumi.Input[PrivateAddress]:
    """Returns the host and port to which the connector connects.

    Raises:
        ValidationError: The origin has a route, no host, or `reach: public`, or its endpoint is pooled.
    """

    def validate(host: str | None, port: float | None, endpoint: str | None, reach: str | None) -> PrivateAddress:
        return validate_private(host, port=port, endpoint=endpoint, reach=reach, subject=subject)

    def render(known: PostgresOrigin) -> pulumi.Input[PrivateAddress]:
        reject_other_route(known, subject=subject)
        reject_no_host(known, subject=subject)
        return apply_inputs((known["host"], known.get("port"), known.get("endpoint"), known.get("reach")), validate)

    return apply_fields(origin, ROUTES, render)


def passthrough_fields(origin: PostgresOrigin, *others: str) -> Mapping[str, object]:
    """Returns the fields that a route copies from the origin of the database, with their values.

    Every route copies the fields in `_UNCHANGED`. `others` are the names of the fields that only this route copies.
    """
    return {field: value for field, value in origin.items() if field in (*_UNCHANGED, *others)}
