"""Rules of a database's address: host, port, kind of endpoint, and the networks that can reach the host."""

import re
from typing import TypedDict

from edge_postgres.core.errors import ValidationError, missing_value
from edge_postgres.core.numbers import to_int
from edge_postgres.origin.hosts import (
    Endpoint,
    NetworkScope,
    direct_endpoint_hint,
    endpoint_of,
    is_host,
    network_scope_of,
    vendor_of,
    without_final_dot,
)

ROUTE_HINT = (
    "Use a public host, or a network route: `service_id` (Workers VPC), or `access_client_id` and "
    "`access_client_secret` (Tunnel with Access)."
)

_HOST_AND_PORT = re.compile(r"[^:/@\s]+:[0-9]{1,5}")


class Address(TypedDict):
    """Host and port of a database. The port is None behind a tunnel with Access."""

    host: str
    port: int | None


def validate_host(host: str | None, *, subject: str) -> str:
    """Returns the host name or IP address, without a final dot.

    Raises:
        ValidationError: The value is None or no host. The message does not show the value, which may be a URL with a
            password.
    """
    if host is None:
        raise missing_value(subject=subject)
    if is_host(without_final_dot(host)):
        return without_final_dot(host)
    only_host = "Set only the host, without scheme, user, port or brackets."
    fix = f"{only_host} To set a connection string, use `url` of an `ExistingPostgres`."
    stack_file_fix = f"{only_host} To set a connection string, use `urlSecret`."
    if _HOST_AND_PORT.fullmatch(host):
        fix = (
            "Set only the host, and set the port in `port`. If the value is an output `endpoint` with host and port, "
            "use the output `address` or `host` of the same resource."
        )
        stack_file_fix = "Set only the host, and set the port in `port`."
    raise ValidationError(subject, "must be a host name or an IP address", fix, stack_file_fix=stack_file_fix)


def validate_port(port: float | None, *, subject: str) -> int:
    """Returns the TCP port as an integer. Raises `ValidationError` unless the port is an integer from 1 to 65535."""
    number = to_int(port, subject=subject)
    if not 1 <= number <= 65535:
        raise ValidationError(subject, f"must be from 1 to 65535, got {number}", "Set the TCP port of the database.")
    return number


def validate_endpoint(endpoint: str | None, *, subject: str) -> str | None:
    """Returns the kind of endpoint unchanged.

    Raises:
        ValidationError: The value is neither `direct` nor `pooled` nor None. The message does not show the value, which
            may contain a password.
    """
    if endpoint not in (None, Endpoint.DIRECT.value, Endpoint.POOLED.value):
        raise ValidationError(
            subject,
            "must be `direct` or `pooled`",
            "Set `direct` if the database itself answers at the host, or `pooled` if a connection pooler answers.",
        )
    return endpoint


def validate_direct(
    host: str | None, *, port: float | None, endpoint: str | None, user: str | None = None, subject: str
) -> Address:
    """Returns host and port of a database that Hyperdrive connects to directly.

    Args:
        endpoint: The kind of endpoint that the user sets. The value overrides the kind that the host name indicates.
        user: The name of the role, which identifies the database behind some shared poolers.

    Raises:
        ValidationError: The host, the port or the kind of endpoint is invalid, or a connection pooler answers at the
            address.
    """
    host = validate_host(host, subject=f"{subject}.host")
    number = None if port is None else to_int(port, subject=f"{subject}.port")
    declared = validate_endpoint(endpoint, subject=f"{subject}.endpoint")
    if (declared or endpoint_of(host, number or 0).value) == Endpoint.POOLED.value:
        raise ValidationError(
            f"{subject}.host",
            f"must be a direct endpoint, got the pooled endpoint {host}; Hyperdrive is a transaction pooler itself, "
            "and two transaction poolers in a row break prepared statements",
            direct_endpoint_hint(host, number or 0, user),
        )
    return {"host": host, "port": number}


def validate_public(address: Address, *, allow_loopback: bool, reach: str | None = None, subject: str) -> Address:
    """Returns the address unchanged.

    Args:
        allow_loopback: Whether an address of this machine is valid, as in the local cloud.
        reach: The scope that the user sets, `public` or `private`.

    Raises:
        ValidationError: Cloudflare cannot reach the address over the Internet, or the port or ``reach`` is invalid.
    """
    host = address["host"]
    validate_port(address["port"], subject=f"{subject}.port")
    scope = validate_reach(reach, host, subject=f"{subject}.reach")
    if scope is NetworkScope.PUBLIC or (scope is NetworkScope.LOOPBACK and allow_loopback):
        return address
    area = "this machine" if scope is NetworkScope.LOOPBACK else "a private network"
    raise ValidationError(
        f"{subject}.host",
        f"must be public, got {host}, which only {area} can reach; Cloudflare connects from the Internet",
        ROUTE_HINT,
    )


def validate_reach(reach: str | None, host: str, *, subject: str) -> NetworkScope:
    """Returns the networks that can reach a host.

    The value `private` of ``reach`` makes a public host private. The value `public` does not make a private host
    public.

    Raises:
        ValidationError: ``reach`` is neither `public` nor `private` nor None.
    """
    if reach not in (None, NetworkScope.PUBLIC.value, NetworkScope.PRIVATE.value):
        raise ValidationError(subject, f"must be `public` or `private`, got {reach}", "Set `public` or `private`.")
    scope = network_scope_of(host)
    if scope is NetworkScope.PUBLIC and reach == NetworkScope.PRIVATE.value:
        return NetworkScope.PRIVATE
    return scope


def default_port(host: str, *, subject: str) -> int:
    """Returns the default port of a host: the port of its vendor's databases, or 5432 for an unknown vendor.

    Raises:
        ValidationError: Each database of the vendor has a separate port.
    """
    vendor = vendor_of(host)
    if vendor is None:
        return 5432
    if vendor.port is None:
        raise ValidationError(
            subject,
            f"has no port, and each database of {vendor.name} has a separate port",
            f"Set the port, which the connection string in the console of {vendor.name} contains.",
        )
    return vendor.port
