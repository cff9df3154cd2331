"""What a pool leads to."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Tls:
    """How the pool speaks to the database; certificates and keys are PEM texts."""

    sslmode: str = "require"
    """`require` (encrypted, and nothing is verified), `verify-ca` or `verify-full`."""
    authority: str | None = None
    certificate: str | None = None
    """What the pool shows a database that asks for a client certificate."""
    private_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Place:
    """A database, a user of it and the way there. Another place is another pool."""

    host: str
    port: int
    database: str
    user: str
    tls: Tls = Tls()
    restarted_on: str | None = None
    """When somebody last asked for a new pool to the same database."""


@dataclass(frozen=True)
class PooledOrigin:
    """Password and limit can change while the pool is in use."""

    place: Place
    password: str = field(repr=False)
    connections: int
    """The most that the database sees at once."""
