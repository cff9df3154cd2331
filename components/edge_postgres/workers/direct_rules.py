"""What a socket of a Worker reaches and what it does not: addresses, TLS, networks, names of variables. Pure."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_postgres.core.errors import Refusal
from edge_postgres.core.numbers import to_int
from edge_postgres.origin.address import checked_host, checked_reach
from edge_postgres.origin.certificates import is_address
from edge_postgres.origin.hosts import Endpoint, Reach, endpoint_of, vendor_of, way_to_pooled
from edge_postgres.origin.vendors import Certificate
from edge_postgres.workers.bindings.names import refuse_clashes

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
class Dialling:
    """What is said about the way, beside the address."""

    clear_text: bool = False
    accept_open_network: bool = False
    allow_loopback: bool = False


def checked_names(subject: str, defaults: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """The name of each variable. Raises ``Refusal`` for a key that has none, and for names that no Worker can have."""
    for key in names:
        if key not in defaults:
            known = ", ".join(f"`{each}`" for each in defaults)
            raise Refusal(f"{subject}.{key}", "is no variable of this style", f"The variables are {known}.")
    found = {**defaults, **names}
    refuse_clashes(subject, {key: [name] for key, name in found.items()})
    return found


def refuse_other_routes(subject: str, origin: Mapping[str, Any]) -> None:
    """Raises ``Refusal`` for what only Hyperdrive can use, and for an address that lacks a part.

    A new database's host is known when it is there; that it will be private is known in a preview.
    """
    for leaf in _ONLY_HYPERDRIVE:
        if leaf in origin:
            raise Refusal(
                f"{subject}.{leaf}",
                "is given; a socket of a Worker takes no route but the Internet and no certificate but the runtime's",
                f"{HYPERDRIVE_INSTEAD} Or take an origin without it.",
            )
    if origin.get("reach") == Reach.PRIVATE.value:
        raise Refusal(f"{subject}.reach", "is private; a Worker's socket leaves to the Internet", _ROUTED)
    for part in ("host", "port"):
        if part not in origin:
            raise Refusal(f"{subject}.{part}", "is not given", "Give `host` and `port`.")


def checked_mode(subject: str, sslmode: str | None) -> None:
    """`require`, or none stated: the runtime verifies in full, against public authorities, whatever the mode says."""
    if sslmode not in (None, "require"):
        raise Refusal(
            subject,
            f"is {sslmode}; the runtime verifies chain and host name against public authorities, whatever the mode",
            "Leave it out, or say `require`.",
        )


def checked_lasting(subject: str, rotates: bool | None) -> None:
    """A password that nobody changes behind the Worker's back."""
    if rotates:
        raise Refusal(
            subject,
            "is changed on a schedule by somebody else; the Worker keeps a copy and would be locked out",
            "Take a password that the stack sets.",
        )


def checked_address(
    subject: str, dialling: Dialling, *, host: str, port: float, endpoint: str | None = None, reach: str | None = None
) -> dict[str, Any]:
    """Host, port and what answers there, where a socket of a Worker gets through. Raises ``Refusal`` elsewhere."""
    host, port = checked_host(f"{subject}.origin.host", host), to_int(f"{subject}.origin.port", port)
    if not 1 <= port <= 65535:
        raise Refusal(f"{subject}.origin.port", f"is {port}", "Use a whole number from 1 to 65535.")
    if endpoint not in (None, Endpoint.DIRECT.value, Endpoint.POOLED.value):
        raise Refusal(f"{subject}.origin.endpoint", f"is {endpoint}", "Say `direct` or `pooled`.")
    told = checked_reach(f"{subject}.origin.reach", host, reach)
    vendor = vendor_of(host)
    if vendor is not None and not vendor.speaks_postgres:
        raise Refusal(f"{subject}.origin.host", f"is {host}, where no Postgres answers", vendor.direct_hint)
    if not (told is Reach.LOOPBACK and dialling.allow_loopback):
        _refuse_unreachable(f"{subject}.origin.host", host, told)
        _refuse_untrusted(subject, host, dialling)
        _refuse_closed(subject, host, dialling)
    return {"host": host, "port": port, "endpoint": endpoint or endpoint_of(host, port).value}


def warnings_of(subject: str, dialling: Dialling, *, host: str, port: int, endpoint: str) -> list[str]:
    """What works and is not good, of a checked address."""
    found = []
    if endpoint == Endpoint.DIRECT.value:
        found.append(
            f"`{subject}` dials {host}, the database itself: each request makes a connection of its own, and a burst "
            f"takes all that there are. {way_to_pooled(host, port)} Or put Hyperdrive in front of it, and bind that."
        )
    if dialling.clear_text and checked_reach(subject, host, None) is not Reach.LOOPBACK:
        found.append(
            f"`{subject}` talks to {host} in clear text: whoever is on the way reads and changes queries and rows."
        )
    return found


def _refuse_unreachable(subject: str, host: str, reach: Reach) -> None:
    if reach is not Reach.PUBLIC:
        raise Refusal(
            subject,
            f"is {host}, which only this {'machine' if reach is Reach.LOOPBACK else 'network'} can reach; a Worker's "
            "socket leaves to the Internet",
            _ROUTED,
        )
    if is_address(host) and any(ipaddress.ip_address(host) in network for network in _CLOUDFLARE):
        raise Refusal(
            subject,
            f"is {host}, an address of Cloudflare's own; no socket of a Worker reaches one",
            "Take the database's own address, not a proxied name's.",
        )


def _refuse_untrusted(subject: str, host: str, dialling: Dialling) -> None:
    vendor = vendor_of(host)
    if dialling.clear_text:
        if vendor is not None and not vendor.takes_clear_text:
            raise Refusal(
                f"{subject}.allow_clear_text",
                f"is true for {host}; {vendor.name} takes connections with TLS",
                "Leave it out." if vendor.certificate is Certificate.PUBLIC else HYPERDRIVE_INSTEAD,
            )
    elif vendor is not None and vendor.certificate is Certificate.PRIVATE:
        raise Refusal(
            f"{subject}.origin.host",
            f"is {host}; {vendor.name} signs its certificates itself, and a socket of a Worker trusts public "
            "authorities only: the handshake would fail, whatever the driver says about verification",
            HYPERDRIVE_INSTEAD,
        )
    elif is_address(host):
        raise Refusal(
            f"{subject}.origin.host",
            f"is {host}; a socket of a Worker verifies the host name, and certificates name hosts, not addresses",
            f"Give the name that the server's certificate has. {HYPERDRIVE_INSTEAD}",
        )


def _refuse_closed(subject: str, host: str, dialling: Dialling) -> None:
    vendor = vendor_of(host)
    if not dialling.accept_open_network and not (vendor is not None and vendor.is_open):
        raise Refusal(
            f"{subject}.accept_open_network",
            f"is not true for {host}; sockets of Workers leave from addresses that nobody publishes, so that the "
            "database has to take connections from the whole Internet, and its password is all that guards it",
            "Say `true` where that is accepted, or put Hyperdrive in front of it: then Cloudflare's ranges are enough.",
        )
