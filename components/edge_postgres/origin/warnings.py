"""Warnings about an origin that deploys, and whose connections can fail later. No message contains a host."""

import pulumi

from edge_postgres.origin.hosts import NetworkScope, network_scope_of, vendor_of
from edge_postgres.origin.limits import HYPERDRIVE_POSTGRES


def warn_of_unknown_connections(most: float | None, host: str | None, *, subject: str) -> None:
    """Logs a warning if the number of connections that a database accepts is unknown.

    Args:
        most: Connections that the database accepts in total. None if unknown.
        host: Host of the database. A database on the same machine causes no warning. None if unknown.
        subject: Path of the origin.
    """
    if most is None and not (host and network_scope_of(host) is NetworkScope.LOOPBACK):
        pulumi.log.warn(
            f"{subject}.max_connections: is not set, so no connection limit is compared with the connections that the "
            "database accepts. Above that number, the database rejects connections (error 53300). Set "
            "`max_connections` to the result of `show max_connections`."
        )


def warn_of_rotation(host: str | None, *, subject: str) -> None:
    """Logs a warning if the vendor of a host can change passwords without a notification."""
    vendor = vendor_of(host) if host else None
    if vendor and vendor.can_rotate_passwords:
        pulumi.log.warn(
            f"{subject}.password_rotates: is not set, and {vendor.name} can manage the password and change it every 7 "
            "days. Hyperdrive would keep the former password, and every query would fail. Set `password_rotates` to "
            "false if the vendor does not manage the password, or to true together with `rotation_sync`."
        )


def warn_of_unlisted_version(version: int, *, subject: str) -> None:
    """Logs a warning about a major version of Postgres that Cloudflare does not list for Hyperdrive."""
    if version > HYPERDRIVE_POSTGRES:
        pulumi.log.warn(
            f"{subject}: is {version}, but Cloudflare lists versions up to {HYPERDRIVE_POSTGRES} for Hyperdrive. "
            "Test Hyperdrive with this version before production depends on it."
        )
