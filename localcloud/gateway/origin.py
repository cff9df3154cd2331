"""The database to which a pool connects."""

import ipaddress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode


@dataclass(frozen=True)
class Tls:
    """TLS settings of the pool's connections to the database. Certificates and keys are PEM strings."""

    sslmode: str = "require"
    """`require` (encrypted without verification), `verify-ca` or `verify-full`.

    `disable` is for a database on this machine without TLS, when the gateway runs alone. Hyperdrive does not have it.
    """
    ca_certificate: str | None = None
    certificate: str | None = None
    """The client certificate, for a database that requires one."""
    private_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Caching:
    """The query cache of a configuration. The ages are in seconds."""

    max_age: float = 60
    """Age up to which a result is returned (Hyperdrive's default; query caching page, November 2026)."""
    stale_while_revalidate: float = 15
    """Further age up to which the old result is returned while it is refreshed (same source)."""


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
    """A target with the settings that can change while the pool is in use."""

    target: PoolTarget
    password: str = field(repr=False)
    connections: int
    """Maximum number of connections to the database."""
    label: str = ""
    """Name of the configuration, for people."""
    caching: Caching | None = None
    """None if the query cache is disabled."""

    def content(self) -> dict[str, Any]:
        """Returns the origin as JSON for the gateway. It contains the password and the private key."""
        target, tls, caching = self.target, self.target.tls, self.caching or Caching(0, 0)
        return {
            "host": target.host,
            "port": target.port,
            "user": target.user,
            "database": target.database,
            "password": self.password,
            "connections": self.connections,
            "label": self.label,
            "restartedOn": target.restarted_on,
            "caching": {
                "disabled": self.caching is None,
                "maxAge": caching.max_age,
                "staleWhileRevalidate": caching.stale_while_revalidate,
            },
            "tls": {
                "sslmode": tls.sslmode,
                "ca": tls.ca_certificate,
                "certificate": tls.certificate,
                "key": tls.private_key,
            },
        }

    @property
    def needs_verification(self) -> bool:
        """Whether the database is on this machine, and its certificate would not be verified.

        Hyperdrive's `require` does not verify. On this machine, another user can listen on a port whose server has
        ended, and ask for the password in plain text.
        """
        tls = self.target.tls
        return tls.sslmode == "require" and tls.ca_certificate is None and is_loopback(self.target.host)

    def verified_by(self, ca_file: Path) -> "PooledOrigin":
        """Returns the origin with verification of the certificate."""
        tls = replace(self.target.tls, sslmode="verify-ca", ca_certificate=ca_file.read_text())
        return replace(self, target=replace(self.target, tls=tls))

    def verified_url(self, ca_file: Path) -> str:
        """Returns the URL of the database for Miniflare, with verification of the certificate: a secret."""
        credentials = f"{quote(self.target.user, safe='')}:{quote(self.password, safe='')}"
        host = f"[{self.target.host}]" if ":" in self.target.host else self.target.host
        database, query = quote(self.target.database, safe=""), urlencode({"sslrootcert": ca_file})
        return f"postgres://{credentials}@{host}:{self.target.port}/{database}?sslmode=verify-ca&{query}"


def is_loopback(host: str) -> bool:
    """Returns whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
