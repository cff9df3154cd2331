"""`PostgresOrigin`: the interface between the components of database vendors and their consumers."""

from collections.abc import Sequence
from typing import Any, NotRequired, Protocol, TypedDict, TypeVar, runtime_checkable

import pulumi

T = TypeVar("T")


SCHEMES = ("postgres", "postgresql")
"""The equivalent URL schemes of Postgres. The first one is the default.

Source: https://developers.cloudflare.com/api/resources/hyperdrive/, which was not checked.
"""
SSLMODES = ("require", "verify-ca", "verify-full")
"""The TLS modes that Hyperdrive supports.

Source: https://developers.cloudflare.com/hyperdrive/reference/supported-databases-and-features/, read on 2026-11-21.
"""


class PostgresOrigin(TypedDict):
    """Address, credentials and network route of a Postgres database.

    The password depends on all resources that must exist before a client connects. Therefore a resource that uses the
    password waits until the database accepts connections. The network route is public, Access or Workers VPC. A public
    route has a host and a port. Access has a host and the two values of a service token. Workers VPC has a service ID.
    """

    database: pulumi.Input[str]
    """Name of the database, 1 to 63 bytes."""
    user: pulumi.Input[str]
    """Role that authenticates, 1 to 64 bytes."""
    password: pulumi.Input[str]
    """Password of the role; always a secret."""
    host: NotRequired[pulumi.Input[str | None]]
    """Host name or IP address; omitted with a Workers VPC service."""
    port: NotRequired[pulumi.Input[float | None]]
    """TCP port; omitted with an Access or a Workers VPC route."""
    scheme: NotRequired[pulumi.Input[str | None]]
    """URL scheme: `postgres` (the default) or `postgresql`. Both are equivalent. Another value makes Hyperdrive store
    the origin again, with its password."""
    sslmode: NotRequired[pulumi.Input[str | None]]
    """TLS mode of Hyperdrive: `require` (the default), `verify-ca` or `verify-full`."""
    ca_certificate_id: NotRequired[pulumi.Input[str | None]]
    """ID of an uploaded CA certificate. Required with `verify-ca` and `verify-full`, not allowed with `require`."""
    mtls_certificate_id: NotRequired[pulumi.Input[str | None]]
    """ID of an uploaded client certificate for mutual TLS with the database."""
    max_connections: NotRequired[pulumi.Input[float | None]]
    """Connections that the database accepts in total."""
    reserved_connections: NotRequired[pulumi.Input[float | None]]
    """Connections out of `max_connections` that the database reserves for itself."""
    endpoint: NotRequired[pulumi.Input[str | None]]
    """Kind of server at the host: `direct` or `pooled`. Default: derived from host and port."""
    reach: NotRequired[pulumi.Input[str | None]]
    """Networks that can reach the host: `public` or `private`. Default: derived from the host."""
    password_rotates: NotRequired[pulumi.Input[bool | None]]
    """True if the vendor rotates the password without a notification. Hyperdrive and Workers reject such an origin."""
    access_client_id: NotRequired[pulumi.Input[str | None]]
    """Client ID of the Access service token, for a database behind a tunnel with Access."""
    access_client_secret: NotRequired[pulumi.Input[str | None]]
    """Client secret of the Access service token; always a secret."""
    service_id: NotRequired[pulumi.Input[str | None]]
    """ID of the Workers VPC service that contains the address of the database."""


ROUTES = (("host", "port"), ("host", "access_client_id", "access_client_secret"), ("service_id",))
"""The fields that determine the network route of an origin: those of a public host, of Access, and of Workers VPC."""
READABLE = (
    "scheme",
    "sslmode",
    "ca_certificate_id",
    "mtls_certificate_id",
    "max_connections",
    "reserved_connections",
    "endpoint",
    "reach",
    "password_rotates",
)
"""Fields that contain no part of a connection string. They stay readable if the whole origin is a secret."""


class OriginComponent(Protocol):
    """A component that creates a database, describes an existing one, or leads to one: it has an `origin`."""

    @property
    def origin(self) -> PostgresOrigin:
        """Origin of the database, with the role that clients use."""


@runtime_checkable
class SlotsComponent(OriginComponent, Protocol):
    """A component that creates both rotating roles: ``DatabaseRoles``, ``NeonPostgres`` or ``PrismaPostgres``."""

    @property
    def slots(self) -> dict[str, PostgresOrigin]:
        """For each slot, `a` and `b`, the origin of the database with the role of the slot."""


@runtime_checkable
class ServerComponent(OriginComponent, Protocol):
    """A component that creates a server, with which the roles are deleted: ``RdsPostgres``, ``CloudSqlPostgres``."""

    @property
    def server_resource(self) -> pulumi.Resource:
        """The resource of the server."""


def with_dependencies(
    value: pulumi.Input[T], resources: pulumi.Input[Sequence[pulumi.Input[pulumi.Resource]] | pulumi.Resource] | None
) -> pulumi.Output[T]:
    """Returns ``value`` as an Output that depends on ``resources``.

    Hyperdrive connects to the database when a configuration is created or updated. Before that, the database, its role
    and its network route must exist. Therefore the password of each origin depends on these resources. A resource that
    uses the password, or a value derived from the password, waits for the same resources without `depends_on`.
    """

    def wait(found: Any) -> pulumi.Output[T]:
        waited = found if isinstance(found, list | tuple) else [found]
        return pulumi.Output.all(value, *(resource.urn for resource in waited)).apply(lambda values: values[0])

    return pulumi.Output.from_input(resources or []).apply(wait)
