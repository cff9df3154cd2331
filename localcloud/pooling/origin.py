"""The database to which a pool connects."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Tls:
    """TLS settings of the pool's connections to the database. Certificates and keys are PEM strings."""

    sslmode: str = "require"
    """`require` (encrypted without verification), `verify-ca` or `verify-full`."""
    ca_certificate: str | None = None
    certificate: str | None = None
    """The client certificate, for a database that requires one."""
    private_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class PoolTarget:
    """A database, its user, its address and its TLS settings. Each target has a separate pool."""

    host: str
    port: int
    database: str
    user: str
    tls: Tls = Tls()
    restarted_on: str | None = None
    """Time of the last request for a new pool to the same database."""


@dataclass(frozen=True)
class PooledOrigin:
    """A target with the password and the connection limit, which can change while the pool is in use."""

    target: PoolTarget
    password: str = field(repr=False)
    connections: int
    """Maximum number of connections to the database."""
