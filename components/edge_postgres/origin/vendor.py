"""`Vendor`: the facts about a database vendor that follow from the host name of a database."""

from dataclasses import dataclass
from enum import Enum

from edge_postgres.core.limit import Limit


class CaKind(Enum):
    """Kind of CA that signed the server's certificate.

    Hyperdrive with `require` accepts both kinds. The socket of a Worker accepts only a certificate of a public CA.
    """

    PUBLIC = "public"
    """A CA that every client trusts."""
    PRIVATE = "private"
    """A CA of the vendor, which clients do not trust by default."""


@dataclass(frozen=True)
class Vendor:
    """A database vendor that is recognised by host names.

    The patterns are regular expressions that match a complete name in lower case.
    """

    name: str
    """Name of the vendor in messages."""
    host: str
    """Pattern of the vendor's host names."""
    source: str
    """URL of the page that documents the facts about the vendor."""
    port: int | None = 5432
    """Port of the database itself. None if each database has a separate port."""
    database: str | None = None
    """Name of the database that every server of the vendor has, such as `postgres`. None if the names differ."""
    ca_kind: CaKind | None = None
    """Kind of CA that signed the server's certificate. None if no page names the CA."""
    pooler_host: str | None = None
    """Pattern of the host names of poolers."""
    pooler_ports: tuple[int, ...] = ()
    """Ports of poolers."""
    pooled_to_direct: tuple[str, str] | None = None
    """Pattern and replacement for `re.sub` that turn a pooled host name into the direct host name."""
    direct_to_pooled: tuple[str, str] | None = None
    """Pattern and replacement for `re.sub` that turn a direct host name into the pooled host name."""
    user_to_direct: tuple[str, str] | None = None
    """Pattern of a user name at the pooler, and a template of the direct address for `re.Match.expand`."""
    direct_hint: str = "Use the connection string that the vendor shows with pooling off."
    """Last sentence of the message for a pooled host, if the direct host cannot be derived from the pooled host."""
    private_host: str | None = None
    """Pattern of host names with private addresses."""
    is_open_by_default: bool = False
    """Whether every address of the Internet may connect to a new database."""
    accepts_clear_text: bool = False
    """Whether the vendor's documentation shows that its servers accept connections without TLS."""
    speaks_postgres: bool = True
    """Whether a Postgres server answers at the host."""
    reader_host: str | None = None
    """Pattern of host names of read replicas."""
    max_connections: Limit | None = None
    """Connections that every database accepts. None if the number depends on the size of the database."""
    reserved_connections: Limit | None = None
    """Connections out of all accepted connections that the vendor reserves."""
    can_rotate_passwords: bool = False
    """Whether the vendor can change the password of a role regularly without a notification."""
    url_parameters: tuple[str, ...] = ()
    """Parameters of the vendor's connection strings, except `sslmode=require`."""
    note: str = ""
    """Advice for Hyperdrive users."""
