"""What the name of a host tells: whose database it is, whether a pooler answers there, how far it can be reached.

One table, after https://developers.cloudflare.com/hyperdrive/examples/connect-to-postgres/postgres-database-providers/
and the vendors' own pages, read on 2026-11-21. A host that no row knows is taken as it is.
"""

import ipaddress
import re
from dataclasses import dataclass
from enum import Enum, StrEnum


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


@dataclass(frozen=True)
class Vendor:
    """A home of Postgres that is recognised by its host name."""

    name: str
    host: str
    """Regular expression that the whole host name matches."""
    port: int = 5432
    """Port of the direct endpoint where the connection string has none."""
    database: str | None = None
    """Name of the database where the vendor fixes it."""
    pooled_host: str | None = None
    """Regular expression of host names that a pooler has."""
    pooled_ports: tuple[int, ...] = ()
    """Ports that a pooler has."""
    direct_host: tuple[str, str] | None = None
    """Pattern and replacement that make the direct host of a pooled one."""
    direct_hint: str = "Take the connection string that the vendor shows with pooling off."
    """Where to find the direct endpoint where it cannot be derived."""


VENDORS = (
    Vendor(
        "Neon",
        r".+\.neon\.tech",
        pooled_host=r"[^.]+-pooler\..+",
        direct_host=(r"^([^.]+)-pooler\.", r"\1."),
    ),
    Vendor(
        "Prisma Postgres",
        r"(pooled\.)?db\.prisma\.io",
        database="postgres",
        pooled_host=r"pooled\..+",
        direct_host=(r"^pooled\.", ""),
    ),
    # Accelerate speaks the protocol of Prisma's own client only.
    Vendor(
        "Prisma Accelerate",
        r"(.+\.)?accelerate\.prisma-data\.net",
        pooled_host=r".+",
        direct_hint="Take the direct connection string of the database behind it: host db.prisma.io, port 5432.",
    ),
    Vendor(
        "Supabase",
        r"db\.[a-z0-9]{20}\.supabase\.co|.+\.pooler\.supabase\.com",
        database="postgres",
        pooled_host=r".+\.pooler\.supabase\.com",
        pooled_ports=(6543,),
        direct_hint="Take the direct connection: host db.<project reference>.supabase.co, port 5432, user postgres.",
    ),
    Vendor(
        "Amazon RDS",
        r".+\.rds\.amazonaws\.com(\.cn)?",
        database="postgres",
        pooled_host=r"[^.]+\.proxy-.+",
        direct_hint="Take the endpoint of the instance or the writer endpoint of the cluster, not the RDS Proxy's.",
    ),
    Vendor("Azure Database for PostgreSQL", r".+\.postgres\.database\.azure\.com", pooled_ports=(6432,)),
    Vendor("PlanetScale Postgres", r".+\.(horizon|pg)\.psdb\.cloud", pooled_ports=(6432,)),
    Vendor("DigitalOcean", r".+\.db\.ondigitalocean\.com", port=25060, pooled_ports=(25061,)),
    Vendor("CockroachDB Cloud", r".+\.cockroachlabs\.cloud", port=26257),
    Vendor("Timescale", r".+\.tsdb\.cloud\.timescale\.com"),
    Vendor("Materialize", r".+\.materialize\.cloud", port=6875),
    Vendor("Xata", r".+\.xata\.(sh|tech)"),
    Vendor("Nile", r".+\.db\.thenile\.dev"),
    Vendor("Fly Postgres", r".+\.fly\.dev"),
)


def vendor_of(host: str) -> Vendor | None:
    """The vendor that a host name belongs to, or None."""
    return next((vendor for vendor in VENDORS if re.fullmatch(vendor.host, host.lower())), None)


def endpoint_of(host: str, port: int) -> Endpoint:
    """What answers at an address, as far as its name tells: a pooler, else the database."""
    vendor = vendor_of(host)
    if vendor is None:
        return Endpoint.DIRECT
    pooled_host = vendor.pooled_host is not None and re.fullmatch(vendor.pooled_host, host.lower())
    return Endpoint.POOLED if pooled_host or port in vendor.pooled_ports else Endpoint.DIRECT


def way_to_direct(host: str, port: int) -> str:
    """A sentence that says where the database itself answers, for a host and port that a pooler has."""
    vendor = vendor_of(host)
    if vendor is None:
        return "Take the database's own host and port, not its pooler's."
    if vendor.direct_host is not None:
        return f"Take {re.sub(*vendor.direct_host, host.lower())}:{vendor.port}."
    if port in vendor.pooled_ports and not (vendor.pooled_host and re.fullmatch(vendor.pooled_host, host.lower())):
        return f"Take {host.lower()}:{vendor.port}."
    return vendor.direct_hint


_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")


def is_host(text: str) -> bool:
    """Whether a text is a host name or an IP address and nothing besides: no port, brackets, user or zone."""
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
        return Reach.PRIVATE if "." not in name or name.endswith(_PRIVATE_SUFFIXES) else Reach.PUBLIC
    if address.is_loopback:
        return Reach.LOOPBACK
    return Reach.PUBLIC if address.is_global else Reach.PRIVATE
