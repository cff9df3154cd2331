"""`AccessTunnelRoute`: a private database behind a tunnel whose host name only one Access token opens."""

from typing import Any, NotRequired, TypedDict, cast

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import validated_args
from edge_postgres.core.cloudflare_ids import validate_hex_id
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.routes.rules import (
    ingress_service,
    reject_own_host,
    validate_hostname,
    validate_tunnel_tls,
)
from edge_postgres.routes.tunnel import Tunnel, address_of, create_tunnel, passthrough_fields, unsecret, validate_origin

_TLS = ("sslmode", "ca_certificate_id", "mtls_certificate_id")


class AccessTunnelRouteArgs(TypedDict):
    """Arguments of AccessTunnelRoute."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the tunnel and what Access keeps."""
    zone_id: pulumi.Input[str]
    """Zone of the host name."""
    hostname: pulumi.Input[str]
    """Host name of the tunnel, `db.example.com`: below the zone, and nothing else has it."""
    origin: PostgresOrigin
    """The private database, as its connector reaches it."""
    route_name: NotRequired[pulumi.Input[str]]
    """Name of all that is made at Cloudflare; the component's name where it is left out."""


class AccessTunnelRoute(pulumi.ComponentResource):
    """A way for Hyperdrive to a private database, through a tunnel behind Cloudflare Access.

    Creates a remotely managed tunnel and its configuration (the host name leads to the database, everything else to a
    404), a service token that does not expire, a policy that lets in this token and nothing else, an Access
    application in front of the host name, and at last the host name itself, a proxied CNAME record: it never leads
    anywhere without Access before it. A connector, `cloudflared`, has to run in the database's network before
    Hyperdrive is created: pass this origin and the token on to an ``EcsConnector``, or run one by ``tunnel_token``
    (`docs/private-databases.md`).

    Refuses an argument it does not know, a database that is stated as public, a pooled endpoint, an origin that has a
    route or no host, a host name that is none or is the database's own, and ``verify-full`` for a vendor whose
    certificates cannot name the tunnel's host.

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
    """Client id of the service token."""
    access_client_secret: pulumi.Output[str]
    """Client secret of the service token, a secret."""
    tunnel_id: pulumi.Output[str]
    """Id of the tunnel."""
    tunnel_token: pulumi.Output[str]
    """What a connector runs with, a secret."""
    database: pulumi.Output[str]
    """Name of the database."""
    user: pulumi.Output[str]
    """Role that signs in."""
    password: pulumi.Output[str]
    """Password of the role, a secret."""
    sslmode: pulumi.Output[str | None]
    """TLS mode of the database, where one is stated."""
    max_connections: pulumi.Output[float | None]
    """Connections that the database accepts in all, where that is known."""
    reserved_connections: pulumi.Output[float | None]
    """Connections of these that the database keeps, where that is known."""

    origin: PostgresOrigin
    """All of it, for a consumer."""

    def __init__(self, name: str, args: AccessTunnelRouteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:AccessTunnelRoute", name, {}, opts)
        args = validated_args(args, AccessTunnelRouteArgs, subject=name)
        origin = validate_origin(args["origin"], subject=f"{name}.origin")
        address = render_address(origin, subject=name)
        zone_id = apply_input(
            args["zone_id"], lambda zone_id: validate_hex_id(zone_id, "zone id", subject=f"{name}.zone_id")
        )
        hostname = render_hostname(args, origin, subject=name)

        # A component's own `depends_on` does not reach its children by itself.
        children = pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on if opts else None)
        account_id, route_name = args["account_id"], args.get("route_name", name)
        tunnel = create_tunnel(name, account_id, route_name, children)
        config = ingress(name, account_id, tunnel, hostname, address, children)
        token = cloudflare.ZeroTrustAccessServiceToken(
            f"{name}-access-token", account_id=account_id, name=route_name, duration="forever", opts=children
        )
        application = guarded(name, account_id, route_name, hostname, token, children)
        record = cloudflare.DnsRecord(
            f"{name}-dns-record",
            zone_id=zone_id,
            name=hostname,
            type="CNAME",
            content=pulumi.Output.concat(tunnel.id, ".cfargotunnel.com"),
            proxied=True,
            ttl=1,
            # Two records of one name cannot be: pulumi-cloudflare#687. After the application, so that the host name
            # never answers without it, and goes before it.
            opts=pulumi.ResourceOptions.merge(
                children, pulumi.ResourceOptions(depends_on=[config, application], delete_before_replace=True)
            ),
        )

        self._ready: list[pulumi.Resource] = [config, token, application, record]
        self.host = pulumi.Output.from_input(hostname)
        self.access_client_id = token.client_id
        self.access_client_secret = pulumi.Output.secret(token.client_secret)
        self.tunnel_id = tunnel.id
        self.tunnel_token = tunnel.token
        self.origin = self.route_origin(origin)
        self.database = pulumi.Output.from_input(origin["database"])
        self.user = pulumi.Output.from_input(origin["user"])
        self.password = pulumi.Output.from_input(self.origin["password"])
        self.sslmode = pulumi.Output.from_input(origin.get("sslmode"))
        self.max_connections = pulumi.Output.from_input(origin.get("max_connections"))
        self.reserved_connections = pulumi.Output.from_input(origin.get("reserved_connections"))
        self.register_outputs({})

    def route_origin(self, origin: PostgresOrigin) -> PostgresOrigin:
        """An origin of the same database through this route: that of another role, for one."""
        password: pulumi.Output[str] = with_dependencies(pulumi.Output.secret(origin["password"]), self._ready)
        route = {
            "host": self.host,
            "password": password,
            "endpoint": "direct",
            "access_client_id": self.access_client_id,
            "access_client_secret": self.access_client_secret,
        }
        return cast(PostgresOrigin, {**passthrough_fields(origin, *_TLS), **route})


def render_address(origin: PostgresOrigin, *, subject: str) -> Any:
    """What the connector dials, with a TLS mode that can succeed."""
    tls = {"sslmode": origin.get("sslmode"), "host": origin["host"]}
    sound = apply_inputs(tls, lambda known: validate_tunnel_tls(subject=f"{subject}.origin.sslmode", **known))
    address = {"address": address_of(subject, origin), "sound": sound}
    return apply_inputs(address, lambda known: known["address"])


def render_hostname(args: AccessTunnelRouteArgs, origin: PostgresOrigin, *, subject: str) -> Any:
    """The host subject, which is not the database's."""
    subject = f"{subject}.hostname"

    def apart(known: dict[str, str]) -> str:
        reject_own_host(known["hostname"], known["host"], subject=subject)
        return known["hostname"]

    hostname = apply_input(args["hostname"], lambda hostname: validate_hostname(hostname, subject=subject))
    return apply_inputs({"hostname": hostname, "host": unsecret(origin["host"])}, apart)


def ingress(
    name: str, account_id: pulumi.Input[str], tunnel: Tunnel, hostname: Any, address: Any, options: Any
) -> pulumi.Resource:
    """The tunnel's configuration: one host name leads to the database, everything else to a 404."""
    service = apply_input(address, lambda known: ingress_service(known["host"], known["port"]))
    return cloudflare.ZeroTrustTunnelCloudflaredConfig(
        f"{name}-ingress",
        account_id=account_id,
        tunnel_id=tunnel.id,
        config={"ingresses": [{"hostname": hostname, "service": service}, {"service": "http_status:404"}]},
        opts=options,
    )


def guarded(
    name: str, account_id: pulumi.Input[str], route_name: pulumi.Input[str], hostname: Any, token: Any, options: Any
) -> pulumi.Resource:
    """The application that stands before the host name, and the policy that lets in one service token.

    After https://developers.cloudflare.com/hyperdrive/configuration/connect-to-private-database/, read 2026-11-21.
    """
    policy = cloudflare.ZeroTrustAccessPolicy(
        f"{name}-access-policy",
        account_id=account_id,
        name=route_name,
        decision="non_identity",
        includes=[{"service_token": {"token_id": token.id}}],
        opts=options,
    )
    return cloudflare.ZeroTrustAccessApplication(
        f"{name}-access-application",
        account_id=account_id,
        name=route_name,
        type="self_hosted",
        destinations=[{"type": "public", "uri": hostname}],
        policies=[{"id": policy.id, "precedence": 1}],
        # Nobody signs in here but Hyperdrive, with each connection anew.
        session_duration="0s",
        app_launcher_visible=False,
        allowed_idps=[],
        opts=options,
    )
