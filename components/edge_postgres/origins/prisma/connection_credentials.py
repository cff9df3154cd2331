"""Parsing of the endpoint and the credentials in the API's response to the creation or rotation of a connection."""

from dataclasses import dataclass, field

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.json_types import Json
from edge_postgres.http.errors import ApiError
from edge_postgres.origin.connection_string import ConnectionString
from edge_postgres.origin.hosts import Endpoint, direct_endpoint_hint, endpoint_of, vendor_of

PORT = 5432
DATABASE = "postgres"
"""The name of the database in SQL, which Prisma's responses often omit.

Source: https://www.prisma.io/docs/postgres/database/connecting-to-your-database, read on 2026-11-21.
"""

# Source: https://www.prisma.io/docs/postgres/database/limits, read on 2026-11-21.
_FIX = (
    "Use a Prisma Postgres database, which has direct connections. Prisma ends its other kind, Hosted Accelerate, on "
    "2026-12-01."
)


@dataclass(frozen=True)
class ConnectionCredentials:
    """The direct endpoint of a database and the credentials of one connection."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)

    def to_outputs(self) -> Json:
        """Returns the credentials as outputs of a resource."""
        return {
            "host": self.host,
            "port": self.port,
            "database": self.database,
            "user": self.user,
            "password": self.password,
        }


def read_connection_credentials(connection: Json) -> ConnectionCredentials:
    """Returns the credentials in the API's response to the creation or rotation of a connection.

    The response contains a direct connection string. If it does not, the deprecated separate fields are read.

    Raises:
        ApiError: The response has no direct endpoint, or an invalid one. The message contains no secret of the
            response.
    """
    direct = (connection.get("endpoints") or {}).get("direct") or {}
    fields = connection.get("directConnection") or connection
    string = direct.get("connectionString")
    if string:
        return _reject_pooled(_parse_string(string))
    if fields.get("host") and fields.get("user") and fields.get("pass"):
        return _reject_pooled(_parse_fields(fields, direct.get("port")))
    kind = connection.get("kind") or "unknown"
    raise ApiError(f"Prisma returned no direct credentials for this connection, whose kind is {kind}. {_FIX}")


def read_endpoint(connection: Json, name: str) -> tuple[str, int] | None:
    """Returns host and port of the endpoint ``name``, which is `direct` or `pooled`; None if there is none."""
    endpoint = (connection.get("endpoints") or {}).get(name) or {}
    host = endpoint.get("host")
    return (host, int(endpoint.get("port") or PORT)) if host else None


def _parse_string(string: str) -> ConnectionCredentials:
    if string.startswith(("prisma://", "prisma+postgres://")):
        raise ApiError(f"Prisma returned a connection string that only Prisma's own client supports. {_FIX}")
    try:
        parsed = ConnectionString.parse(string, subject="endpoints.direct.connectionString")
    except ValidationError as error:
        raise ApiError(f"Prisma returned an invalid connection string. {error}") from None
    return ConnectionCredentials(
        host=parsed.host,
        port=parsed.port or PORT,
        database=parsed.database or DATABASE,
        user=parsed.user,
        password=parsed.password,
    )


def _parse_fields(fields: Json, port: int | None) -> ConnectionCredentials:
    host, _, port_of_host = fields["host"].partition(":")
    port = int(port_of_host) if port_of_host.isdecimal() else port or PORT
    return ConnectionCredentials(
        host=host, port=int(port), database=DATABASE, user=fields["user"], password=fields["pass"]
    )


def _reject_pooled(credentials: ConnectionCredentials) -> ConnectionCredentials:
    host, port = credentials.host, credentials.port
    if endpoint_of(host, port) is Endpoint.DIRECT:
        return credentials
    vendor = vendor_of(host)
    is_accelerate = vendor is not None and vendor.name == "Prisma Accelerate"
    reason = "Hosted Accelerate retires on 2026-12-01." if is_accelerate else "Hyperdrive is a pooler itself."
    raise ApiError(
        f"Prisma returned {host}, a pooled endpoint, as the direct endpoint. {reason} "
        f"{direct_endpoint_hint(host, port)}"
    )
