"""`VpcServiceRoute`: a network route to a private database, through a Workers VPC service."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict, cast

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import validate_choice, validated_args
from edge_postgres.core.inputs import apply_input, apply_inputs, gather_list
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.routes.rules import (
    CertificateVerification,
    PrivateAddress,
    ServicePlace,
    locate_service,
    reject_certificates,
    render_service_host,
    validate_verification,
)
from edge_postgres.routes.tunnel import create_tunnel, passthrough_fields, render_address, unsecret, validate_origin


class VpcServiceRouteArgs(TypedDict):
    """Arguments of VpcServiceRoute."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the tunnel and the service."""
    origin: PostgresOrigin
    """The private database, with the address to which the connector connects."""
    certificate_verification: NotRequired[CertificateVerification]
    """Default: `verify_full`. Databases with a private CA, such as RDS, require another mode."""
    resolver_ips: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """DNS servers that resolve the database's host name. Default: the resolver of the connector's system."""
    tunnel_id: NotRequired[pulumi.Input[str]]
    """An existing tunnel with connectors. Default: a tunnel is created."""
    route_name: NotRequired[pulumi.Input[str]]
    """Name of tunnel and service at Cloudflare. Default: the component's name."""


class VpcServiceRoute(pulumi.ComponentResource):
    """A network route from Hyperdrive to a private database, through a Workers VPC service.

    Creates a remotely managed tunnel (unless `tunnel_id` is set) and a TCP service of Workers VPC that uses it.

    A connector, `cloudflared`, has to run in the database's network before Hyperdrive is created. Pass this origin and
    the token to an ``EcsConnector``, or run a connector with ``tunnel_token`` (`docs/private-databases.md`).

    Rejects unknown arguments, a database that is set as public, a pooled endpoint, and an origin with a route or
    without a host. Rejects certificates of the origin, because the service has its own TLS settings. Rejects
    ``verify_full`` for an IP address and for a vendor with a private CA, because it cannot succeed.

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
    """Id of the service."""
    tunnel_id: pulumi.Output[str]
    """Id of the tunnel."""
    tunnel_token: pulumi.Output[str | None]
    """Token that a connector runs with, a secret; None for an existing tunnel."""
    database: pulumi.Output[str]
    """Name of the database."""
    user: pulumi.Output[str]
    """Role that authenticates."""
    password: pulumi.Output[str]
    """Password of the role, a secret."""
    max_connections: pulumi.Output[float | None]
    """Connections that the database accepts in all; None if unknown."""
    reserved_connections: pulumi.Output[float | None]
    """Connections of these that the database reserves for itself; None if unknown."""

    origin: PostgresOrigin
    """The database through this route, for `Hyperdrive`."""

    def __init__(self, name: str, args: VpcServiceRouteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:VpcServiceRoute", name, {}, opts)
        args = validated_args(args, VpcServiceRouteArgs, subject=name)
        origin = validate_origin(args["origin"], subject=f"{name}.origin")
        reject_certificates(origin, subject=f"{name}.origin")
        address = render_address(origin, subject=f"{name}.origin")
        verification = render_verification(args, origin, subject=f"{name}.certificate_verification")
        place = render_place(args, address, subject=name)

        # A component's own `depends_on` does not reach its children by itself.
        children = pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on if opts else None)
        self.tunnel_id, self.tunnel_token = tunnel_of(name, args, children)
        service = cloudflare.ConnectivityDirectoryService(
            f"{name}-vpc-service",
            account_id=args["account_id"],
            name=args.get("route_name", name),
            type="tcp",
            app_protocol="postgresql",
            tcp_port=apply_input(address, lambda known: known["port"]),
            host=apply_inputs((place, self.tunnel_id), render_service_host),
            tls_settings={"cert_verification_mode": verification},
            opts=children,
        )

        self._ready: list[pulumi.Resource] = [service]
        self.service_id = service.service_id
        self.origin = self.route_origin(origin)
        self.database = pulumi.Output.from_input(origin["database"])
        self.user = pulumi.Output.from_input(origin["user"])
        self.password = pulumi.Output.from_input(self.origin["password"])
        self.max_connections = pulumi.Output.from_input(origin.get("max_connections"))
        self.reserved_connections = pulumi.Output.from_input(origin.get("reserved_connections"))
        self.register_outputs({})

    def route_origin(self, origin: PostgresOrigin) -> PostgresOrigin:
        """Returns another origin of the same database through this route, such as that of another role."""
        password: pulumi.Output[str] = with_dependencies(pulumi.Output.secret(origin["password"]), self._ready)
        route = {"password": password, "endpoint": "direct", "service_id": self.service_id}
        return cast(PostgresOrigin, {**passthrough_fields(origin), **route})


def tunnel_of(
    name: str, args: VpcServiceRouteArgs, options: pulumi.ResourceOptions
) -> tuple[pulumi.Output[str], pulumi.Output[str | None]]:
    """Returns the id and the token of the existing tunnel, which has connectors and no token here, or of a new one."""
    if "tunnel_id" in args:
        return pulumi.Output.from_input(args["tunnel_id"]), pulumi.Output.from_input(None)
    tunnel = create_tunnel(name, args["account_id"], args.get("route_name", name), options)
    return tunnel.id, tunnel.token


def render_verification(args: VpcServiceRouteArgs, origin: PostgresOrigin, *, subject: str) -> pulumi.Input[str]:
    """Returns the mode. Rejects one that cannot succeed with the host."""
    default = CertificateVerification.VERIFY_FULL
    mode = validate_choice(args.get("certificate_verification", default), CertificateVerification, subject=subject)
    return apply_input(unsecret(origin["host"]), lambda host: validate_verification(mode, host, subject=subject))


def render_place(
    args: VpcServiceRouteArgs, address: pulumi.Input[PrivateAddress], *, subject: str
) -> pulumi.Input[ServicePlace]:
    """Returns the service's host without the tunnel, so that a preview checks it before the tunnel exists."""
    resolvers = gather_list(args["resolver_ips"]) if "resolver_ips" in args else None
    return apply_inputs(
        (address, resolvers), lambda known, resolvers: locate_service(known["host"], resolvers, subject=subject)
    )
