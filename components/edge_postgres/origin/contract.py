"""`PostgresOrigin`: the interface between the components of database vendors and their consumers."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict, TypeVar

import pulumi

T = TypeVar("T")


SSLMODES = ("require", "verify-ca", "verify-full")
"""The TLS modes that Hyperdrive supports.

https://developers.cloudflare.com/hyperdrive/reference/supported-databases-and-features/, read 2026-11-21.
"""


class PostgresOrigin(TypedDict):
    """Address, credentials and network route of a Postgres database.

    The password depends on all resources that must exist before a client connects. Therefore a resource that takes the
    password waits until the database accepts connections. The network route is public (host and port), Access (host and
    the two Access values, without a port) or Workers VPC (only the service id).
    """

    database: pulumi.Input[str]
    """Name of the database, 1 to 63 bytes."""
    user: pulumi.Input[str]
    """Role that authenticates, 1 to 63 bytes."""
    password: pulumi.Input[str]
    """Password of the role; always a secret."""
    host: NotRequired[pulumi.Input[str]]
    """Host name or IP address; omitted with a Workers VPC service."""
    port: NotRequired[pulumi.Input[float]]
    """TCP port; omitted with an Access or a Workers VPC route."""
    sslmode: NotRequired[pulumi.Input[str]]
    """TLS mode of Hyperdrive: `require` (the default), `verify-ca` or `verify-full`."""
    ca_certificate_id: NotRequired[pulumi.Input[str]]
    """Id of an uploaded CA certificate; required with the verify modes, not allowed with `require`."""
    mtls_certificate_id: NotRequired[pulumi.Input[str]]
    """Id of an uploaded client certificate for mutual TLS with the database."""
    max_connections: NotRequired[pulumi.Input[float]]
    """Connections that the database accepts in total."""
    reserved_connections: NotRequired[pulumi.Input[float]]
    """Connections of these that the database reserves for itself."""
    endpoint: NotRequired[pulumi.Input[str]]
    """Kind of server at the host: `direct` or `pooled`; by default derived from host and port."""
    reach: NotRequired[pulumi.Input[str]]
    """Networks that can reach the host: `public` or `private`; by default derived from the host."""
    password_rotates: NotRequired[pulumi.Input[bool]]
    """True if the vendor rotates the password without a notification; consumers then reject the origin."""
    access_client_id: NotRequired[pulumi.Input[str]]
    """Client id of the Access service token, for a database behind a tunnel with Access."""
    access_client_secret: NotRequired[pulumi.Input[str]]
    """Client secret of the Access service token; always a secret."""
    service_id: NotRequired[pulumi.Input[str]]
    """Id of the Workers VPC service that contains the address of the database."""


def with_dependencies(
    value: pulumi.Input[T], resources: pulumi.Input[Sequence[pulumi.Input[pulumi.Resource]] | pulumi.Resource] | None
) -> pulumi.Output[T]:
    """Returns ``value`` as an Output that depends on ``resources``.

    Hyperdrive connects to the database when a configuration is created or updated. The database, its role and its
    network route must exist before. Each origin therefore attaches them to its password. A resource waits for them if
    it takes the password, or a value that is derived from the password. No program has to write `depends_on`.
    """

    def wait(found: Any) -> pulumi.Output[T]:
        waited = found if isinstance(found, list | tuple) else [found]
        return pulumi.Output.all(value, *(resource.urn for resource in waited)).apply(lambda values: values[0])

    return pulumi.Output.from_input(resources or []).apply(wait)
