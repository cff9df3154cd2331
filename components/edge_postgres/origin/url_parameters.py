"""The table of the parameters of connection strings, with the treatment of each parameter by each connection method.

Hyperdrive, direct TCP and the serverless driver connect with host, port, user, password and database. None of them
sends another parameter to the server, except the TLS mode.

Sources, read on 2026-12-01, except those of libpq and of the server, whose release 18 was not checked:
libpq: https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-PARAMKEYWORDS,
server: https://www.postgresql.org/docs/18/runtime-config-client.html,
Prisma: https://www.prisma.io/docs/orm/v6/overview/databases/postgresql,
pgJDBC: https://github.com/pgjdbc/pgjdbc/blob/master/docs/content/documentation/use.md,
node-postgres: https://github.com/brianc/node-postgres/blob/master/packages/pg-connection-string/README.md.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """How edge-postgres treats a parameter."""

    USED = "used"
    """edge-postgres reads the value."""
    NONE = "dropped"
    """The parameter is dropped, because it does not change the result of a query. An informational message names it."""
    NAMED = "dropped with a warning"
    """The parameter is dropped, and a warning names it."""
    REJECTED = "rejected"
    """The parameter is rejected, because without it a program would read other data, or the string is ambiguous."""


@dataclass(frozen=True)
class Methods:
    """The treatment of a parameter by each connection method."""

    hyperdrive: str
    direct: str
    serverless: str


@dataclass(frozen=True)
class UrlParameter:
    """A parameter of a connection string."""

    name: str
    effect: Effect
    instead: str
    """The fix, or the reason why no fix is necessary."""
    source: str
    """The client or the server that has the parameter."""
    harmless: str | None = None
    """Pattern of the values of a rejected parameter that change nothing."""
    used: Methods | None = None
    """How each connection method uses the parameter. None if all methods treat the parameter in the same way."""

    def is_rejected(self, value: str) -> bool:
        """Returns whether a value of the parameter is rejected."""
        is_harmless = self.harmless is not None and re.fullmatch(self.harmless, value) is not None
        return self.effect is Effect.REJECTED and not is_harmless

    @property
    def methods(self) -> Methods:
        """The treatment of the parameter by each connection method."""
        return self.used or Methods(self.effect.value, self.effect.value, self.effect.value)


@dataclass(frozen=True)
class DroppedParameters:
    """The parameters of a connection string that no connection method sends."""

    warned: tuple[str, ...] = ()
    """Known names, sorted, of parameters that can have an effect."""
    silent: tuple[str, ...] = ()
    """Known names, sorted, of parameters that do not change the result of a query."""
    unknown: int = 0
    """Number of unknown names. No message shows them, because a misplaced password can be among them."""


_PART = "Write the value before the `?`."
_SEARCH_PATH = "Run `ALTER ROLE … SET search_path = …` for the role, or write the schema in the queries."
_CLIENT_CERTIFICATE = "For Hyperdrive, set `hyperdrive.tls.clientCertificateFile`. Sockets present no certificate."
_CA = "For Hyperdrive, set `hyperdrive.tls.caFile`, without which the certificate is not verified. Sockets verify it."
_TIMEOUT = "Run `ALTER ROLE … SET` for the role, with the name of the parameter."
_NETWORK = "Cloudflare opens the connection."
_POOL = "The driver in the Worker has its own settings."
_TLS = "Each connection uses TLS. Write `sslmode` for another mode."

_ROWS = (
    (
        Effect.REJECTED,
        "libpq",
        _PART,
        ("host", "hostaddr", "port", "user", "password", "dbname", "service", "servicefile", "passfile"),
    ),
    (
        Effect.NAMED,
        "libpq, Prisma",
        _CLIENT_CERTIFICATE,
        ("sslcert", "sslkey", "sslpassword", "sslcertmode", "sslidentity"),
    ),
    (Effect.NAMED, "libpq", _CA, ("sslrootcert", "sslcrl", "sslcrldir")),
    (Effect.NAMED, "server", _TIMEOUT, ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")),
    (Effect.NAMED, "server", _TIMEOUT, ("client_encoding", "replication", "TimeZone", "timezone", "role")),
    (
        Effect.NONE,
        "libpq, pgJDBC",
        "Hyperdrive connects as `Cloudflare Hyperdrive`.",
        ("application_name", "fallback_application_name", "ApplicationName"),
    ),
    (
        Effect.NONE,
        "libpq",
        _NETWORK,
        (
            *("channel_binding", "connect_timeout", "gssdelegation", "gssencmode", "gsslib", "krbsrvname"),
            *("keepalives", "keepalives_count", "keepalives_idle", "keepalives_interval", "load_balance_hosts"),
            *("max_protocol_version", "min_protocol_version", "require_auth", "requirepeer", "requiressl"),
            *("scram_client_key", "scram_server_key", "ssl_max_protocol_version", "ssl_min_protocol_version"),
            *("sslcompression", "sslkeylogfile", "sslnegotiation", "sslsni", "target_session_attrs"),
            *("tcp_user_timeout", "oauth_client_id", "oauth_client_secret", "oauth_issuer", "oauth_scope"),
        ),
    ),
    (
        Effect.NONE,
        "Prisma, Supabase",
        _POOL,
        (
            *("api_key", "connection_limit", "max_idle_connection_lifetime", "pool_timeout", "single_use_connections"),
            *("socket_timeout", "statement_cache_size", "sslaccept", "supa"),
        ),
    ),
    (
        Effect.NONE,
        "pgJDBC, node-postgres",
        _POOL,
        (
            *("channelBinding", "connectTimeout", "defaultRowFetchSize", "loginTimeout", "prepareThreshold"),
            *("preparedStatementCacheQueries", "reWriteBatchedInserts", "socketTimeout", "sslNegotiation"),
            *("sslfactory", "targetServerType", "tcpKeepAlive", "sslcompat", "uselibpqcompat"),
        ),
    ),
)

PARAMETERS = {
    "sslmode": UrlParameter(
        "sslmode",
        Effect.USED,
        "To verify the certificate, set `hyperdrive.tls`, which has precedence.",
        "libpq",
        used=Methods(
            "`require` is used; `verify-ca` and `verify-full` need a CA; other modes are rejected",
            "sends `require`; other modes are rejected, but `disable` is accepted with `allowClearText`",
            "sends `require` for every mode",
        ),
    ),
    "pgbouncer": UrlParameter(
        "pgbouncer",
        Effect.USED,
        "Use the address of the database itself for Hyperdrive and for the serverless driver.",
        "Prisma",
        used=Methods(
            "`true` is rejected, because a pooler answers",
            "`true` marks the address of a pooler",
            "`true` is rejected, because a pooler answers",
        ),
    ),
    **{name: UrlParameter(name, effect, instead, source) for effect, source, instead, names in _ROWS for name in names},
    **{
        name: UrlParameter(name, Effect.REJECTED, _SEARCH_PATH, source, harmless="public")
        for name, source in (("schema", "Prisma"), ("currentSchema", "pgJDBC"), ("search_path", "server"))
    },
    "ssl": UrlParameter("ssl", Effect.REJECTED, _TLS, "pgJDBC, node-postgres", harmless="true|1|require|"),
    # Clients without SNI send the endpoint of Neon in `options`. Hyperdrive and sockets send SNI.
    "options": UrlParameter(
        "options",
        Effect.REJECTED,
        "Run `ALTER ROLE … SET` for each option. At CockroachDB, write the cluster before the name of the database: "
        "`cluster-123.defaultdb`.",
        "libpq",
        harmless=r"(endpoint|project)=[a-z0-9-]+",
    ),
}
"""All known parameters by name. An unknown parameter is dropped with a warning that does not show its name."""


def dropped_parameters(parameters: Iterable[tuple[str, str]]) -> DroppedParameters:
    """Returns the parameters, given as names and values, that no connection method sends."""
    names = {name for name, _ in parameters}
    by_effect = {
        effect: tuple(sorted(name for name in names if name in PARAMETERS and PARAMETERS[name].effect is effect))
        for effect in (Effect.NAMED, Effect.NONE)
    }
    return DroppedParameters(by_effect[Effect.NAMED], by_effect[Effect.NONE], len(names - PARAMETERS.keys()))
