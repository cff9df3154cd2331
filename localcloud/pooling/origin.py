"""The database to which a pool connects."""

import ipaddress
from dataclasses import dataclass, field, replace


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

    def verified_by(self, local_ca: str | None) -> "PooledOrigin":
        """Returns the origin with verification of the certificate, if the database is on this machine.

        Hyperdrive's `require` does not verify. On a shared machine, another user can listen on a port whose server has
        ended, and ask for the password in plain text.
        """
        tls = self.target.tls
        if local_ca is None or tls.sslmode != "require" or tls.ca_certificate or not _is_loopback(self.target.host):
            return self
        verified = replace(tls, sslmode="verify-ca", ca_certificate=local_ca)
        return replace(self, target=replace(self.target, tls=verified))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
