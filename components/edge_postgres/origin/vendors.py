"""The table of database vendors that are recognised by host names.

Sources: https://developers.cloudflare.com/hyperdrive/examples/connect-to-postgres/postgres-database-providers/ and the
page in each row, all read on 2026-11-21. `Vendor` explains the fields.
"""

from edge_postgres.origin.limits import (
    AZURE_RESERVED_CONNECTIONS,
    CLICKHOUSE_MAX_CONNECTIONS,
    NEON_RESERVED_CONNECTIONS,
    PRISMA_MAX_CONNECTIONS,
    PRISMA_RESERVED_CONNECTIONS,
)
from edge_postgres.origin.vendor import CaKind, Vendor

_CLOUDFLARE = "https://developers.cloudflare.com/hyperdrive/examples/connect-to-postgres/postgres-database-providers/"

VENDORS = (
    Vendor(
        "Neon",
        r".+\.neon\.tech",
        "https://neon.com/docs/connect/connection-pooling",
        ca_kind=CaKind.PUBLIC,
        pooler_host=r"[^.]+-pooler\..+",
        pooled_to_direct=(r"^([^.]+)-pooler\.", r"\1."),
        direct_to_pooled=(r"^([^.]+)\.", r"\1-pooler."),
        is_open_by_default=True,
        reserved_connections=NEON_RESERVED_CONNECTIONS,
        url_parameters=("channel_binding", "options"),
        note="The Neon console shows the pooled connection string first.",
    ),
    # Vercel sold these databases until it moved them to Neon. Their host names have the same form as those of Neon.
    Vendor(
        "Vercel Postgres",
        r".+\.postgres\.vercel-storage\.com",
        "https://neon.com/docs/guides/vercel-postgres-transition-guide",
        pooler_host=r"[^.]+-pooler\..+",
        pooled_to_direct=(r"^([^.]+)-pooler\.", r"\1."),
        direct_to_pooled=(r"^([^.]+)\.", r"\1-pooler."),
        url_parameters=("pgbouncer", "connect_timeout"),
        note="`POSTGRES_URL_NON_POOLING` is the direct connection string.",
    ),
    Vendor(
        "Prisma Postgres",
        r"(pooled\.)?db\.prisma\.io",
        "https://www.prisma.io/docs/postgres/database/connecting-to-your-database",
        database="postgres",
        ca_kind=CaKind.PUBLIC,
        pooler_host=r"pooled\..+",
        pooled_to_direct=(r"^pooled\.", ""),
        direct_to_pooled=(r"^", "pooled."),
        is_open_by_default=True,
        max_connections=PRISMA_MAX_CONNECTIONS,
        reserved_connections=PRISMA_RESERVED_CONNECTIONS,
        note="The plan limits direct connections. On a larger plan, set `maxConnections`.",
    ),
    # Accelerate supports only the protocol of Prisma's own client.
    Vendor(
        "Prisma Accelerate",
        r"(.+\.)?accelerate\.prisma-data\.net",
        "https://www.prisma.io/docs/postgres/database/limits",
        pooler_host=r".+",
        direct_hint="Use the direct connection string of the Prisma Postgres database: host db.prisma.io, port 5432.",
        speaks_postgres=False,
        url_parameters=("api_key",),
        note="No Postgres server answers at this host. Accelerate ends on 2026-12-01.",
    ),
    Vendor(
        "Supabase",
        r"db\.[a-z0-9]{20}(-rr-[a-z0-9-]+)?\.supabase\.co|.+\.pooler\.supabase\.com",
        "https://supabase.com/docs/guides/database/connecting-to-postgres",
        database="postgres",
        ca_kind=CaKind.PRIVATE,
        pooler_host=r".+\.pooler\.supabase\.com",
        # Port 6543 belongs to a pooler on each host: on the direct host to the dedicated pooler, on the other host to
        # the shared pooler. The shared pooler also answers on port 5432.
        pooler_ports=(6543,),
        user_to_direct=(r"([^.]+)\.([a-z0-9]{20})", r"db.\2.supabase.co:5432 with the user \1"),
        direct_hint="Use the direct connection: host db.<project reference>.supabase.co, port 5432, user postgres.",
        # Source of read replicas: https://supabase.com/docs/guides/platform/read-replicas. The form of the host was not
        # checked.
        reader_host=r"db\.[a-z0-9]{20}-rr-.+",
        is_open_by_default=True,
        # Source: https://supabase.com/docs/guides/platform/ssl-enforcement, read on 2026-11-21.
        accepts_clear_text=True,
        url_parameters=("pgbouncer",),
        note="The direct host has IPv6 only, unless the project has the IPv4 add-on.",
    ),
    Vendor(
        "Amazon RDS",
        # Hosts in China have `rds` before the region. The page of AWS was not checked:
        # https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-Beijing.html.
        r".+\.rds\.amazonaws\.com(\.cn)?|.+\.rds\.cn-[a-z0-9-]+\.amazonaws\.com\.cn",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html",
        ca_kind=CaKind.PRIVATE,
        # Further endpoints of a proxy have the label `endpoint`. The form of the host was not checked on this page:
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-endpoints.html.
        pooler_host=r"[^.]+(\.endpoint)?\.proxy-.+",
        direct_hint="Use the endpoint of the instance or the writer endpoint of the cluster, not that of an RDS Proxy.",
        private_host=r"[^.]+(\.endpoint)?\.proxy-.+",
        reader_host=r"[^.]+\.cluster-ro-.+",
        # The page was not checked: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
        can_rotate_passwords=True,
        note="`.cluster-` marks the writer, `.cluster-ro-` marks the readers. An RDS Proxy has private addresses only.",
    ),
    Vendor(
        "Google Cloud SQL",
        r".+\.sql(-psa)?\.goog",
        # The page is about MySQL. Private Service Connect gives Postgres instances host names of the same form.
        "https://docs.cloud.google.com/sql/docs/mysql/configure-dns",
        ca_kind=CaKind.PRIVATE,
        private_host=r".+",
        note="These names belong to private connections. A public instance has an IPv4 address and no host name.",
    ),
    Vendor(
        "Azure Database for PostgreSQL",
        r".+\.postgres\.database\.azure\.com",
        "https://learn.microsoft.com/en-us/azure/postgresql/configure-maintain/concepts-limits",
        ca_kind=CaKind.PUBLIC,
        pooler_ports=(6432,),
        reserved_connections=AZURE_RESERVED_CONNECTIONS,
        note="The number of connections depends on the memory: 50 on B1ms, 429 with 4 GiB, 859 with 8, 1718 with 16,"
        " 3437 with 32, 5000 above.",
    ),
    Vendor(
        "PlanetScale Postgres",
        r".+\.(horizon|pg)\.psdb\.cloud",
        f"{_CLOUDFLARE}planetscale-postgres/",
        ca_kind=CaKind.PUBLIC,
        pooler_ports=(6432,),
        url_parameters=("sslmode=verify-full", "sslrootcert", "sslnegotiation"),
        note="The connection string contains `verify-full`. Set `require`, or upload the CA."
        " Cloudflare's own integration, which manages the password, is not supported.",
    ),
    Vendor(
        "CockroachDB Cloud",
        r".+\.cockroachlabs\.cloud",
        f"{_CLOUDFLARE}cockroachdb/",
        port=26257,
        is_open_by_default=True,
        url_parameters=("sslmode=verify-full", "options"),
        note="The first database is `defaultdb`. Hyperdrive cannot send `options`, which selects a cluster.",
    ),
    Vendor(
        "DigitalOcean",
        r".+\.db\.ondigitalocean\.com",
        f"{_CLOUDFLARE}digital-ocean/",
        port=25060,
        ca_kind=CaKind.PRIVATE,
        pooler_ports=(25061,),
        private_host=r"private-.+",
        note="Use the connection string of the public network. Its host name can take 10 minutes to resolve."
        " It accepts 22 connections for each GB of memory.",
    ),
    Vendor(
        "Timescale",
        r".+\.tsdb\.cloud\.timescale\.com",
        f"{_CLOUDFLARE}timescale/",
        port=None,
        ca_kind=CaKind.PUBLIC,
        note="The database is `tsdb`. The pooler has the same host and a separate port.",
    ),
    Vendor(
        "Aiven",
        r".+\.aivencloud\.com",
        "https://aiven.io/docs/products/postgresql/howto/manage-pool",
        port=None,
        ca_kind=CaKind.PRIVATE,
        note="The pooler has the same host and a separate port. Use the service URI.",
    ),
    Vendor(
        "Materialize",
        r".+\.materialize\.cloud",
        f"{_CLOUDFLARE}materialize/",
        port=6875,
        ca_kind=CaKind.PUBLIC,
        note="Authenticate with an app password.",
    ),
    Vendor(
        "ClickHouse Managed Postgres",
        r".+\.pg\.clickhouse\.cloud",
        "https://clickhouse.com/docs/products/managed-postgres/connection",
        ca_kind=CaKind.PRIVATE,
        pooler_ports=(6432,),
        max_connections=CLICKHOUSE_MAX_CONNECTIONS,
        url_parameters=("sslmode=verify-full", "sslrootcert"),
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
        note="The app needs the `pg_tls` handler in fly.toml and a public address.",
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
        ca_kind=CaKind.PRIVATE,
        note="Use the public URL, which is a TCP proxy and not a pooler. `.railway.internal` is private.",
    ),
    Vendor(
        "Crunchy Bridge",
        r"p\.[a-z0-9]+\.db\.postgresbridge\.com",
        "https://docs.crunchybridge.com/how-to/pgbouncer/",
        database="postgres",
        pooler_ports=(5431,),
        note="PgBouncer answers on port 5431. Its page was read on 2026-12-01.",
    ),
    Vendor(
        "Fly Managed Postgres",
        r"(pgbouncer|direct)\.[a-z0-9-]+\.flympg\.net",
        "https://fly.io/docs/mpg/client-configuration/",
        pooler_host=r"pgbouncer\..+",
        pooled_to_direct=(r"^pgbouncer\.", "direct."),
        direct_to_pooled=(r"^direct\.", "pgbouncer."),
        note="Fly shows the pooled connection string first. Its page was read on 2026-12-01.",
    ),
)
