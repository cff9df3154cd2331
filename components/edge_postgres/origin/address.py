"""Rules of a database's address: host, port, kind of endpoint, and from where it can be reached. Pure."""

import re
from typing import TypedDict

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.origin.hosts import (
    Endpoint,
    NetworkScope,
    direct_endpoint_hint,
    endpoint_of,
    is_host,
    network_scope_of,
    vendor_of,
)

ROUTE_HINT = (
    "Use a public host, or a network route: `service_id` (Workers VPC), or `access_client_id` and "
    "`access_client_secret` (Tunnel with Access)."
)

_HOST_AND_PORT = re.compile(r"[^:/@\s]+:[0-9]{1,5}")


class Address(TypedDict):
    """Host and port of a database."""

    host: str
    port: int | None


def validate_host(host: str | None, *, subject: str) -> str:
    """Returns a host name or an IP address.

    The message does not show a rejected value, because the value may be a URL with a password.
    """
    host = host or ""
    if is_host(host):
        return host
    fix = "Set the host alone, without scheme, user, port or brackets; a connection string belongs in `url`."
    if _HOST_AND_PORT.fullmatch(host):
        fix = (
            "Set the host alone, and put the port into `port`. Where a resource's `endpoint` has host and port in one, "
            "its `address` or `host` has the host alone."
        )
    raise ValidationError(subject, "must be a host name or an IP address", fix)


def validate_port(port: float | None, *, subject: str) -> int:
    """Returns a TCP port."""
    number = to_int(port, subject=subject)
    if not 1 <= number <= 65535:
        raise ValidationError(subject, f"must be from 1 to 65535, got {number}", "Use an integer in this range.")
    return number


def validate_endpoint(endpoint: str | None, *, subject: str) -> str | None:
    """Returns the kind of endpoint. The message does not show a rejected value, which may contain a password."""
    if endpoint not in (None, Endpoint.DIRECT.value, Endpoint.POOLED.value):
        raise ValidationError(
            subject,
            "must be `direct` or `pooled`",
            "Set the kind of server that answers at the host; an address belongs in `host` and `port`.",
        )
    return endpoint


def validate_direct(
    host: str, *, port: float | None, endpoint: str | None, user: str | None = None, subject: str
) -> Address:
    """Returns the address of a database that Hyperdrive connects to directly.

    Args:
        endpoint: The kind of endpoint that the caller declares; it overrides the kind that the host name indicates.
        user: The role, which names the database on some shared poolers.

    Raises:
        ValidationError: The host is invalid, or a connection pooler answers at the address.
    """
    host = validate_host(host, subject=f"{subject}.host")
    number = None if port is None else to_int(port, subject=f"{subject}.port")
    declared = validate_endpoint(endpoint, subject=f"{subject}.endpoint")
    if (declared or endpoint_of(host, number or 0).value) == Endpoint.POOLED.value:
        raise ValidationError(
            f"{subject}.host",
            f"must be a direct endpoint, got the pooled endpoint {host}; Hyperdrive is a transaction pooler itself, "
            "and two in a row break prepared statements",
            direct_endpoint_hint(host, number or 0, user),
        )
    return {"host": host, "port": number}


def validate_public(address: Address, *, allow_loopback: bool, reach: str | None = None, subject: str) -> Address:
    """Returns an address that Cloudflare can reach over the Internet.

    Args:
        allow_loopback: Accept an address of this machine; the local cloud needs it.
        reach: The scope that the caller declares, `public` or `private`.
    """
    host = address["host"]
    validate_port(address["port"], subject=f"{subject}.port")
    scope = validate_reach(reach, host, subject=f"{subject}.reach")
    if scope is NetworkScope.PUBLIC or (scope is NetworkScope.LOOPBACK and allow_loopback):
        return address
    area = "machine" if scope is NetworkScope.LOOPBACK else "network"
    raise ValidationError(
        f"{subject}.host",
        f"must be public, got {host}, which only this {area} can reach; Cloudflare connects from the Internet",
        ROUTE_HINT,
    )


def validate_reach(reach: str | None, host: str, *, subject: str) -> NetworkScope:
    """Returns from where a host can be reached; the value `public` does not make a private address public."""
    if reach not in (None, NetworkScope.PUBLIC.value, NetworkScope.PRIVATE.value):
        raise ValidationError(subject, f"must be `public` or `private`, got {reach}", "Set one of the two values.")
    scope = network_scope_of(host)
    if scope is NetworkScope.PUBLIC and reach == NetworkScope.PRIVATE.value:
        return NetworkScope.PRIVATE
    return scope


def default_port(host: str, *, subject: str) -> int:
    """Returns the port of the database itself on a host, for an address without a port."""
    vendor = vendor_of(host)
    if vendor is None:
        return 5432
    if vendor.port is None:
        raise ValidationError(
            subject,
            f"has no port, and each database of {vendor.name} has a separate one",
            "Copy the port from the vendor's connection string.",
        )
    return vendor.port
