"""Settings of the network route to a private database: a Workers VPC service, or a tunnel with Access."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import pulumi
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from edge_postgres.core.cloudflare_ids import validate_hex_id
from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.routes.connectors import validate_image, validate_tasks
from edge_postgres.routes.rules import (
    CertificateVerification,
    reject_other_route,
    reject_own_host,
    validate_hostname,
    validate_resolvers,
    validate_tunnel_tls,
    validate_verification,
)
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.model import Model

if TYPE_CHECKING:
    from edge_postgres.routes.access_tunnel import AccessTunnelRoute, AccessTunnelRouteArgs
    from edge_postgres.routes.contract import Route
    from edge_postgres.routes.ecs_connector import EcsConnector, EcsConnectorArgs
    from edge_postgres.routes.vpc_service import VpcServiceRoute, VpcServiceRouteArgs
    from edge_postgres.stack.origins.database import Database


@dataclass(frozen=True)
class Placement:
    """Network of a database at AWS. A field is None if it is unknown."""

    vpc_id: str | None = None
    subnet_ids: list[str] | None = None
    security_group_id: pulumi.Output[str] | None = None
    region: str | None = None
    """Region of AWS, such as `eu-central-1`."""
    tags: dict[str, str] | None = None


class EcsSettings(Model):
    """Connectors as ECS tasks. By default they run in the network of the database."""

    vpc_id: str | None = None
    """ID of the database's VPC."""
    subnet_ids: list[str] | None = None
    """IDs of subnets with a route to the Internet: by a NAT gateway, or by an internet gateway and `publicIp`."""
    database_security_group_id: str | None = None
    """ID of the database's security group, which gets a rule for the connectors."""
    public_ip: bool = False
    """Public address for each task, for subnets without a NAT gateway."""
    tasks: Annotated[int, AfterValidator(lambda tasks: validate_tasks(tasks, subject=""))] | None = None
    """Number of connectors that run at the same time. Default: 2."""
    image: Annotated[str, AfterValidator(lambda image: validate_image(image, subject=""))] | None = None
    """Image of `cloudflared` with its version."""
    cluster_arn: str | None = None
    """ARN of the ECS cluster. Default: a new cluster."""

    def args(self, route: "Route", server: PostgresOrigin, found: Placement, connector_name: str) -> "EcsConnectorArgs":
        """Arguments of the component."""
        args: EcsConnectorArgs = {
            "origin": route.origin,
            "tunnel_token": route.tunnel_token,
            "vpc_id": optional(self.vpc_id or found.vpc_id),
            "subnet_ids": optional(self.subnet_ids or found.subnet_ids),
            "public_ip": self.public_ip,
            "tasks": optional(self.tasks),
            "image": optional(self.image),
            "cluster_arn": optional(self.cluster_arn),
            "connector_name": connector_name,
            "region": optional(found.region),
            "tags": optional(found.tags),
        }
        if "port" in server:
            args["port"] = server["port"]
        if self.database_security_group_id is not None:
            args["database_security_group_id"] = self.database_security_group_id
        elif found.security_group_id is not None:
            args["database_security_group_id"] = found.security_group_id
        return args

    def create(
        self, name: str, route: "Route", server: PostgresOrigin, found: Placement, context: StackContext
    ) -> "EcsConnector":
        """Creates the connectors of a route.

        Args:
            name: Name of the component.
            route: The route.
            server: Origin of the database server.
            found: Network of the database. The settings override it.
            context: Values of the stack.
        """
        from edge_postgres.routes.ecs_connector import EcsConnector

        return EcsConnector(name, self.args(route, server, found, context.physical_name(name)))


def _connector(value: Any) -> Any:
    return {"none": None, "ecs": {}}.get(value, value) if isinstance(value, str) else value


class _Route(Model):
    """The settings of both kinds of routes."""

    connector: Annotated[EcsSettings | None, BeforeValidator(_connector)] = None
    """Connector of the tunnel: `none` (you run it), `ecs` (in the database's VPC), or a map."""

    @property
    def has_connectors(self) -> bool:
        """Whether the tunnel exists already, with its connectors."""
        return False

    @model_validator(mode="after")
    def _has_one_connector(self) -> Self:
        if self.has_connectors and self.connector is not None:
            raise ValidationError(
                "connector",
                "cannot be combined with `tunnel_id`, because an existing tunnel has its own connectors",
                "Remove one of them.",
            )
        if not self.has_connectors and "connector" not in self.model_fields_set:
            raise ValidationError(
                "connector",
                "is required, because a route needs a connector in the database's network",
                "Set `ecs` to run it in the database's VPC, or `none` if you run it before Hyperdrive is created.",
            )
        return self

    def create(self, name: str, origin: PostgresOrigin, context: StackContext) -> "Route":
        """Creates the route to an origin."""
        raise NotImplementedError

    def validate_database(self, database: "Database") -> None:
        """Raises ``ValidationError`` if the database and its route contradict each other."""
        if not database.may_be_private:
            raise ValidationError(
                "route", "cannot be combined with this provider, because its databases are public", "Remove it."
            )
        reject_other_route(database.other_routes, subject="")
        if database.is_public:
            raise ValidationError(
                "route",
                "cannot be combined with `network.public`, because a public database needs no route",
                "Remove one of them.",
            )
        if self.connector is not None:
            known = database.placement
            if not (self.connector.vpc_id or known.vpc_id) or not (self.connector.subnet_ids or known.subnet_ids):
                raise ValidationError(
                    "route.connector",
                    "requires `vpc_id` and `subnet_ids`, because the network of the database is unknown",
                    "Set the network of the connectors, `{vpcId: …, subnetIds: […]}`.",
                )


class VpcServiceSettings(_Route):
    """`kind: vpc-service`: a service of Workers VPC, which needs no zone."""

    kind: Literal["vpc-service"]
    """A Workers VPC service, which needs no zone."""
    certificate_verification: Annotated[CertificateVerification, Field(strict=False)] = (
        CertificateVerification.VERIFY_FULL
    )
    """Verification of the database's certificate. `verify_full` cannot succeed with a private CA."""
    resolver_ips: Annotated[list[str], AfterValidator(lambda found: validate_resolvers(found, subject=""))] | None = (
        None
    )
    """DNS servers that resolve the database's host name. Default: the connector's DNS servers."""
    tunnel_id: str | None = None
    """ID of an existing tunnel with connectors. Cannot be combined with `connector`."""

    @property
    def has_connectors(self) -> bool:
        """Whether the tunnel exists already, with its connectors."""
        return self.tunnel_id is not None

    def args(self, name: str, origin: PostgresOrigin, context: StackContext) -> "VpcServiceRouteArgs":
        """Arguments of the component."""
        return {
            "account_id": context.account_id,
            "origin": origin,
            "certificate_verification": self.certificate_verification,
            "resolver_ips": optional(self.resolver_ips),
            "tunnel_id": optional(self.tunnel_id),
            "route_name": context.physical_name(name),
        }

    def create(self, name: str, origin: PostgresOrigin, context: StackContext) -> "VpcServiceRoute":
        """Creates the tunnel and the service."""
        from edge_postgres.routes.vpc_service import VpcServiceRoute

        return VpcServiceRoute(name, self.args(name, origin, context))

    def validate_database(self, database: "Database") -> None:
        """Raises ``ValidationError`` if the database and its route contradict each other."""
        super().validate_database(database)
        validate_verification(
            self.certificate_verification, database.known_host, subject="route.certificate_verification"
        )
        if database.hyperdrive and database.hyperdrive.tls is not None:
            raise ValidationError(
                "hyperdrive.tls",
                "cannot be combined with a Workers VPC service, which has its own TLS settings",
                "Remove it, and set `certificate_verification` of the route.",
            )


class AccessTunnelSettings(_Route):
    """`kind: access-tunnel`: a tunnel with a host name of a zone. Hyperdrive authenticates with an Access token."""

    kind: Literal["access-tunnel"]
    """A tunnel with a host name of a zone. An Access token authenticates Hyperdrive."""
    hostname: Annotated[str, AfterValidator(lambda name: validate_hostname(name, subject=""))]
    """Host name of the tunnel, one level below the zone, because the zone's certificate covers no deeper level."""
    zone_id: Annotated[str, AfterValidator(lambda zone_id: validate_hex_id(zone_id, "zone id", subject=""))]
    """ID of the zone that contains `hostname`."""

    def args(self, name: str, origin: PostgresOrigin, context: StackContext) -> "AccessTunnelRouteArgs":
        """Arguments of the component."""
        return {
            "account_id": context.account_id,
            "zone_id": self.zone_id,
            "hostname": self.hostname,
            "origin": origin,
            "route_name": context.physical_name(name),
        }

    def create(self, name: str, origin: PostgresOrigin, context: StackContext) -> "AccessTunnelRoute":
        """Creates the tunnel, its host name and the Access application in front of it."""
        from edge_postgres.routes.access_tunnel import AccessTunnelRoute

        return AccessTunnelRoute(name, self.args(name, origin, context))

    def validate_database(self, database: "Database") -> None:
        """Raises ``ValidationError`` if the database and its route contradict each other."""
        super().validate_database(database)
        host, tls = database.known_host, database.hyperdrive.tls if database.hyperdrive else None
        reject_own_host(self.hostname, host or "", subject="route.hostname")
        validate_tunnel_tls(tls.mode if tls else None, host, subject="hyperdrive.tls.mode")


AnyRoute = Annotated[VpcServiceSettings | AccessTunnelSettings, Field(discriminator="kind")]

KINDS = ("access-tunnel", "vpc-service")
"""The values of `kind`."""
