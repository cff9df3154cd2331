"""The way to a private database: a Workers VPC service, or a tunnel behind Access, and who runs the connectors."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from edge_postgres.core.cloudflare_ids import validate_hex_id
from edge_postgres.core.errors import ValidationError
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
from edge_postgres.stack.model import Model

_HOSTS = {"rds": "identifier.region.rds.amazonaws.com"}
"""What a host looks like where the provider makes it: it tells whose certificate there will be."""


class EcsSettings(Model):
    """Connectors as tasks of ECS; what is left out is the database's own."""

    vpc_id: str | None = None
    subnet_ids: list[str] | None = None
    database_security_group_id: str | None = None
    public_ip: bool = False
    tasks: Annotated[int, AfterValidator(lambda tasks: validate_tasks(tasks, subject=""))] | None = None
    image: Annotated[str, AfterValidator(lambda image: validate_image(image, subject=""))] | None = None
    cluster_arn: str | None = None


def _connector(value: Any) -> Any:
    return {"none": None, "ecs": {}}.get(value, value) if isinstance(value, str) else value


class _Route(Model):
    """What both kinds share."""

    component: ClassVar[str]
    """Name of the component that makes it, in `components`."""

    connector: Annotated[EcsSettings | None, BeforeValidator(_connector)] = None

    @property
    def has_connectors(self) -> bool:
        """Whether the tunnel is there already, and connectors of it."""
        return False

    @model_validator(mode="after")
    def _one_runner(self) -> Self:
        if self.has_connectors and self.connector is not None:
            raise ValidationError(
                "connector", "is ecs beside `tunnel_id`, a tunnel with connectors of its own", "Leave one of them out."
            )
        if not self.has_connectors and "connector" not in self.model_fields_set:
            raise ValidationError(
                "connector",
                "is not stated; without one in the database's network the route leads nowhere",
                "Say `ecs` (tasks in the database's VPC), or `none`: you run it, before Hyperdrive is created.",
            )
        return self

    def arguments(self, **given: Any) -> Any:
        """The arguments of the component: what this states, and what is given by its neighbours."""
        return {**given, **self.model_dump(exclude={"kind", "connector"}, exclude_none=True)}

    def connector_arguments(self, database: Any, made: Any, route: Any, connector_name: str) -> Any:
        """The arguments of ``EcsConnector``; None where somebody else runs the connectors.

        ``made`` is the database's component and ``route`` this one's: their outputs are the connector's arguments.
        """
        if self.connector is None:
            return None
        return {
            **_placed(database, made),
            **self.connector.model_dump(exclude_none=True),
            "origin": route.origin,
            "tunnel_token": route.tunnel_token,
            "port": made.port,
            "connector_name": connector_name,
        }

    def reject_beside(self, database: Any) -> None:
        """Raises ``ValidationError`` where the database and its route contradict each other."""
        if not database.may_be_private:
            raise ValidationError("route", "is stated; a database of this provider is public", "Leave it out.")
        reject_other_route(
            [leaf for leaf in ("service_id", "access_client_id") if getattr(database, leaf, None)], subject=""
        )
        if getattr(_network_of(database), "public", False):
            raise ValidationError(
                "route",
                "is stated beside `network.public`; Hyperdrive dials a public database by itself",
                "Leave one of them out.",
            )
        if self.connector is not None and not {"vpc_id", "subnet_ids"} <= _place(database, self.connector).keys():
            raise ValidationError(
                "route.connector",
                "is ecs; where the database stands is not known",
                "State where the connectors run, `{vpcId: …, subnetIds: […]}`.",
            )


class VpcServiceSettings(_Route):
    """`kind: vpc-service`: Workers VPC, the newer way; needs no zone."""

    component: ClassVar[str] = "VpcServiceRoute"

    kind: Literal["vpc-service"]
    certificate_verification: Annotated[CertificateVerification, Field(strict=False)] = (
        CertificateVerification.VERIFY_FULL
    )
    resolver_ips: Annotated[list[str], AfterValidator(lambda found: validate_resolvers(found, subject=""))] | None = (
        None
    )
    tunnel_id: str | None = None

    @property
    def has_connectors(self) -> bool:
        """Whether the tunnel is there already, and connectors of it."""
        return self.tunnel_id is not None

    def reject_beside(self, database: Any) -> None:
        """Raises ``ValidationError`` where the database and its route contradict each other."""
        super().reject_beside(database)
        validate_verification(
            self.certificate_verification, _host_of(database), subject="route.certificate_verification"
        )
        if database.hyperdrive.tls is not None:
            raise ValidationError(
                "hyperdrive.tls",
                "stands beside a Workers VPC service, which has TLS settings of its own",
                "Leave it out; `certificate_verification` of the route says how the certificate is verified.",
            )


class AccessTunnelSettings(_Route):
    """`kind: access-tunnel`: a tunnel with a host name of a zone, which an Access token opens."""

    component: ClassVar[str] = "AccessTunnelRoute"

    kind: Literal["access-tunnel"]
    hostname: Annotated[str, AfterValidator(lambda name: validate_hostname(name, subject=""))]
    zone_id: Annotated[str, AfterValidator(lambda zone_id: validate_hex_id(zone_id, "zone id", subject=""))]

    def reject_beside(self, database: Any) -> None:
        """Raises ``ValidationError`` where the database and its route contradict each other."""
        super().reject_beside(database)
        host, tls = _host_of(database), database.hyperdrive.tls
        reject_own_host(self.hostname, host or "", subject="route.hostname")
        validate_tunnel_tls(tls.mode if tls else None, host, subject="hyperdrive.tls.mode")


AnyRoute = Annotated[VpcServiceSettings | AccessTunnelSettings, Field(discriminator="kind")]

KINDS = ("access-tunnel", "vpc-service")
"""The values of `kind`."""


def _network_of(database: Any) -> Any:
    return getattr(database, "network", None)


def _host_of(database: Any) -> str | None:
    """The host of a database, or one that looks like it."""
    return getattr(database, "host", None) or _HOSTS.get(database.provider)


def _place(database: Any, connector: EcsSettings) -> Mapping[str, Any]:
    return {**_placed(database, None), **connector.model_dump(exclude_none=True)}


def _placed(database: Any, made: Any) -> dict[str, Any]:
    """Where the database stands, as arguments of ``EcsConnector``, as far as the stack file and the stack know it."""
    network = _network_of(database)
    if network is None:
        return {}
    found = {
        "vpc_id": network.vpc_id,
        "subnet_ids": network.subnet_ids,
        "database_security_group_id": getattr(made, "security_group_id", None),
        "region": database.region,
        "tags": database.tags,
    }
    return {argument: value for argument, value in found.items() if value is not None}
