"""`VpcServiceRoute`: a network route to a private database, through a Workers VPC service."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict, cast

import pulumi
import pulumi_cloudflare as cloudflare
import pulumi_random as random

from edge_postgres.core.args import read_fields, subject_of, validate_choice, validated_args
from edge_postgres.core.children import children_of
from edge_postgres.core.cloudflare_ids import render_account_id
from edge_postgres.core.inputs import apply_input, apply_inputs, gather_list, or_default, require_value, unsecret
from edge_postgres.core.transforms import ChildClasses, Transform
from edge_postgres.origin.contract import READABLE, PostgresOrigin, with_dependencies
from edge_postgres.origin.names import default_name
from edge_postgres.routes.rules import (
    CertificateVerification,
    CertificateVerificationInput,
    PrivateAddress,
    ServiceAddress,
    reject_certificates,
    render_service_host,
    resolve_service_address,
    validate_verification,
)
from edge_postgres.routes.token_rotation import reject_version_of_existing_tunnel
from edge_postgres.routes.tunnel import create_tunnel, passthrough_fields, render_address


class VpcServiceRouteArgs(TypedDict):
    """Arguments of VpcServiceRoute."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the tunnel and the service."""
    origin: pulumi.Input[PostgresOrigin]
    """Origin of the private database. The connector connects to the `host` and `port` of this origin."""
    certificate_verification: NotRequired[CertificateVerificationInput]
    """Mode in which the service verifies the database's certificate. A database with a private CA, such as RDS,
    requires another mode than the default. Default: `verify_full`."""
    resolver_ips: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]] | None]]
    """IP addresses of the DNS servers that resolve the database's host name. Default: the resolver of the connector's
    system."""
    tunnel_id: NotRequired[pulumi.Input[str | None]]
    """ID of an existing tunnel, which already has connectors. Default: the component creates a tunnel."""
    route_name: NotRequired[pulumi.Input[str | None]]
    """Name of the tunnel and of the service at Cloudflare. Default: `<project>-<stack>-<name>`."""
    tunnel_token_version: NotRequired[float]
    """Version of the tunnel's token. A new number creates a new token, with which the connectors must be started again.
    Cannot be combined with `tunnel_id`. Default: 1, the token that Cloudflare creates."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`tunnel`, `tunnel_secret`, `vpc_service`): arguments of the child that replace those of the
    component."""


CHILDREN: ChildClasses = {
    "tunnel": lambda: cloudflare.ZeroTrustTunnelCloudflared,
    "tunnel_secret": lambda: random.RandomPassword,
    "vpc_service": lambda: cloudflare.ConnectivityDirectoryService,
}


class VpcServiceRoute(pulumi.ComponentResource):
    """A network route from Hyperdrive to a private database, through a Workers VPC service.

    Creates a remotely managed tunnel (unless `tunnel_id` is set) and a TCP service of Workers VPC that uses the tunnel.

    A connector, `cloudflared`, has to run in the database's network before Hyperdrive is created. Pass the route's
    ``origin`` and ``tunnel_token`` to an ``EcsConnector``, or run your own connector with ``tunnel_token``
    (`docs/private-databases.md`).

    Rejects unknown arguments, an origin with `reach: public`, a pooled endpoint, and an origin with a route or without
    a host. Rejects certificates of the origin, because the service has its own TLS settings. Rejects ``verify_full``
    for an IP address and for a vendor with a private CA, because that verification cannot succeed.

    Example::

        route = VpcServiceRoute("main", {"account_id": account_id, "origin": existing.origin})
        Hyperdrive("main", {
            "account_id": account_id,
            "origin": route.origin,
            "connection_limit": 20,
            "caching": {"disabled": True},
        })
    """

    service_id: pulumi.Output[str]
    """ID of the service."""
    tunnel_id: pulumi.Output[str]
    """ID of the tunnel."""
    tunnel_token: pulumi.Output[str | None]
    """Token with which a connector authenticates, a secret; None for an existing tunnel."""
    database: pulumi.Output[str]
    """Name of the database."""
    user: pulumi.Output[str]
    """Postgres role with which Hyperdrive authenticates."""
    password: pulumi.Output[str]
    """Password of the role, a secret."""
    max_connections: pulumi.Output[float | None]
    """Connections that the database accepts in all; None if unknown."""
    reserved_connections: pulumi.Output[float | None]
    """Connections that the database reserves for itself, a part of `max_connections`; None if unknown."""

    origin: PostgresOrigin
    """Origin with the address of this route, for `Hyperdrive`."""

    def __init__(self, name: str, args: VpcServiceRouteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:VpcServiceRoute", name, {}, opts)
        subject = subject_of(self)
        args = validated_args(args, VpcServiceRouteArgs, subject=subject)
        reject_version_of_existing_tunnel(
            args.get("tunnel_token_version"), has_tunnel_id="tunnel_id" in args, subject=subject
        )
        account_id = render_account_id(args["account_id"], subject=subject)
        origin = read_fields(args["origin"], PostgresOrigin, readable=READABLE, subject=f"{subject}.origin")
        address = render_checked_address(origin, subject=f"{subject}.origin")
        verification = render_verification(args, origin, subject=f"{subject}.certificate_verification")
        service_address = render_service_address(args, address, subject=subject)

        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)
        route_name = or_default(args.get("route_name"), default_name(name))
        tunnel = None
        if "tunnel_id" not in args:
            tunnel = create_tunnel(name, account_id, route_name, args.get("tunnel_token_version"), children)
        self.tunnel = tunnel.resource if tunnel else None
        self.tunnel_id = pulumi.Output.from_input(
            tunnel.resource.id if tunnel else require_value(args["tunnel_id"], subject=f"{subject}.tunnel_id")
        )
        self.tunnel_token = pulumi.Output.from_input(tunnel.token if tunnel else None)
        self.vpc_service = cloudflare.ConnectivityDirectoryService(
            f"{name}-vpc-service",
            account_id=account_id,
            name=route_name,
            type="tcp",
            app_protocol="postgresql",
            tcp_port=apply_input(address, lambda known: known["port"]),
            host=apply_inputs((service_address, self.tunnel_id), render_service_host),
            tls_settings={"cert_verification_mode": verification},
            opts=children.options("vpc_service"),
        )

        self._ready: list[pulumi.Resource] = [self.vpc_service]
        self.service_id = self.vpc_service.service_id
        self.origin = self.route_origin(origin)
        self.database = pulumi.Output.from_input(origin["database"])
        self.user = pulumi.Output.from_input(origin["user"])
        self.password = pulumi.Output.from_input(self.origin["password"])
        self.max_connections = pulumi.Output.from_input(origin.get("max_connections"))
        self.reserved_connections = pulumi.Output.from_input(origin.get("reserved_connections"))
        self.register_outputs({"service_id": self.service_id})

    def route_origin(self, origin: PostgresOrigin) -> PostgresOrigin:
        """Returns the given origin with the address of this route.

        The origin must be of the same database, but can have another role.
        """
        password: pulumi.Output[str] = with_dependencies(pulumi.Output.secret(origin["password"]), self._ready)
        route = {"password": password, "endpoint": "direct", "service_id": self.service_id}
        return cast(PostgresOrigin, {**passthrough_fields(origin), **route})


def render_checked_address(origin: PostgresOrigin, *, subject: str) -> pulumi.Input[PrivateAddress]:
    """Returns the address to which the connector connects.

    Raises:
        ValidationError: The address is not that of a private database, or the origin has certificates.
    """
    checked = apply_inputs(
        (origin.get("ca_certificate_id"), origin.get("mtls_certificate_id")),
        lambda ca, client: reject_certificates(ca, client, subject=subject),
    )
    return apply_inputs((render_address(origin, subject=subject), checked), lambda address, _: address)


def render_verification(args: VpcServiceRouteArgs, origin: PostgresOrigin, *, subject: str) -> pulumi.Input[str]:
    """Returns the mode in which the service verifies the database's certificate.

    Raises:
        ValidationError: The verification cannot succeed with the host of the database.
    """
    default = CertificateVerification.VERIFY_FULL
    mode = validate_choice(args.get("certificate_verification", default), CertificateVerification, subject=subject)
    return apply_input(unsecret(origin.get("host")), lambda host: validate_verification(mode, host, subject=subject))


def render_service_address(
    args: VpcServiceRouteArgs, address: pulumi.Input[PrivateAddress], *, subject: str
) -> pulumi.Input[ServiceAddress]:
    """Returns the database's host and resolvers as fields of the Workers VPC service, without the tunnel.

    `render_service_host` adds the tunnel later, so that a preview can validate the address before the tunnel exists.
    """
    resolvers = gather_list(args.get("resolver_ips"))
    return apply_inputs(
        (address, resolvers),
        lambda known, resolvers: resolve_service_address(known["host"], resolvers, subject=subject),
    )
