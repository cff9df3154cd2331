"""Settings of the network route to a private database: a Workers VPC service, or a tunnel with Access."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field

from edge_postgres.core.cloudflare_ids import validate_hex_id
from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.routes.rules import (
    CertificateVerification,
    reject_other_route,
    reject_own_host,
    resolve_service_address,
    validate_hostname,
    validate_resolvers,
    validate_tunnel_tls,
    validate_verification,
)
from edge_postgres.routes.token_rotation import (
    reject_version_of_existing_tunnel,
    validate_service_token_rotation,
    validate_token_version,
)
from edge_postgres.stack.connectors import EcsSettings, connector_settings
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.every_error import errors_of_call, rule, validate_items
from edge_postgres.stack.transform import Transformable

if TYPE_CHECKING:
    from edge_postgres.routes.access_tunnel import AccessTunnelRoute, AccessTunnelRouteArgs
    from edge_postgres.routes.contract import Route
    from edge_postgres.routes.vpc_service import VpcServiceRoute, VpcServiceRouteArgs
    from edge_postgres.stack.origins.database import Database


TokenVersion = Annotated[int, AfterValidator(lambda version: validate_token_version(version, subject=""))]


class _Route(Transformable):
    """The settings that both kinds of network routes have."""

    connector: Annotated[EcsSettings | None, BeforeValidator(connector_settings)] = None
    """Program `cloudflared`, which opens the tunnel from the database's network to Cloudflare. `none`: you run the
    program yourself. `ecs`, only for `rds`: the stack runs the program on Amazon ECS in the database's VPC. A map: the
    stack runs the program on ECS with the settings of the map. Required unless `tunnelId` is set."""
    name: str | None = None
    """Name of the route's resources at Cloudflare. Default: `<project>-<stack>-<name>`."""
    tunnel_token_version: TokenVersion | None = None
    """Version of the tunnel's token. A new number creates a new token, with which your own connectors must be started
    again. Cannot be combined with `tunnelId`. Default: 1."""

    @property
    def has_existing_tunnel(self) -> bool:
        """Whether the route uses an existing tunnel, whose connectors run already."""
        return False

    @rule
    def _has_one_connector(self) -> Self:
        if self.has_existing_tunnel and self.connector is not None:
            raise ValidationError(
                "connector",
                "cannot be combined with `tunnel_id`, because an existing tunnel has its own connectors",
                "Remove `connector`, or remove `tunnel_id`.",
            )
        if not self.has_existing_tunnel and "connector" not in self.model_fields_set:
            raise ValidationError(
                "connector",
                "is required, because a route needs a connector in the database's network",
                "Set `ecs` to run the connector in the database's VPC, or `none` if you run the connector yourself.",
            )
        return self

    @rule
    def _rotates_its_own_tunnel(self) -> Self:
        version = self.tunnel_token_version
        reject_version_of_existing_tunnel(version, has_tunnel_id=self.has_existing_tunnel, subject="")
        return self

    def create(self, name: str, origin: PostgresOrigin, context: StackContext) -> "Route":
        """Creates and returns the route to an origin."""
        raise NotImplementedError

    def errors_with(self, database: "Database") -> Iterator[ValidationError]:
        """Yields an error for each contradiction between the database and its route."""
        if database.hyperdrive is None:
            yield ValidationError(
                "route",
                "requires `hyperdrive`, because only Hyperdrive uses a route",
                "Set `hyperdrive`, or remove `route`.",
            )
        if not database.may_be_private:
            yield ValidationError(
                "route", "cannot be combined with this provider, because its databases are public", "Remove `route`."
            )
        yield from errors_of_call(lambda: reject_other_route(database.other_routes, subject=""))
        if database.is_public:
            yield ValidationError(
                "route",
                "cannot be combined with `network.public`, because a public database needs no route",
                "Remove `route`, or remove `network.public`.",
            )
        if self.connector is not None:
            network = database.aws_network
            if not (self.connector.vpc_id or network.vpc_id) or not (self.connector.subnet_ids or network.subnet_ids):
                yield ValidationError(
                    "route.connector",
                    "requires `vpc_id` and `subnet_ids`, because the network of the database is unknown",
                    "Set the network of the connectors: `connector: {vpcId: …, subnetIds: […]}`.",
                )


class VpcServiceSettings(_Route):
    """`kind: vpc-service`: a service of Workers VPC, which needs no zone."""

    kind: Literal["vpc-service"]
    """A Workers VPC service, which requires no zone."""
    certificate_verification: Annotated[CertificateVerification, Field(strict=False)] = (
        CertificateVerification.VERIFY_FULL
    )
    """`vpc-service` only: how the Workers VPC service verifies the database's certificate. `verify_full` cannot succeed
    if the host is an IP address, or if a private CA signed the certificate. Therefore `rds` requires another value."""
    resolver_ips: (
        Annotated[
            list[str],
            AfterValidator(lambda found: validate_items(lambda some: validate_resolvers(some, subject=""), found)),
        ]
        | None
    ) = None
    """`vpc-service` only: IP addresses of the DNS servers that resolve the database's host name. Default: the
    connector's DNS servers."""
    tunnel_id: str | None = None
    """`vpc-service` only: ID of an existing tunnel, whose connectors run already. Cannot be combined with
    `connector`."""

    @property
    def has_existing_tunnel(self) -> bool:
        """Whether `tunnelId` names an existing tunnel, whose connectors run already."""
        return self.tunnel_id is not None

    def args(self, origin: PostgresOrigin, context: StackContext) -> "VpcServiceRouteArgs":
        """Returns the arguments of ``VpcServiceRoute``."""
        return {
            "account_id": context.account_id,
            "origin": origin,
            "certificate_verification": self.certificate_verification,
            "resolver_ips": optional(self.resolver_ips),
            "tunnel_id": optional(self.tunnel_id),
            "route_name": optional(self.name),
            "tunnel_token_version": optional(self.tunnel_token_version),
            "transform": optional(self.transform),
        }

    def create(self, name: str, origin: PostgresOrigin, context: StackContext) -> "VpcServiceRoute":
        """Creates the Workers VPC service, and its tunnel unless `tunnelId` is set. Returns the component."""
        from edge_postgres.routes.vpc_service import VpcServiceRoute

        return VpcServiceRoute(name, self.args(origin, context))

    def errors_with(self, database: "Database") -> Iterator[ValidationError]:
        """Yields an error for each contradiction between the database and its route."""
        yield from super().errors_with(database)
        mode, resolvers = self.certificate_verification, self.resolver_ips
        if host := database.host_or_example:
            subject = "route.certificate_verification"
            yield from errors_of_call(lambda: validate_verification(mode, host, subject=subject))
            yield from errors_of_call(lambda: resolve_service_address(host, resolvers, subject="route"))
        if database.hyperdrive and database.hyperdrive.tls is not None:
            yield ValidationError(
                "hyperdrive.tls",
                "cannot be combined with a Workers VPC service, which has its own TLS settings",
                "Remove `hyperdrive.tls`, and set `route.certificate_verification`.",
            )


class AccessTunnelSettings(_Route):
    """`kind: access-tunnel`: a tunnel with a host name of a zone. Hyperdrive authenticates with an Access token."""

    kind: Literal["access-tunnel"]
    """A tunnel with a host name of a zone. Hyperdrive authenticates with an Access token."""
    hostname: Annotated[str, AfterValidator(lambda name: validate_hostname(name, subject=""))]
    """`access-tunnel` only: host name of the tunnel, one level below the zone, because the zone's certificate covers no
    deeper level. Required for `access-tunnel`."""
    zone_id: Annotated[str, AfterValidator(lambda zone_id: validate_hex_id(zone_id, "zone ID", subject=""))]
    """`access-tunnel` only: ID of the zone that contains `hostname`. Required for `access-tunnel`."""
    service_token_version: TokenVersion | None = None
    """`access-tunnel` only: version of the service token's client secret. A higher number creates a new secret, and
    the Hyperdrive configuration is updated. Cloudflare accepts no lower number. Default: 1."""
    previous_service_token_expires_at: str | None = None
    """`access-tunnel` only: time at which the previous client secret becomes invalid, such as `2026-12-01T12:00:00Z`.
    Required if `serviceTokenVersion` is above 1."""

    @rule
    def _rotates_its_service_token(self) -> Self:
        version, expires_at = self.service_token_version, self.previous_service_token_expires_at
        validate_service_token_rotation(version, expires_at, subject="")
        return self

    def args(self, origin: PostgresOrigin, context: StackContext) -> "AccessTunnelRouteArgs":
        """Returns the arguments of ``AccessTunnelRoute``."""
        return {
            "account_id": context.account_id,
            "zone_id": self.zone_id,
            "hostname": self.hostname,
            "origin": origin,
            "route_name": optional(self.name),
            "tunnel_token_version": optional(self.tunnel_token_version),
            "service_token_version": optional(self.service_token_version),
            "previous_service_token_expires_at": optional(self.previous_service_token_expires_at),
            "transform": optional(self.transform),
        }

    def create(self, name: str, origin: PostgresOrigin, context: StackContext) -> "AccessTunnelRoute":
        """Creates the tunnel, its host name and its Access application. Returns the component."""
        from edge_postgres.routes.access_tunnel import AccessTunnelRoute

        return AccessTunnelRoute(name, self.args(origin, context))

    def errors_with(self, database: "Database") -> Iterator[ValidationError]:
        """Yields an error for each contradiction between the database and its route."""
        yield from super().errors_with(database)
        host, tls = database.host_or_example, database.hyperdrive.tls if database.hyperdrive else None
        yield from errors_of_call(lambda: reject_own_host(self.hostname, host, subject="route.hostname"))
        subject = "hyperdrive.tls.mode"
        yield from errors_of_call(lambda: validate_tunnel_tls(tls.mode if tls else None, host, subject=subject))


AnyRoute = Annotated[VpcServiceSettings | AccessTunnelSettings, Field(discriminator="kind")]

KINDS = ("access-tunnel", "vpc-service")
"""The values of `kind`."""
