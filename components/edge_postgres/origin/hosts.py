"""Facts that a host name shows: the vendor, whether a pooler answers there, and from where it can be reached.

`origin/vendors.py` lists the vendors. A host that no row matches counts as a direct endpoint. Pure.
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
    """A connection pooler in front of it."""


class NetworkScope(Enum):
    """From where an address can be reached."""

    PUBLIC = "public"
    PRIVATE = "private"
    LOOPBACK = "loopback"


def vendor_of(host: str) -> Vendor | None:
    """Returns the vendor that a host name belongs to, or None."""
    return next((vendor for vendor in VENDORS if _matches(vendor.host, host)), None)


def endpoint_of(host: str, port: int) -> Endpoint:
    """Returns the kind of endpoint by host name and port: a known pooler, else the database itself."""
    vendor = vendor_of(host)
    if vendor is not None and (_matches(vendor.pooled_host, host) or port in vendor.pooled_ports):
        return Endpoint.POOLED
    return Endpoint.DIRECT


def is_reader(host: str) -> bool:
    """Returns whether a host name belongs to a read replica, which rejects writes."""
    vendor = vendor_of(host)
    return vendor is not None and _matches(vendor.reader_host, host)


def direct_endpoint_hint(host: str, port: int, user: str | None = None) -> str:
    """Returns a sentence that names the direct endpoint of the database behind a pooler.

    Some poolers are shared by all databases of a vendor. There, only the name of the role identifies the database.
    """
    vendor = vendor_of(host)
    if vendor is None:
        return "Use the database's own host and port, not its pooler's."
    if vendor.direct_host is not None:
        return f"Use {re.sub(*vendor.direct_host, host.lower())}:{vendor.port}."
    if port in vendor.pooled_ports and not _matches(vendor.pooled_host, host):
        return f"Use {host.lower()}:{vendor.port}."
    if vendor.direct_from_user is not None and user is not None:
        pattern, direct = vendor.direct_from_user
        if found := re.fullmatch(pattern, user):
            return f"Use {found.expand(direct)}."
    return vendor.direct_hint


def pooled_endpoint_hint(host: str, port: int) -> str:
    """Returns a sentence that names the pooled endpoint of a database."""
    vendor = vendor_of(host)
    if vendor is not None and vendor.pooled_from is not None:
        return f"Use {re.sub(*vendor.pooled_from, host.lower())}:{port}."
    if vendor is not None and vendor.pooled_ports:
        return f"Use port {vendor.pooled_ports[0]}, where its pooler answers."
    return "Use the address of a pooler, and set `endpoint: pooled`."


def _matches(pattern: str | None, host: str) -> bool:
    return pattern is not None and re.fullmatch(pattern, host.lower()) is not None


_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")


def is_host(text: str | None) -> bool:
    """Returns whether a string is only a host name or an IP address, without port, brackets, user or zone."""
    if text is None:
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        # Resolvers read `127.1` and `10.0.0.01` as addresses: a name does not end with a number.
        return _HOST_NAME.fullmatch(text) is not None and not text.rpartition(".")[2].isdigit()
    return "%" not in text


def is_ip_address(host: str) -> bool:
    """Returns whether a host is an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


_PRIVATE_SUFFIXES = (".internal", ".local", ".lan", ".intranet", ".private", ".home.arpa")


def network_scope_of(host: str) -> NetworkScope:
    """Returns from where a host name or an IP address can be reached, without a DNS lookup."""
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
    return NetworkScope.PUBLIC if address.is_global else NetworkScope.PRIVATE
