"""What a host tells: whose database it is, whether a pooler answers there, from where it can be reached.

The vendors stand in `components/edge_postgres/origin/vendors.py`. A host that no row there knows is taken as it is.
"""

import ipaddress
import re
from enum import Enum, StrEnum

from edge_postgres.origin.vendors import VENDORS, Vendor


class Endpoint(StrEnum):
    """What answers at an address."""

    DIRECT = "direct"
    """The database itself."""
    POOLED = "pooled"
    """A connection pooler in front of it."""


class Reach(Enum):
    """From where an address can be reached."""

    PUBLIC = "public"
    PRIVATE = "private"
    LOOPBACK = "loopback"


def vendor_of(host: str) -> Vendor | None:
    """The vendor that a host name belongs to, or None."""
    return next((vendor for vendor in VENDORS if _matches(vendor.host, host)), None)


def endpoint_of(host: str, port: int) -> Endpoint:
    """What answers at an address, as far as its name tells: a pooler, else the database."""
    vendor = vendor_of(host)
    if vendor is not None and (_matches(vendor.pooled_host, host) or port in vendor.pooled_ports):
        return Endpoint.POOLED
    return Endpoint.DIRECT


def is_reader(host: str) -> bool:
    """Whether a host is a read replica by its name; what writes through it is refused by the database."""
    vendor = vendor_of(host)
    return vendor is not None and _matches(vendor.reader_host, host)


def way_to_direct(host: str, port: int, user: str | None = None) -> str:
    """A sentence that says where the database itself answers, for a host and port that a pooler has.

    Some poolers are shared, and only the name of the user that signs in tells which database is meant.
    """
    vendor = vendor_of(host)
    if vendor is None:
        return "Take the database's own host and port, not its pooler's."
    if vendor.direct_host is not None:
        return f"Take {re.sub(*vendor.direct_host, host.lower())}:{vendor.port}."
    if port in vendor.pooled_ports and not _matches(vendor.pooled_host, host):
        return f"Take {host.lower()}:{vendor.port}."
    if vendor.direct_from_user is not None and user is not None:
        pattern, direct = vendor.direct_from_user
        if found := re.fullmatch(pattern, user):
            return f"Take {found.expand(direct)}."
    return vendor.direct_hint


def way_to_pooled(host: str, port: int) -> str:
    """A sentence that says where a pooler answers for a database's own host and port."""
    vendor = vendor_of(host)
    if vendor is not None and vendor.pooled_from is not None:
        return f"Take {re.sub(*vendor.pooled_from, host.lower())}:{port}."
    if vendor is not None and vendor.pooled_ports:
        return f"Take port {vendor.pooled_ports[0]}, where its pooler answers."
    return "Take the address of a pooler, and say `endpoint: pooled`."


def _matches(pattern: str | None, host: str) -> bool:
    return pattern is not None and re.fullmatch(pattern, host.lower()) is not None


_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")


def is_host(text: str | None) -> bool:
    """Whether a text is a host name or an IP address and nothing besides: no port, brackets, user or zone."""
    if text is None:
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        # Resolvers read `127.1` and `10.0.0.01` as addresses: a name does not end with a number.
        return _HOST_NAME.fullmatch(text) is not None and not text.rpartition(".")[2].isdigit()
    return "%" not in text


_PRIVATE_SUFFIXES = (".internal", ".local", ".lan", ".intranet", ".private", ".home.arpa")


def reach_of(host: str) -> Reach:
    """From where a host name or an IP address can be reached, as far as it tells by itself."""
    name = host.lower().rstrip(".")
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        if name == "localhost" or name.endswith(".localhost"):
            return Reach.LOOPBACK
        vendor = vendor_of(name)
        private = vendor is not None and _matches(vendor.private_host, name)
        return Reach.PRIVATE if private or "." not in name or name.endswith(_PRIVATE_SUFFIXES) else Reach.PUBLIC
    if address.is_loopback:
        return Reach.LOOPBACK
    return Reach.PUBLIC if address.is_global else Reach.PRIVATE
