"""The vendors that a host name gives away: one table.

After https://developers.cloudflare.com/hyperdrive/examples/connect-to-postgres/postgres-database-providers/ and the
pages named in the rows, read on 2026-11-21. What no page says is left out: a port is None where every database has one
of its own, a certificate is None where nobody says who signs it.
"""

from dataclasses import dataclass
from enum import Enum

from edge_postgres.core.limit import Limit
from edge_postgres.origin.limits import (
    AZURE_RESERVED_CONNECTIONS,
    CLICKHOUSE_MAX_CONNECTIONS,
    NEON_RESERVED_CONNECTIONS,
    PRISMA_RESERVED_CONNECTIONS,
)


class Certificate(Enum):
    """Who signs what the server shows. Hyperdrive with `require` takes both; a socket of a Worker takes the first."""

    PUBLIC = "public"
    """An authority that every client trusts."""
    PRIVATE = "private"
    """The vendor's own authority."""


@dataclass(frozen=True)
class Vendor:
    """A home of Postgres that is recognised by its host name. The patterns match a whole name, in lower case."""

    name: str
    host: str
    """Pattern of its host names."""
    source: str
    """Public page that says so."""
    port: int | None = 5432
    """Port of the database itself."""
    database: str | None = None
    """Name of the database where the vendor fixes it."""
    certificate: Certificate | None = None
    pooled_host: str | None = None
    """Pattern of host names that a pooler has."""
    pooled_ports: tuple[int, ...] = ()
    """Ports that a pooler has."""
    direct_host: tuple[str, str] | None = None
    """Pattern and replacement that make the direct host of a pooled one."""
    pooled_from: tuple[str, str] | None = None
    """Pattern and replacement that make the pooled host of a direct one."""
    direct_from_user: tuple[str, str] | None = None
    """Pattern of a pooler's user name, and the direct address that follows from it."""
    direct_hint: str = "Take the connection string that the vendor shows with pooling off."
    """Where to find the direct endpoint where it cannot be derived."""
    private_host: str | None = None
    """Pattern of host names that lead to a private address."""
    is_open: bool = False
    """Whether the whole Internet may connect, unless the owner says otherwise."""
    takes_clear_text: bool = False
    """Whether it is known to take connections without TLS."""
    speaks_postgres: bool = True
    """Whether a Postgres client finds a database there."""
    reader_host: str | None = None
    """Pattern of host names of read replicas."""
    max_connections: Limit | None = None
    """Connections that every database accepts, where that does not depend on its size."""
    reserved_connections: Limit | None = None
    """Connections of these that the vendor keeps."""
    parameters: tuple[str, ...] = ()
    """Parameters of the vendor's connection strings, beside `sslmode=require`."""
    note: str = ""
    """What to know before pointing Hyperdrive at it."""


_CLOUDFLARE = "https://developers.cloudflare.com/hyperdrive/examples/connect-to-postgres/postgres-database-providers/"

VENDORS = (
    Vendor(
        "Neon",
        r".+\.neon\.tech",
        "https://neon.com/docs/connect/connection-pooling",
        certificate=Certificate.PUBLIC,
        pooled_host=r"[^.]+-pooler\..+",
        direct_host=(r"^([^.]+)-pooler\.", r"\1."),
        pooled_from=(r"^([^.]+)\.", r"\1-pooler."),
        is_open=True,
        reserved_connections=NEON_RESERVED_CONNECTIONS,
        parameters=("channel_binding", "options"),
        note="The console shows the pooled string first.",
    ),
    # Databases that Vercel sold until it handed them to Neon; the hosts kept Neon's form.
    Vendor(
        "Vercel Postgres",
        r".+\.postgres\.vercel-storage\.com",
        "https://neon.com/docs/guides/vercel-postgres-transition-guide",
        pooled_host=r"[^.]+-pooler\..+",
        direct_host=(r"^([^.]+)-pooler\.", r"\1."),
        pooled_from=(r"^([^.]+)\.", r"\1-pooler."),
        parameters=("pgbouncer", "connect_timeout"),
        note="`POSTGRES_URL_NON_POOLING` is the direct string.",
    ),
    Vendor(
        "Prisma Postgres",
        r"(pooled\.)?db\.prisma\.io",
        "https://www.prisma.io/docs/postgres/database/connecting-to-your-database",
        database="postgres",
        certificate=Certificate.PUBLIC,
        pooled_host=r"pooled\..+",
        direct_host=(r"^pooled\.", ""),
        pooled_from=(r"^", "pooled."),
        is_open=True,
        reserved_connections=PRISMA_RESERVED_CONNECTIONS,
        note="The plan limits direct connections: 10 on the small plans. Prisma uses 5 of them.",
    ),
    # Accelerate speaks the protocol of Prisma's own client only.
    Vendor(
        "Prisma Accelerate",
        r"(.+\.)?accelerate\.prisma-data\.net",
        "https://www.prisma.io/docs/postgres/database/limits",
        pooled_host=r".+",
        direct_hint="Take the direct connection string of the database behind it: host db.prisma.io, port 5432.",
        speaks_postgres=False,
        parameters=("api_key",),
        note="No Postgres server answers at this host. Accelerate ends on 2026-12-01.",
    ),
    Vendor(
        "Supabase",
        r"db\.[a-z0-9]{20}\.supabase\.co|.+\.pooler\.supabase\.com",
        "https://supabase.com/docs/guides/database/connecting-to-postgres",
        database="postgres",
        certificate=Certificate.PRIVATE,
        pooled_host=r".+\.pooler\.supabase\.com",
        # 6543 is the shared pooler's, and beside the direct host the dedicated one's; the shared pooler has 5432 too.
        pooled_ports=(6543,),
        direct_from_user=(r"([^.]+)\.([a-z0-9]{20})", r"db.\2.supabase.co:5432, user \1"),
        direct_hint="Take the direct connection: host db.<project reference>.supabase.co, port 5432, user postgres.",
        is_open=True,
        # https://supabase.com/docs/guides/platform/ssl-enforcement
        takes_clear_text=True,
        parameters=("pgbouncer",),
        note="The direct host has IPv6 only, unless the project has the IPv4 add-on.",
    ),
    Vendor(
        "Amazon RDS",
        r".+\.rds\.amazonaws\.com(\.cn)?",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html",
        database="postgres",
        certificate=Certificate.PRIVATE,
        pooled_host=r"[^.]+\.proxy-.+",
        direct_hint="Take the endpoint of the instance or the writer endpoint of the cluster, not the RDS Proxy's.",
        private_host=r"[^.]+\.proxy-.+",
        reader_host=r"[^.]+\.cluster-ro-.+",
        note="`.cluster-` marks the writer, `.cluster-ro-` the readers. An RDS Proxy has private addresses only.",
    ),
    Vendor(
        "Google Cloud SQL",
        r".+\.sql\.goog",
        "https://docs.cloud.google.com/sql/docs/mysql/configure-dns",
        certificate=Certificate.PRIVATE,
        private_host=r".+",
        note="These names belong to Private Service Connect. A public instance has an IPv4 address and no host name.",
    ),
    Vendor(
        "Azure Database for PostgreSQL",
        r".+\.postgres\.database\.azure\.com",
        "https://learn.microsoft.com/en-us/azure/postgresql/configure-maintain/concepts-limits",
        certificate=Certificate.PUBLIC,
        pooled_ports=(6432,),
        reserved_connections=AZURE_RESERVED_CONNECTIONS,
        note="The connections depend on the size: 50 on B1ms, 859 on D2s.",
    ),
    Vendor(
        "PlanetScale Postgres",
        r".+\.(horizon|pg)\.psdb\.cloud",
        f"{_CLOUDFLARE}planetscale-postgres/",
        certificate=Certificate.PUBLIC,
        pooled_ports=(6432,),
        parameters=("sslmode=verify-full", "sslrootcert", "sslnegotiation"),
        note="The connection string contains `verify-full`. Set `require`, or upload the CA.",
    ),
    Vendor(
        "CockroachDB Cloud",
        r".+\.cockroachlabs\.cloud",
        f"{_CLOUDFLARE}cockroachdb/",
        port=26257,
        is_open=True,
        parameters=("sslmode=verify-full", "options"),
        note="The first database is `defaultdb`. `options` selects a cluster and cannot be sent.",
    ),
    Vendor(
        "DigitalOcean",
        r".+\.db\.ondigitalocean\.com",
        f"{_CLOUDFLARE}digital-ocean/",
        port=25060,
        certificate=Certificate.PRIVATE,
        pooled_ports=(25061,),
        private_host=r"private-.+",
        note="Use the connection string of the public network. Its host name can take 10 minutes to resolve.",
    ),
    Vendor(
        "Timescale",
        r".+\.tsdb\.cloud\.timescale\.com",
        f"{_CLOUDFLARE}timescale/",
        port=None,
        certificate=Certificate.PUBLIC,
        note="The database is `tsdb`. The pooler has the same host and a separate port.",
    ),
    Vendor(
        "Aiven",
        r".+\.aivencloud\.com",
        "https://aiven.io/docs/products/postgresql/howto/manage-pool",
        port=None,
        certificate=Certificate.PRIVATE,
        note="The pooler has the same host and a separate port. Use the service URI.",
    ),
    Vendor(
        "Materialize",
        r".+\.materialize\.cloud",
        f"{_CLOUDFLARE}materialize/",
        port=6875,
        certificate=Certificate.PUBLIC,
        note="Authenticate with an app password.",
    ),
    Vendor(
        "ClickHouse Managed Postgres",
        r".+\.pg\.clickhouse\.cloud",
        "https://clickhouse.com/docs/products/managed-postgres/connection",
        certificate=Certificate.PRIVATE,
        pooled_ports=(6432,),
        max_connections=CLICKHOUSE_MAX_CONNECTIONS,
        parameters=("sslmode=verify-full", "sslrootcert"),
        note="Each instance has a separate CA to download.",
    ),
    Vendor(
        "Xata",
        r".+\.xata\.(sh|tech)",
        f"{_CLOUDFLARE}xata/",
        note="The password is an API key.",
    ),
    Vendor("Nile", r".+\.db\.thenile\.dev", f"{_CLOUDFLARE}nile/", note="The user is a UUID."),
    Vendor(
        "Fly Postgres",
        r".+\.fly\.dev",
        f"{_CLOUDFLARE}fly/",
        note="Needs the `pg_tls` handler in fly.toml and a public address.",
    ),
    Vendor(
        "Render",
        r"dpg-[a-z0-9-]+\.[a-z]+-postgres\.render\.com",
        "https://render.com/docs/postgresql-creating-connecting",
        note="Use the external URL. The internal host name has no dots.",
    ),
    Vendor(
        "Railway",
        r".+\.proxy\.rlwy\.net",
        "https://github.com/railwayapp-templates/postgres-ssl",
        port=None,
        certificate=Certificate.PRIVATE,
        note="Use the public URL, which is a TCP proxy and not a pooler. `.railway.internal` is private.",
    ),
)
