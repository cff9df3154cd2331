"""Where a Prisma connection leads and what signs in there, taken from the one answer that tells it."""

from dataclasses import dataclass, field
from typing import Any

from edge_postgres.core.errors import ValidationError
from edge_postgres.http.errors import ApiError
from edge_postgres.origin.connection_string import ConnectionString
from edge_postgres.origin.hosts import Endpoint, endpoint_of, vendor_of, way_to_direct

PORT = 5432
DATABASE = "postgres"
"""The one database, often left out: https://www.prisma.io/docs/postgres/database/connecting-to-your-database,
read on 2026-11-21."""

# https://www.prisma.io/docs/postgres/database/limits, read on 2026-11-21.
_RETIRES = "Hosted Accelerate retires on 2026-12-01, and Hyperdrive speaks to the database itself"

Json = dict[str, Any]


@dataclass(frozen=True)
class Credentials:
    """The direct endpoint of a database and how to sign in there."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)


def credentials_of(connection: Json) -> Credentials:
    """What the answer to a new connection holds: the direct connection string, else its deprecated parts.

    Raises ``ApiError``, without any part of the answer that is secret, where it has no direct endpoint.
    """
    direct = (connection.get("endpoints") or {}).get("direct") or {}
    old = connection.get("directConnection") or connection
    text = direct.get("connectionString")
    if not text and not (old.get("host") and old.get("user") and old.get("pass")):
        kind = connection.get("kind") or "unknown"
        raise ApiError(f"Prisma gave no direct credentials for this connection, whose kind is {kind}. {_RETIRES}.")
    credentials = _from_string(text) if text else _from_parts(old, direct.get("port"))
    return _direct(credentials)


def endpoint_in(connection: Json, name: str) -> tuple[str, int] | None:
    """Host and port of an endpoint, `direct` or `pooled`; every answer tells them."""
    endpoint = (connection.get("endpoints") or {}).get(name) or {}
    host = endpoint.get("host")
    return (host, int(endpoint.get("port") or PORT)) if host else None


def _from_string(text: str) -> Credentials:
    if text.startswith(("prisma://", "prisma+postgres://")):
        raise ApiError(f"Prisma gave a connection string that only its own client speaks. {_RETIRES}.")
    try:
        parsed = ConnectionString.parse(text, subject="endpoints.direct.connectionString")
    except ValidationError as refusal:
        raise ApiError(f"Prisma's answer cannot be used: {refusal}") from None
    return Credentials(
        host=parsed.host,
        port=parsed.port or PORT,
        database=parsed.database or DATABASE,
        user=parsed.user,
        password=parsed.password,
    )


def _from_parts(parts: Json, port: int | None) -> Credentials:
    host, _, own_port = parts["host"].partition(":")
    port = int(own_port) if own_port.isdecimal() else port or PORT
    return Credentials(host=host, port=int(port), database=DATABASE, user=parts["user"], password=parts["pass"])


def _direct(credentials: Credentials) -> Credentials:
    host, port = credentials.host, credentials.port
    if endpoint_of(host, port) is Endpoint.DIRECT:
        return credentials
    vendor = vendor_of(host)
    reason = f"{_RETIRES}. " if vendor and vendor.name == "Prisma Accelerate" else "Hyperdrive is a pooler itself. "
    raise ApiError(f"Prisma gave {host}, a pooled endpoint, as the direct one. {reason}{way_to_direct(host, port)}")
