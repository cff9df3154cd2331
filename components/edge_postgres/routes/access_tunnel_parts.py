"""Parts of an access tunnel: the ingress rules of the tunnel, and the Access application with its policy."""

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.inputs import apply_input
from edge_postgres.routes.rules import PrivateAddress, render_ingress_target
from edge_postgres.routes.tunnel import Tunnel

UNDECLARED_OF_INGRESS = dict.fromkeys(
    (
        "config.originRequest",
        "config.ingresses[*].originRequest",
        "config.ingresses[*].path",
        "config.ingresses[1].hostname",
    )
)
"""Attributes that the ingress never sets, but for which the API can answer a value."""
UNDECLARED_OF_POLICY = dict.fromkeys(
    (
        *("approvalGroups", "approvalRequired", "isolationRequired"),
        *("purposeJustificationPrompt", "purposeJustificationRequired"),
    )
)
UNDECLARED_OF_APPLICATION = dict.fromkeys(
    (
        *("allowAuthenticateViaWarp", "allowIframe", "pathCookieAttribute", "serviceAuth401Redirect"),
        *("customDenyMessage", "customDenyUrl", "customNonIdentityDenyUrl", "logoUrl"),
        *("sameSiteCookieAttribute", "skipInterstitial"),
    )
)


def create_ingress(
    name: str,
    account_id: pulumi.Input[str],
    tunnel: Tunnel,
    hostname: pulumi.Input[str],
    address: pulumi.Input[PrivateAddress],
    options: pulumi.ResourceOptions,
) -> cloudflare.ZeroTrustTunnelCloudflaredConfig:
    """Creates the configuration that routes the host name to the database and every other host name to a 404."""
    service = apply_input(address, lambda known: render_ingress_target(known["host"], known["port"]))
    return cloudflare.ZeroTrustTunnelCloudflaredConfig(
        f"{name}-ingress",
        account_id=account_id,
        tunnel_id=tunnel.resource.id,
        config={"ingresses": [{"hostname": hostname, "service": service}, {"service": "http_status:404"}]},
        opts=options,
    )


def create_policy(
    name: str,
    account_id: pulumi.Input[str],
    route_name: pulumi.Input[str],
    token: cloudflare.ZeroTrustAccessServiceToken,
    options: pulumi.ResourceOptions,
) -> cloudflare.ZeroTrustAccessPolicy:
    """Creates the Access policy that accepts only the service token."""
    return cloudflare.ZeroTrustAccessPolicy(
        f"{name}-access-policy",
        account_id=account_id,
        name=route_name,
        decision="non_identity",
        includes=[{"service_token": {"token_id": token.id}}],
        opts=options,
    )


def create_application(
    name: str,
    account_id: pulumi.Input[str],
    route_name: pulumi.Input[str],
    hostname: pulumi.Input[str],
    policy: cloudflare.ZeroTrustAccessPolicy,
    options: pulumi.ResourceOptions,
) -> cloudflare.ZeroTrustAccessApplication:
    """Creates the Access application of the host name.

    Source: https://developers.cloudflare.com/hyperdrive/configuration/connect-to-private-database/, read on 2026-11-21.
    """
    return cloudflare.ZeroTrustAccessApplication(
        f"{name}-access-application",
        account_id=account_id,
        name=route_name,
        type="self_hosted",
        destinations=[{"type": "public", "uri": hostname}],
        policies=[{"id": policy.id, "precedence": 1}],
        # Only Hyperdrive authenticates here, and it does so for each connection.
        session_duration="0s",
        app_launcher_visible=False,
        allowed_idps=[],
        opts=options,
    )
