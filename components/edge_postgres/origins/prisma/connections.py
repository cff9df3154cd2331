"""Creation and rotation of Prisma connections.

Only the response to the creation or rotation of a connection contains the password. If the response to a creation is
lost, the connection is useless. Therefore it is deleted, and another connection is created.
"""

import time
from typing import TYPE_CHECKING

from edge_postgres.core.json_types import Json
from edge_postgres.http.creation import ATTEMPTS, POLL_SECONDS, reject_unknown_owner, repeat_until_answered
from edge_postgres.http.errors import AmbiguousOutcome, ApiError
from edge_postgres.origins.prisma.connection_credentials import read_connection_credentials, read_endpoint

if TYPE_CHECKING:
    from edge_postgres.origins.prisma.api import PrismaApi

PATH = "/v1/connections"


def create_connection(prisma: "PrismaApi", database_id: str, name: str) -> tuple[str, Json]:
    """Creates a connection. Returns the connection's ID and outputs.

    Raises:
        AlreadyExists: A connection with this name exists, and is too old to come from an interrupted creation.
        ApiError: The response has no valid direct endpoint. The connection is deleted again.
    """
    _delete_leftovers(prisma, database_id, name)
    connection = _create_once(prisma, database_id, name)
    try:
        return connection["id"], render_outputs(connection)
    except ApiError:
        prisma.delete(f"{PATH}/{connection['id']}")
        raise


def rotate_connection(prisma: "PrismaApi", id_: str) -> Json:
    """Creates new credentials of a connection, and returns its outputs. The old credentials can still work."""
    # If a response is lost, the next rotation returns new credentials, which are then the valid ones.
    return repeat_until_answered(lambda: render_outputs(prisma.post(f"{PATH}/{id_}/rotate")))


def read_connection(connection: Json) -> Json:
    """Returns the properties of an existing connection, without the password, which the API does not return again."""
    host, port = read_endpoint(connection, "direct") or (None, None)
    database_id = (connection.get("database") or {}).get("id")
    return {
        "name": connection.get("name"),
        "database_id": database_id,
        "host": host,
        "port": port,
        **_render_pooled(connection),
    }


def render_outputs(connection: Json) -> Json:
    """Returns the outputs of a connection from the response that contains its password."""
    return {**read_connection_credentials(connection).to_outputs(), **_render_pooled(connection)}


def _create_once(prisma: "PrismaApi", database_id: str, name: str) -> Json:
    """Creates a connection, and deletes any connection that an attempt with a lost response created."""
    for attempt in range(ATTEMPTS):
        try:
            connection = prisma.create_within_plan("connection", PATH, {"databaseId": database_id, "name": name})
        except AmbiguousOutcome:
            time.sleep(POLL_SECONDS * attempt)
            _delete_named(prisma, database_id, name)
            if attempt == ATTEMPTS - 1:
                raise
        else:
            if attempt:
                # Prisma may carry out a request with a lost response only after the deletion above.
                _delete_named(prisma, database_id, name, kept=connection["id"])
            return connection
    raise AssertionError("unreachable")


def _render_pooled(connection: Json) -> Json:
    """Returns the address of the pooler, which accepts the same credentials; an empty object if there is no pooler."""
    host, port = read_endpoint(connection, "pooled") or (None, None)
    return {"pooled_host": host, "pooled_port": port} if host else {}


def _list_named(prisma: "PrismaApi", database_id: str, name: str) -> list[Json]:
    """Returns the connections of a database that have this name."""
    return [found for found in prisma.list_all(PATH, databaseId=database_id) if found["name"] == name]


def _delete_named(prisma: "PrismaApi", database_id: str, name: str, kept: str | None = None) -> None:
    """Deletes the connections of a database that have this name, except the connection with the ID ``kept``."""
    for connection in _list_named(prisma, database_id, name):
        if connection["id"] != kept:
            prisma.delete(f"{PATH}/{connection['id']}")


def _delete_leftovers(prisma: "PrismaApi", database_id: str, name: str) -> None:
    """Deletes connections that an interrupted creation left. Raises `AlreadyExists` for an older connection."""
    for connection in _list_named(prisma, database_id, name):
        fix = "Delete this connection at Prisma, or set another `connection_name`."
        reject_unknown_owner(connection["createdAt"], fix=fix, subject=f"Prisma's connection {name}")
        prisma.delete(f"{PATH}/{connection['id']}")
