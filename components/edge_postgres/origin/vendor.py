"""`Vendor`: the facts about a database vendor that follow from the host name of a database."""

from dataclasses import dataclass
from enum import Enum

from edge_postgres.core.limit import Limit


class Certificate(Enum):
    """Kind of CA that signed the server's certificate.

    Hyperdrive with `require` accepts both. The socket of a Worker accepts only a public one.
    """

    PUBLIC = "public"
    """A CA that every client trusts."""
    PRIVATE = "private"
    """A CA of the vendor, which clients do not trust by default."""


@dataclass(frozen=True)
class Vendor:
    """A database vendor, recognised by host names. The patterns match a complete name in lower case."""

    name: str
    host: str
    """Pattern of its host names."""
    source: str
    """Public page with these facts."""
    port: int | None = 5432
    """Port of the database itself."""
    database: str | None = None
    """Name of the database if the vendor fixes it."""
    certificate: Certificate | None = None
    pooled_host: str | None = None
    """Pattern of the host names of poolers."""
    pooled_ports: tuple[int, ...] = ()
    """Ports of poolers."""
    direct_host: tuple[str, str] | None = None
    """Pattern and replacement that turn a pooled host into the direct one."""
    pooled_from: tuple[str, str] | None = None
    """Pattern and replacement that turn a direct host into the pooled one."""
    direct_from_user: tuple[str, str] | None = None
    """Pattern of a pooler's user name, and the direct address that follows from it."""
    direct_hint: str = "Use the connection string that the vendor shows with pooling off."
    """Fix for a pooled host whose direct host cannot be derived."""
    private_host: str | None = None
    """Pattern of host names with private addresses."""
    is_open: bool = False
    """Whether the whole Internet may connect by default."""
    takes_clear_text: bool = False
    """Whether it is known to accept connections without TLS."""
    speaks_postgres: bool = True
    """Whether a Postgres server answers at the host."""
    reader_host: str | None = None
    """Pattern of host names of read replicas."""
    max_connections: Limit | None = None
    """Connections that every database accepts, if the number does not depend on the size."""
    reserved_connections: Limit | None = None
    """Connections of these that the vendor reserves."""
    parameters: tuple[str, ...] = ()
    """Parameters of the vendor's connection strings, in addition to `sslmode=require`."""
    note: str = ""
    """Advice for Hyperdrive users."""
