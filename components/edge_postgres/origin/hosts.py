"""Facts that follow from a host name: the vendor, whether a pooler answers at the host, and the network scope.

`origin/vendors.py` lists the vendors. The host of an unknown vendor counts as a direct endpoint.
"""

import ipaddress
import re
from enum import Enum, StrEnum

from edge_postgres.origin.vendor import Vendor
from edge_postgres.origin.vendors import VENDORS


class Endpoint(StrEnum):
    """The kind of server that answers at an address."""

    DIRECT = "direct"
    """The database itself."""
    POOLED = "pooled"
    """A connection pooler in front of the database."""


class NetworkScope(Enum):
    """The networks that can reach an address."""

    PUBLIC = "public"
    """The Internet."""
    PRIVATE = "private"
    """A private network."""
    LOOPBACK = "loopback"
    """Only the same machine."""


def vendor_of(host: str) -> Vendor | None:
    """Returns the vendor of a host name; None for the host name of an unknown vendor."""
    return next((vendor for vendor in VENDORS if _matches(vendor.host, host)), None)


POOLER_PORTS = (6432, 6543)
"""Default ports of poolers, where a database rarely answers: PgBouncer and PgCat, and Supavisor.

Sources, read on 2026-11-30: `listen_port` in https://manpages.ubuntu.com/manpages/focal/en/man5/pgbouncer.5.html, and
https://supabase.com/docs/guides/self-hosting/accessing-postgres. The port of PgCat was not checked.
"""


def without_final_dot(host: str) -> str:
    """Returns a host without the dot at its end, which stands for the root of the DNS and does not change the name."""
    return host[:-1] if host.endswith(".") and not host.endswith("..") else host


def endpoint_of(host: str, port: int) -> Endpoint:
    """Returns `POOLED` if the host name or the port is that of a pooler, else `DIRECT`."""
    vendor = vendor_of(host)
    ports = POOLER_PORTS if vendor is None else (*POOLER_PORTS, *vendor.pooler_ports)
    if port in ports and (vendor is None or port != vendor.port):
        return Endpoint.POOLED
    return Endpoint.POOLED if vendor is not None and _matches(vendor.pooler_host, host) else Endpoint.DIRECT


def is_reader(host: str) -> bool:
    """Returns whether a host name belongs to a read replica, which rejects writes."""
    vendor = vendor_of(host)
    return vendor is not None and _matches(vendor.reader_host, host)


def direct_endpoint_hint(host: str, port: int, user: str | None = None) -> str:
    """Returns a sentence that names the direct endpoint of the database behind a pooler.

    All databases of a vendor can share one pooler. For such a pooler, only the role's name identifies the database.
    """
    vendor = vendor_of(host)
    if vendor is None:
        hint = "Use the host and the port of the database itself, not of its pooler."
        return f"{hint} If the database itself answers at port {port}, set `endpoint` to `direct`." if port else hint
    if endpoint_of(host, port or vendor.port or 0) is Endpoint.DIRECT:
        return (
            "The host is that of the database itself. Remove `pgbouncer=true` from the connection string, or set "
            "`endpoint` to `direct`."
        )
    if vendor.pooled_to_direct is not None:
        return f"Use the direct endpoint {re.sub(*vendor.pooled_to_direct, host.lower())}:{vendor.port}."
    if vendor.port and endpoint_of(host, vendor.port) is Endpoint.DIRECT:
        return f"Use the direct endpoint {without_final_dot(host).lower()}:{vendor.port}."
    if vendor.user_to_direct is not None and user is not None:
        pattern, direct = vendor.user_to_direct
        if found := re.fullmatch(pattern, user):
            return f"Use the direct endpoint {found.expand(direct)}."
    return vendor.direct_hint


def pooled_endpoint_hint(host: str, port: int) -> str:
    """Returns a sentence that names the pooled endpoint of a database."""
    vendor = vendor_of(host)
    if vendor is not None and vendor.direct_to_pooled is not None:
        return f"Use the pooled endpoint {re.sub(*vendor.direct_to_pooled, host.lower())}:{port}."
    if vendor is not None and vendor.pooler_ports:
        return f"Use port {vendor.pooler_ports[0]} of this host, where the pooler of {vendor.name} answers."
    return "Use the address of a connection pooler, and set `endpoint` to `pooled`."


def _matches(pattern: str | None, host: str) -> bool:
    return pattern is not None and re.fullmatch(pattern, without_final_dot(host).lower()) is not None


_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")


def is_host(text: str | None) -> bool:
    """Returns whether a string is only a host name or an IP address of one machine.

    A port, brackets, a user and the zone of an IPv6 address are no part of a host.
    """
    if text is None:
        return False
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        # Resolvers read `127.1` and `10.0.0.01` as addresses. Therefore a host name must not end with a number.
        return _HOST_NAME.fullmatch(text) is not None and not text.rpartition(".")[2].isdigit()
    return "%" not in text and not address.is_unspecified and not address.is_multicast


def is_ip_address(host: str) -> bool:
    """Returns whether a host is an IP address and not a host name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("192.0.0.0/24", "224.0.0.0/4", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/23"),
        *("2002::/16", "3fff::/20", "5f00::/16", "fec0::/10", "ff00::/8"),
    )
)
"""Addresses that are not for servers on the internet, and that some releases of Python treat as global: translated
IPv4 addresses (mapped, NAT64, 6to4, Teredo), documentation, site-local and multicast. Source: IANA's registries of
special-purpose addresses (not checked)."""
_PRIVATE_SUFFIXES = (".internal", ".local", ".lan", ".intranet", ".private", ".home.arpa")


def network_scope_of(host: str) -> NetworkScope:
    """Returns the networks that can reach a host name or an IP address, without a DNS lookup."""
    name = host.lower().rstrip(".")
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        if name == "localhost" or name.endswith(".localhost"):
            return NetworkScope.LOOPBACK
        vendor = vendor_of(name)
        private = vendor is not None and _matches(vendor.private_host, name)
        return (
            NetworkScope.PRIVATE
            if private or "." not in name or name.endswith(_PRIVATE_SUFFIXES)
            else NetworkScope.PUBLIC
        )
    if address.is_loopback:
        return NetworkScope.LOOPBACK
    is_public = address.is_global and not any(address in network for network in _NOT_PUBLIC)
    return NetworkScope.PUBLIC if is_public else NetworkScope.PRIVATE
