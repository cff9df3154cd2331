"""What a socket of a Worker reaches and what it does not: addresses, TLS, networks, names of variables. Pure."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.origin.address import validate_host, validate_reach
from edge_postgres.origin.certificates import is_address
from edge_postgres.origin.hosts import Endpoint, Reach, endpoint_of, vendor_of, way_to_pooled
from edge_postgres.origin.vendors import Certificate
from edge_postgres.workers.bindings.names import validate_binding_names

HYPERDRIVE_INSTEAD = "Put Hyperdrive in front of it, and bind that."
_ROUTED = f"{HYPERDRIVE_INSTEAD} It takes a route: Workers VPC, or a tunnel with Access."

# https://www.cloudflare.com/ips/, read 2026-11-21 (last changed 2023-09-28). A socket of a Worker does not reach them:
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


@dataclass(frozen=True)
class DirectOptions:
    """What is said about the way, beside the address."""

    clear_text: bool = False
    accept_open_network: bool = False
    allow_loopback: bool = False


def validate_variable_names(names: Mapping[str, str], defaults: Mapping[str, str], *, subject: str) -> dict[str, str]:
    """The name of each variable.

    Raises ``ValidationError`` for a key that has none, and for names that no Worker can have.
    """
    for key in names:
        if key not in defaults:
            known = ", ".join(f"`{each}`" for each in defaults)
            raise ValidationError(f"{subject}.{key}", "is no variable of this style", f"The variables are {known}.")
    found = {**defaults, **names}
    validate_binding_names({key: [name] for key, name in found.items()}, subject=subject)
    return found


def validate_direct_origin(origin: Mapping[str, Any], *, subject: str) -> None:
    """Raises ``ValidationError`` for what only Hyperdrive can use, and for an address that lacks a part.

    A new database's host is known when it is there; that it will be private is known in a preview.
    """
    for leaf in _ONLY_HYPERDRIVE:
        if leaf in origin:
            raise ValidationError(
                f"{subject}.{leaf}",
                "is given; a socket of a Worker takes no route but the Internet and no certificate but the runtime's",
                f"{HYPERDRIVE_INSTEAD} Or take an origin without it.",
            )
    if origin.get("reach") == Reach.PRIVATE.value:
        raise ValidationError(f"{subject}.reach", "is private; a Worker's socket leaves to the Internet", _ROUTED)
    for part in ("host", "port"):
        if part not in origin:
            raise ValidationError(f"{subject}.{part}", "is not given", "Give `host` and `port`.")


def validate_direct_sslmode(sslmode: str | None, *, subject: str) -> None:
    """`require`, or none stated: the runtime verifies in full, against public authorities, whatever the mode says."""
    if sslmode not in (None, "require"):
        raise ValidationError(
            subject,
            f"is {sslmode}; the runtime verifies chain and host name against public authorities, whatever the mode",
            "Leave it out, or say `require`.",
        )


def validate_address(
    options: DirectOptions,
    *,
    subject: str,
    host: str,
    port: float,
    endpoint: str | None = None,
    reach: str | None = None,
) -> dict[str, Any]:
    """Returns host, port and endpoint. Raises `ValidationError` for an address that no Worker's socket can reach."""
    host, port = validate_host(host, subject=f"{subject}.origin.host"), to_int(port, subject=f"{subject}.origin.port")
    if not 1 <= port <= 65535:
        raise ValidationError(f"{subject}.origin.port", f"is {port}", "Use a whole number from 1 to 65535.")
    if endpoint not in (None, Endpoint.DIRECT.value, Endpoint.POOLED.value):
        raise ValidationError(f"{subject}.origin.endpoint", f"is {endpoint}", "Say `direct` or `pooled`.")
    told = validate_reach(host, reach, subject=f"{subject}.origin.reach")
    vendor = vendor_of(host)
    if vendor is not None and not vendor.speaks_postgres:
        raise ValidationError(f"{subject}.origin.host", f"is {host}, where no Postgres answers", vendor.direct_hint)
    if not (told is Reach.LOOPBACK and options.allow_loopback):
        _reject_unreachable(host, told, subject=f"{subject}.origin.host")
        _reject_untrusted(host, options, subject=subject)
        _reject_closed(host, options, subject=subject)
    return {"host": host, "port": port, "endpoint": endpoint or endpoint_of(host, port).value}


def find_warnings(options: DirectOptions, *, subject: str, host: str, port: int, endpoint: str) -> list[str]:
    """What works and is not good, of a checked address."""
    found = []
    if endpoint == Endpoint.DIRECT.value:
        found.append(
            f"{subject}: dials {host}, the database itself: each request makes a connection of its own, and a burst "
            f"takes all that there are. {way_to_pooled(host, port)} Or put Hyperdrive in front of it, and bind that."
        )
    if options.clear_text and validate_reach(host, None, subject=subject) is not Reach.LOOPBACK:
        found.append(
            f"{subject}: talks to {host} in clear text: whoever is on the way reads and changes queries and rows."
        )
    return found


def _reject_unreachable(host: str, reach: Reach, *, subject: str) -> None:
    if reach is not Reach.PUBLIC:
        raise ValidationError(
            subject,
            f"is {host}, which only this {'machine' if reach is Reach.LOOPBACK else 'network'} can reach; a Worker's "
            "socket leaves to the Internet",
            _ROUTED,
        )
    if is_address(host) and any(ipaddress.ip_address(host) in network for network in _CLOUDFLARE):
        raise ValidationError(
            subject,
            f"is {host}, an address of Cloudflare's own; no socket of a Worker reaches one",
            "Take the database's own address, not a proxied name's.",
        )


def _reject_untrusted(host: str, options: DirectOptions, *, subject: str) -> None:
    vendor = vendor_of(host)
    if options.clear_text:
        if vendor is not None and not vendor.takes_clear_text:
            raise ValidationError(
                f"{subject}.allow_clear_text",
                f"is true for {host}; {vendor.name} takes connections with TLS",
                "Leave it out." if vendor.certificate is Certificate.PUBLIC else HYPERDRIVE_INSTEAD,
            )
    elif vendor is not None and vendor.certificate is Certificate.PRIVATE:
        raise ValidationError(
            f"{subject}.origin.host",
            f"is {host}; {vendor.name} signs its certificates itself, and a socket of a Worker trusts public "
            "authorities only: the handshake would fail, whatever the driver says about verification",
            HYPERDRIVE_INSTEAD,
        )
    elif is_address(host):
        raise ValidationError(
            f"{subject}.origin.host",
            f"is {host}; a socket of a Worker verifies the host name, and certificates name hosts, not addresses",
            f"Give the name that the server's certificate has. {HYPERDRIVE_INSTEAD}",
        )


def _reject_closed(host: str, options: DirectOptions, *, subject: str) -> None:
    vendor = vendor_of(host)
    if not options.accept_open_network and not (vendor is not None and vendor.is_open):
        raise ValidationError(
            f"{subject}.accept_open_network",
            f"is not true for {host}; sockets of Workers leave from addresses that nobody publishes, so that the "
            "database has to take connections from the whole Internet, and its password is all that guards it",
            "Say `true` where that is accepted, or put Hyperdrive in front of it: then Cloudflare's ranges are enough.",
        )
