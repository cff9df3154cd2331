"""`AccessTunnelRoute`: a network route to a private database, through a tunnel behind Cloudflare Access."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict, cast

import pulumi
import pulumi_cloudflare as cloudflare
import pulumi_random as random

from edge_postgres.core.args import read_fields, subject_of, validated_args
from edge_postgres.core.children import children_of
from edge_postgres.core.cloudflare_ids import render_account_id, validate_hex_id
from edge_postgres.core.inputs import apply_input, apply_inputs, or_default, unsecret
from edge_postgres.core.transforms import ChildClasses, Transform
from edge_postgres.origin.contract import READABLE, PostgresOrigin, with_dependencies
from edge_postgres.origin.names import default_name, logical_name
from edge_postgres.routes.access_tunnel_parts import (
    UNDECLARED_OF_APPLICATION,
    UNDECLARED_OF_INGRESS,
    UNDECLARED_OF_POLICY,
    create_application,
    create_ingress,
    create_policy,
)
from edge_postgres.routes.rules import (
    PrivateAddress,
    reject_own_host,
    validate_hostname,
    validate_tunnel_tls,
)
from edge_postgres.routes.token_rotation import validate_service_token_rotation
from edge_postgres.routes.tunnel import (
    create_tunnel,
    passthrough_fields,
    render_address,
)

_TLS = ("sslmode", "ca_certificate_id", "mtls_certificate_id")
"""Fields that `AccessTunnelRoute` copies from the origin, because Hyperdrive's TLS ends at the database."""


class AccessTunnelRouteArgs(TypedDict):
    """Arguments of AccessTunnelRoute."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the tunnel and the Access resources."""
    zone_id: pulumi.Input[str]
    """ID of the zone that contains `hostname`."""
    hostname: pulumi.Input[str]
    """Host name of the tunnel below the zone, such as `db.example.com`. No other DNS record may use this name."""
    origin: pulumi.Input[PostgresOrigin]
    """Origin of the private database. The connector connects to the `host` and `port` of this origin."""
    route_name: NotRequired[pulumi.Input[str | None]]
    """Name of all resources that the component creates at Cloudflare. Default: `<project>-<stack>-<name>`."""
    tunnel_token_version: NotRequired[float]
    """Version of the tunnel's token. A new number creates a new token, with which the connectors must be started again.
    Default: 1, the token that Cloudflare creates."""
    service_token_version: NotRequired[float]
    """Version of the service token's client secret. A higher number creates a new secret, and the Hyperdrive
    configuration is updated. Cloudflare accepts no lower number. Default: 1."""
    previous_service_token_expires_at: NotRequired[str]
    """Time at which the previous client secret becomes invalid, such as `2026-12-01T12:00:00Z`. Required if
    `service_token_version` is above 1. Default: none."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`tunnel`, `tunnel_secret`, `ingress`, `service_token`, `policy`, `application`, `dns_record`):
    arguments of the child that replace those of the component."""


CHILDREN: ChildClasses = {
    "tunnel": lambda: cloudflare.ZeroTrustTunnelCloudflared,
    "tunnel_secret": lambda: random.RandomPassword,
    "ingress": lambda: cloudflare.ZeroTrustTunnelCloudflaredConfig,
    "service_token": lambda: cloudflare.ZeroTrustAccessServiceToken,
    "policy": lambda: cloudflare.ZeroTrustAccessPolicy,
    "application": lambda: cloudflare.ZeroTrustAccessApplication,
    "dns_record": lambda: cloudflare.DnsRecord,
}


class AccessTunnelRoute(pulumi.ComponentResource):
    """A network route from Hyperdrive to a private database, through a tunnel behind Cloudflare Access.

    Creates a remotely managed tunnel, whose configuration routes the host name to the database and every other host
    name to a 404. Creates a service token that does not expire, an Access policy that accepts only this token, and an
    Access application for the host name. Creates a proxied CNAME record last, so that the host name never answers
    without Access.

    A connector, `cloudflared`, has to run in the database's network before Hyperdrive is created. Pass the route's
    ``origin`` and ``tunnel_token`` to an ``EcsConnector``, or run your own connector with ``tunnel_token``
    (`docs/private-databases.md`).

    Rejects unknown arguments, an origin with `reach: public`, a pooled endpoint, and an origin with a route or without
    a host. Rejects an invalid host name and the host name of the database itself. Rejects ``verify-full`` for a
    vendor whose certificates cannot contain the tunnel's host name.

    Example::

        route = AccessTunnelRoute("main", {
            "account_id": account_id,
            "zone_id": "023e105f4ecef8ad9ca31a8372d0c353",
            "hostname": "tunnel.example.com",
            "origin": existing.origin,
        })
        Hyperdrive("main", {
            "account_id": account_id,
            "origin": route.origin,
            "connection_limit": 20,
            "caching": {"disabled": True},
        })
    """

    host: pulumi.Output[str]
    """Host name of the tunnel."""
    access_client_id: pulumi.Output[str]
    """Client ID of the service token."""
    access_client_secret: pulumi.Output[str]
    """Client secret of the service token, a secret."""
    tunnel_id: pulumi.Output[str]
    """ID of the tunnel."""
    tunnel_token: pulumi.Output[str]
    """Token with which a connector authenticates, a secret."""
    database: pulumi.Output[str]
    """Name of the database."""
    user: pulumi.Output[str]
    """Postgres role with which Hyperdrive authenticates."""
    password: pulumi.Output[str]
    """Password of the role, a secret."""
    sslmode: pulumi.Output[str | None]
    """TLS mode of the origin; None if the origin does not set a mode."""
    max_connections: pulumi.Output[float | None]
    """Connections that the database accepts in all; None if unknown."""
    reserved_connections: pulumi.Output[float | None]
    """Connections that the database reserves for itself, a part of `max_connections`; None if unknown."""

    origin: PostgresOrigin
    """Origin with the address of this route, for `Hyperdrive`."""

    def __init__(self, name: str, args: AccessTunnelRouteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:AccessTunnelRoute", name, {}, opts)
        subject = subject_of(self)
        args = validated_args(args, AccessTunnelRouteArgs, subject=subject)
        account_id = render_account_id(args["account_id"], subject=subject)
        origin = read_fields(args["origin"], PostgresOrigin, readable=READABLE, subject=f"{subject}.origin")
        address = render_checked_address(origin, subject=f"{subject}.origin")
        zone_id = apply_input(
            args["zone_id"], lambda zone_id: validate_hex_id(zone_id, "zone ID", subject=f"{subject}.zone_id")
        )
        hostname = render_tunnel_hostname(args, origin, subject=f"{subject}.hostname")

        rotation = validate_service_token_rotation(
            args.get("service_token_version"), args.get("previous_service_token_expires_at"), subject=subject
        )

        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)
        route_name = or_default(args.get("route_name"), default_name(name))
        tunnel = create_tunnel(name, account_id, route_name, args.get("tunnel_token_version"), children)
        self.tunnel = tunnel.resource
        self.ingress = create_ingress(
            *(name, account_id, tunnel, hostname, address),
            children.options("ingress", undeclared=UNDECLARED_OF_INGRESS),
        )
        self.service_token = cloudflare.ZeroTrustAccessServiceToken(
            f"{name}-access-token",
            account_id=account_id,
            name=route_name,
            duration="forever",
            **rotation,
            opts=children.options("service_token"),
        )
        self.policy = create_policy(
            *(name, account_id, route_name, self.service_token),
            children.options("policy", undeclared=UNDECLARED_OF_POLICY),
        )
        self.application = create_application(
            *(name, account_id, route_name, hostname, self.policy),
            children.options("application", undeclared=UNDECLARED_OF_APPLICATION),
        )
        self.dns_record = cloudflare.DnsRecord(
            logical_name(args["hostname"], name),
            zone_id=zone_id,
            name=hostname,
            type="CNAME",
            content=pulumi.Output.concat(self.tunnel.id, ".cfargotunnel.com"),
            proxied=True,
            ttl=1,
            # Two records cannot have the same name (pulumi-cloudflare#687). The record depends on the application, so
            # that the host name never answers without Access. Pulumi creates the record after the application, and
            # deletes the record first.
            opts=children.options(
                "dns_record",
                pulumi.ResourceOptions(depends_on=[self.ingress, self.application], delete_before_replace=True),
            ),
        )

        self._ready: list[pulumi.Resource] = [self.ingress, self.service_token, self.application, self.dns_record]
        self.host = pulumi.Output.from_input(hostname)
        self.access_client_id = self.service_token.client_id
        self.access_client_secret = pulumi.Output.secret(self.service_token.client_secret)
        self.tunnel_id = self.tunnel.id
        self.tunnel_token = tunnel.token
        self.origin = self.route_origin(origin)
        self.database = pulumi.Output.from_input(origin["database"])
        self.user = pulumi.Output.from_input(origin["user"])
        self.password = pulumi.Output.from_input(self.origin["password"])
        self.sslmode = pulumi.Output.from_input(origin.get("sslmode"))
        self.max_connections = pulumi.Output.from_input(origin.get("max_connections"))
        self.reserved_connections = pulumi.Output.from_input(origin.get("reserved_connections"))
        self.register_outputs({"host": self.host})

    def route_origin(self, origin: PostgresOrigin) -> PostgresOrigin:
        """Returns the given origin with the address of this route.

        The origin must be of the same database, but can have another role.
        """
        password: pulumi.Output[str] = with_dependencies(pulumi.Output.secret(origin["password"]), self._ready)
        route = {
            "host": self.host,
            "password": password,
            "endpoint": "direct",
            "access_client_id": self.access_client_id,
            "access_client_secret": self.access_client_secret,
        }
        return cast(PostgresOrigin, {**passthrough_fields(origin, *_TLS), **route})


def render_checked_address(origin: PostgresOrigin, *, subject: str) -> pulumi.Input[PrivateAddress]:
    """Returns the address to which the connector connects.

    Raises:
        ValidationError: The address is invalid or pooled, `reach` is `public`, or TLS cannot succeed through a tunnel.
    """
    checked = apply_inputs(
        (origin.get("sslmode"), origin.get("host")),
        lambda mode, host: validate_tunnel_tls(mode, host, subject=f"{subject}.sslmode"),
    )
    return apply_inputs((render_address(origin, subject=subject), checked), lambda address, _: address)


def render_tunnel_hostname(args: AccessTunnelRouteArgs, origin: PostgresOrigin, *, subject: str) -> pulumi.Input[str]:
    """Returns the host name of the tunnel unchanged.

    Raises:
        ValidationError: The host name is invalid, or it is the host of the database.
    """
    hostname = apply_input(args["hostname"], lambda hostname: validate_hostname(hostname, subject=subject))
    return apply_inputs(
        (hostname, unsecret(origin.get("host"))), lambda own, host: reject_own_host(own, host, subject=subject)
    )
