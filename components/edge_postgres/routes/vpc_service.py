"""`VpcServiceRoute`: a private database behind a Workers VPC service."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict, cast

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import validate_choice, validated_args
from edge_postgres.core.inputs import apply_input, apply_inputs, gather_list
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.routes.rules import (
    CertificateVerification,
    reject_certificates,
    service_host,
    service_place,
    validate_verification,
)
from edge_postgres.routes.tunnel import Tunnel, address_of, create_tunnel, passthrough_fields, unsecret, validate_origin


class VpcServiceRouteArgs(TypedDict):
    """Arguments of VpcServiceRoute."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the tunnel and the service."""
    origin: PostgresOrigin
    """The private database, as its connector reaches it."""
    certificate_verification: NotRequired[CertificateVerification]
    """`verify_full` where it is left out. Databases with an authority of their own, such as RDS, need another one."""
    resolver_ips: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """DNS servers that resolve the database's host name; the connector's own where they are left out."""
    tunnel_id: NotRequired[pulumi.Input[str]]
    """A tunnel that is there already and has connectors; one is made where it is left out."""
    route_name: NotRequired[pulumi.Input[str]]
    """Name of tunnel and service at Cloudflare; the component's name where it is left out."""


class VpcServiceRoute(pulumi.ComponentResource):
    """A way for Hyperdrive to a private database, through a Workers VPC service.

    Creates a remotely managed tunnel (unless one is given) and a TCP service of Workers VPC that leads through it.
    A connector, `cloudflared`, has to run in the database's network before Hyperdrive is created: pass this origin and
    the token on to an ``EcsConnector``, or run one by ``tunnel_token`` (`docs/private-databases.md`).

    Refuses an argument it does not know, a database that is stated as public, a pooled endpoint, an origin that has a
    route or no host, certificates of the origin (TLS is the service's own), and ``verify_full`` where it cannot
    succeed: for an address, and for a vendor with an authority of its own.

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
    """What a connector runs with, a secret; nothing with a tunnel that was given."""
    database: pulumi.Output[str]
    """Name of the database."""
    user: pulumi.Output[str]
    """Role that signs in."""
    password: pulumi.Output[str]
    """Password of the role, a secret."""
    max_connections: pulumi.Output[float | None]
    """Connections that the database accepts in all, where that is known."""
    reserved_connections: pulumi.Output[float | None]
    """Connections of these that the database keeps, where that is known."""

    origin: PostgresOrigin
    """All of it, for a consumer."""

    def __init__(self, name: str, args: VpcServiceRouteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:VpcServiceRoute", name, {}, opts)
        args = validated_args(args, VpcServiceRouteArgs, subject=name)
        origin = validate_origin(args["origin"], subject=f"{name}.origin")
        reject_certificates(origin, subject=f"{name}.origin")
        address = address_of(name, origin)
        verification = render_verification(args, origin, subject=name)
        place = render_place(args, address, subject=name)

        # A component's own `depends_on` does not reach its children by itself.
        children = pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on if opts else None)
        route_name = args.get("route_name", name)
        tunnel = existing_tunnel(args) or create_tunnel(name, args["account_id"], route_name, children)
        host: pulumi.Output[Any] = pulumi.Output.all(place, tunnel.id).apply(lambda known: service_host(*known))
        service = cloudflare.ConnectivityDirectoryService(
            f"{name}-vpc-service",
            account_id=args["account_id"],
            name=route_name,
            type="tcp",
            app_protocol="postgresql",
            tcp_port=apply_input(address, lambda known: known["port"]),
            host=host,
            tls_settings={"cert_verification_mode": verification},
            opts=children,
        )

        self._ready: list[pulumi.Resource] = [service]
        self.service_id = service.service_id
        self.tunnel_id = tunnel.id
        self.tunnel_token = tunnel.token
        self.origin = self.route_origin(origin)
        self.database = pulumi.Output.from_input(origin["database"])
        self.user = pulumi.Output.from_input(origin["user"])
        self.password = pulumi.Output.from_input(self.origin["password"])
        self.max_connections = pulumi.Output.from_input(origin.get("max_connections"))
        self.reserved_connections = pulumi.Output.from_input(origin.get("reserved_connections"))
        self.register_outputs({})

    def route_origin(self, origin: PostgresOrigin) -> PostgresOrigin:
        """An origin of the same database through this route: that of another role, for one."""
        password: pulumi.Output[str] = with_dependencies(pulumi.Output.secret(origin["password"]), self._ready)
        route = {"password": password, "endpoint": "direct", "service_id": self.service_id}
        return cast(PostgresOrigin, {**passthrough_fields(origin), **route})


def existing_tunnel(args: VpcServiceRouteArgs) -> Any:
    """The tunnel that is there already, whose connectors have its token; nothing where none is named."""
    if "tunnel_id" not in args:
        return None
    nobody: Any = pulumi.Output.from_input(None)
    return Tunnel(pulumi.Output.from_input(args["tunnel_id"]), nobody)


def render_verification(args: VpcServiceRouteArgs, origin: PostgresOrigin, *, subject: str) -> Any:
    """The mode, refused where it cannot succeed with the host."""
    subject = f"{subject}.certificate_verification"
    stated_mode = args.get("certificate_verification", CertificateVerification.VERIFY_FULL)
    mode = validate_choice(stated_mode, CertificateVerification, subject=subject)
    return apply_input(unsecret(origin["host"]), lambda host: validate_verification(mode, host, subject=subject))


def render_place(args: VpcServiceRouteArgs, address: Any, *, subject: str) -> Any:
    """Where the service leads, without the tunnel: a preview that does not know the tunnel checks it all the same."""
    host = apply_input(address, lambda known: known["host"])
    resolver_ips = args.get("resolver_ips")
    place = {"host": host, "resolver_ips": None if resolver_ips is None else gather_list(resolver_ips)}
    return apply_inputs(place, lambda known: service_place(subject=subject, **known))
