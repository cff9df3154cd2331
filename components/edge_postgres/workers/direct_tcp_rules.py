"""Rules for direct TCP: addresses and certificates that a Worker's socket accepts, and names of variables."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.origin.address import validate_endpoint, validate_host, validate_port, validate_reach
from edge_postgres.origin.hosts import (
    Endpoint,
    NetworkScope,
    endpoint_of,
    is_ip_address,
    pooled_endpoint_hint,
    vendor_of,
)
from edge_postgres.origin.vendor import CaKind
from edge_postgres.workers.bindings.render import validate_bindings

HYPERDRIVE_INSTEAD = "Use Hyperdrive instead."
_ROUTED = f"{HYPERDRIVE_INSTEAD} It supports network routes: Workers VPC, or a tunnel with Access."

# https://www.cloudflare.com/ips/, read 2026-11-21 (last changed 2023-09-28). A Worker's socket cannot connect to these
# ranges:
# https://developers.cloudflare.com/workers/runtime-apis/tcp-sockets/#considerations, read 2026-11-21.
_CLOUDFLARE = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("173.245.48.0/20", "103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22", "141.101.64.0/18"),
        *("108.162.192.0/18", "190.93.240.0/20", "188.114.96.0/20", "197.234.240.0/22", "198.41.128.0/17"),
        *("162.158.0.0/15", "104.16.0.0/13", "104.24.0.0/14", "172.64.0.0/13", "131.0.72.0/22"),
        *("2400:cb00::/32", "2606:4700::/32", "2803:f800::/32", "2405:b500::/32", "2405:8100::/32"),
        *("2a06:98c0::/29", "2c0f:f248::/32"),
    )
)

_ONLY_HYPERDRIVE = (
    "service_id",
    "access_client_id",
    "access_client_secret",
    "ca_certificate_id",
    "mtls_certificate_id",
)
"""Fields of an origin that only Hyperdrive can use."""


class SocketAddress(TypedDict):
    """A validated address for a Worker's socket."""

    host: str
    port: int
    endpoint: str
    """`direct` or `pooled`."""


@dataclass(frozen=True)
class DirectOptions:
    """The options of `DirectTcpArgs` that the validation of an address needs."""

    clear_text: bool = False
    accept_open_network: bool = False
    allow_loopback: bool = False


def validate_variable_names(names: Mapping[str, str], defaults: Mapping[str, str], *, subject: str) -> dict[str, str]:
    """Returns the name of each variable, by content such as `host`. Omitted names have their default.

    Raises:
        ValidationError: A key of `names` is not a content of the style, or a name is invalid or repeated.
    """
    for key in names:
        if key not in defaults:
            known = ", ".join(f"`{each}`" for each in defaults)
            raise ValidationError(f"{subject}.{key}", "is an unknown variable of this style", f"Use one of {known}.")
    found = {**defaults, **names}
    validate_bindings({key: [name] for key, name in found.items()}, Plan.FREE, subject=subject)
    return found


def validate_direct_origin(origin: Mapping[str, object], *, subject: str) -> None:
    """Checks the fields of an origin, except the value of the host.

    A preview can therefore run this check before the host of a new database is known.

    Raises:
        ValidationError: The origin has fields that only Hyperdrive can use, is private, or has no host or port.
    """
    for key in _ONLY_HYPERDRIVE:
        if key in origin:
            raise ValidationError(
                f"{subject}.{key}",
                "requires Hyperdrive, because only Hyperdrive supports network routes and uploaded certificates",
                f"{HYPERDRIVE_INSTEAD} Or use an origin without `{key}`.",
            )
    if origin.get("reach") == NetworkScope.PRIVATE.value:
        raise ValidationError(
            f"{subject}.reach", "must be public, because the Worker connects over the Internet", _ROUTED
        )
    for key in ("host", "port"):
        if key not in origin:
            raise ValidationError(f"{subject}.{key}", "is required", "Set `host` and `port`.")


def validate_direct_sslmode(sslmode: str | None, *, clear_text: bool = False, subject: str) -> None:
    """Raises `ValidationError` for modes other than `require`, or than `disable` with `clear_text`.

    The runtime always verifies the chain, against public CAs, and the host name. A socket takes no other certificate.
    """
    if sslmode == "disable" and not clear_text:
        raise ValidationError(
            subject,
            "must be `require` or omitted, got disable (a connection without TLS needs `allow_clear_text`)",
            "Omit the mode, or set `require`. To connect without TLS, set `allow_clear_text` to true.",
        )
    if sslmode not in (None, "require", "disable"):
        raise ValidationError(
            subject,
            f"must be `require` or omitted, got {sslmode} (the runtime always verifies chain and host name against "
            "public CAs, and a socket takes no certificate)",
            "Omit the mode, or set `require`.",
        )


def validate_address(
    options: DirectOptions,
    *,
    host: str,
    port: float,
    endpoint: str | None = None,
    reach: str | None = None,
    subject: str,
) -> SocketAddress:
    """Returns the validated address. Raises `ValidationError` for an address that a Worker's socket cannot use."""
    host = validate_host(host, subject=f"{subject}.origin.host")
    number = validate_port(port, subject=f"{subject}.origin.port")
    endpoint = validate_endpoint(endpoint, subject=f"{subject}.origin.endpoint")
    scope = validate_reach(reach, host, subject=f"{subject}.origin.reach")
    vendor = vendor_of(host)
    if vendor is not None and not vendor.speaks_postgres:
        raise ValidationError(
            f"{subject}.origin.host",
            f"must be a Postgres server, got {host}, which has another protocol",
            vendor.direct_hint,
        )
    if not (scope is NetworkScope.LOOPBACK and options.allow_loopback):
        _reject_unreachable(host, scope, subject=f"{subject}.origin.host")
        _reject_untrusted(host, options, subject=subject)
        _reject_closed(host, options, subject=subject)
    return {"host": host, "port": number, "endpoint": endpoint or endpoint_of(host, number).value}


def find_warnings(address: SocketAddress, options: DirectOptions, *, subject: str) -> list[str]:
    """Returns the warnings about a validated address: connections without a pooler, and clear text."""
    host, found = address["host"], []
    if address["endpoint"] == Endpoint.DIRECT.value:
        hint = pooled_endpoint_hint(host, address["port"])
        found.append(
            f"{subject}: connects to {host}, the database itself. Each request opens a connection, and a burst of "
            f"requests can use all of them. {hint} Or use Hyperdrive."
        )
    if options.clear_text and validate_reach(None, host, subject=subject) is not NetworkScope.LOOPBACK:
        found.append(
            f"{subject}: connects to {host} in clear text. Anyone on the network path can read and change queries and "
            "rows."
        )
    return found


def _reject_unreachable(host: str, reach: NetworkScope, *, subject: str) -> None:
    if reach is not NetworkScope.PUBLIC:
        area = "this machine" if reach is NetworkScope.LOOPBACK else "a private network"
        raise ValidationError(
            subject,
            f"must be public, got {host}, which only {area} can reach (Workers connect over the Internet)",
            _ROUTED,
        )
    if is_ip_address(host) and any(ipaddress.ip_address(host) in network for network in _CLOUDFLARE):
        raise ValidationError(
            subject,
            f"must not be an address of Cloudflare, got {host} (a Worker's socket cannot connect to such addresses)",
            "Set the address of the database itself, not that of a proxied DNS record.",
        )


def _reject_untrusted(host: str, options: DirectOptions, *, subject: str) -> None:
    vendor = vendor_of(host)
    if options.clear_text:
        if vendor is not None and not vendor.accepts_clear_text:
            raise ValidationError(
                f"{subject}.allow_clear_text",
                f"cannot be combined with {host}, because {vendor.name} requires TLS",
                "Omit `allow_clear_text`." if vendor.ca_kind is CaKind.PUBLIC else HYPERDRIVE_INSTEAD,
            )
    elif vendor is not None and vendor.ca_kind is CaKind.PRIVATE:
        raise ValidationError(
            f"{subject}.origin.host",
            f"must have a certificate of a public CA, got {host}, whose certificate {vendor.name} signs itself (the "
            "TLS handshake would fail, with every verification setting of the driver)",
            HYPERDRIVE_INSTEAD,
        )
    elif is_ip_address(host):
        raise ValidationError(
            f"{subject}.origin.host",
            f"must be a host name, got {host} (a Worker's socket verifies the host name of the certificate)",
            "Set the host name in the server's certificate, or use Hyperdrive.",
        )


def _reject_closed(host: str, options: DirectOptions, *, subject: str) -> None:
    vendor = vendor_of(host)
    if not options.accept_open_network and not (vendor is not None and vendor.is_open_by_default):
        raise ValidationError(
            f"{subject}.accept_open_network",
            f"must be true for {host} (Cloudflare does not publish the source addresses of sockets, so the database "
            "must accept connections from the whole Internet, protected by its password alone)",
            "Set `true` to accept this, or use Hyperdrive, which connects only from Cloudflare's address ranges.",
        )
