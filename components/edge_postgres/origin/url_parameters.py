"""The table of the parameters of connection strings, with the treatment of each parameter.

Hyperdrive, direct TCP and the serverless driver connect with host, port, user, password and database. None of them
sends another parameter to the server, except the TLS mode. Sources, not checked against this table:
https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS,
https://www.prisma.io/docs/orm/core-concepts/supported-databases/postgresql, and the pages of `vendors.py`.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """How edge-postgres treats a parameter."""

    USED = "used"
    """edge-postgres reads the value."""
    NONE = "dropped"
    """The parameter is dropped, because it changes neither the result nor the safety of a query."""
    NAMED = "dropped with a warning"
    """The parameter is dropped, and a warning names it."""
    REJECTED = "rejected"
    """The parameter is rejected, because without it a program would read other data, or the string is ambiguous."""


@dataclass(frozen=True)
class UrlParameter:
    """A parameter of a connection string."""

    name: str
    effect: Effect
    instead: str
    """The fix, or the reason why no fix is necessary."""
    harmless: str | None = None
    """Pattern of the values of a rejected parameter that change nothing."""

    def is_rejected(self, value: str) -> bool:
        """Returns whether a value of the parameter is rejected."""
        is_harmless = self.harmless is not None and re.fullmatch(self.harmless, value) is not None
        return self.effect is Effect.REJECTED and not is_harmless


_PART = "Write the value before the `?`."
_SEARCH_PATH = "Run `ALTER ROLE … SET search_path = …` for the role, or write the schema in the queries."
_CLIENT_CERTIFICATE = "For Hyperdrive, set `hyperdrive.tls.clientCertificateFile`. Sockets present no certificate."
_CA = "For Hyperdrive, set `hyperdrive.tls.caFile`. Sockets trust public CAs only."
_TIMEOUT = "Run `ALTER ROLE … SET` for the role, with the name of the parameter."
_NETWORK = "Cloudflare opens the connection."
_POOL = "The driver in the Worker has its own settings of its pool."

_ROWS = (
    (Effect.USED, "The TLS mode. Direct TCP and the serverless driver accept `require` only.", ("sslmode",)),
    (Effect.USED, "`true` marks the address of a pooler, which Hyperdrive rejects.", ("pgbouncer",)),
    (
        Effect.REJECTED,
        _PART,
        ("host", "hostaddr", "port", "user", "password", "dbname", "service", "servicefile", "passfile"),
    ),
    (Effect.NAMED, _CLIENT_CERTIFICATE, ("sslcert", "sslkey", "sslpassword", "sslcertmode", "sslidentity")),
    (Effect.NAMED, _CA, ("sslcrl", "sslcrldir")),
    (Effect.NONE, _CA, ("sslrootcert",)),
    (Effect.NAMED, _TIMEOUT, ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")),
    (Effect.NAMED, _TIMEOUT, ("client_encoding", "replication", "TimeZone", "timezone", "role")),
    (Effect.NONE, "Hyperdrive connects as `Cloudflare Hyperdrive`.", ("application_name", "fallback_application_name")),
    (
        Effect.NONE,
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
        _POOL,
        (
            *("api_key", "connection_limit", "max_idle_connection_lifetime", "pool_timeout", "single_use_connections"),
            *("socket_timeout", "statement_cache_size", "sslaccept", "supa"),
        ),
    ),
)

PARAMETERS = {
    **{name: UrlParameter(name, effect, instead) for effect, instead, names in _ROWS for name in names},
    "schema": UrlParameter("schema", Effect.REJECTED, _SEARCH_PATH, harmless="public"),
    "currentSchema": UrlParameter("currentSchema", Effect.REJECTED, _SEARCH_PATH, harmless="public"),
    "search_path": UrlParameter("search_path", Effect.REJECTED, _SEARCH_PATH, harmless="public"),
    # Clients without SNI send the endpoint of Neon in `options`. Hyperdrive and sockets send SNI.
    "options": UrlParameter(
        "options",
        Effect.REJECTED,
        "Run `ALTER ROLE … SET` for each option. At CockroachDB, write the cluster before the name of the database: "
        "`cluster-123.defaultdb`.",
        harmless=r"(endpoint|project)=[a-z0-9-]+",
    ),
}
"""All known parameters by name. An unknown parameter is dropped with a warning."""


def is_named(name: str) -> bool:
    """Returns whether a warning names the parameter, because it is dropped and can have an effect."""
    known = PARAMETERS.get(name)
    return known is None or known.effect is Effect.NAMED
