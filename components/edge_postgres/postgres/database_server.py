"""Creation and deletion of databases through the Postgres protocol, by a role with `CREATEDB`.

The comment of a database contains the mark of the stack that created the database. A database with another comment is
neither adopted nor dropped. ``props`` are the inputs of the resource `postgres:Database`, whose `owner` is this mark.
"""

import asyncio
from typing import TypeVar

import asyncpg

from edge_postgres.core.json_types import Json
from edge_postgres.http.errors import ApiError
from edge_postgres.postgres.session import Work, execute, run_in_session

T = TypeVar("T")

DROP_ATTEMPTS = 10
DROP_INTERVAL_SECONDS = 0.5


def create_database(props: Json) -> None:
    """Creates the database. Adopts a database with this stack's mark, which an interrupted creation left.

    ``CREATE DATABASE`` does not run in a transaction. Therefore the new database has a temporary name, which no client
    uses, until its comment contains the mark.

    Raises:
        ApiError: A database with this name exists, and does not have this stack's mark.
    """
    name, unfinished = props["name"], unfinished_name(props["name"])

    async def create(server: asyncpg.Connection) -> None:
        if await _exists(server, name):
            await _reject_other_mark(server, props, "Set another name for the database of this stack.")
            return
        await execute(server, "drop database if exists %I", unfinished)
        if props.get("template"):
            await execute(server, "create database %I template %I", unfinished, props["template"])
        else:
            await execute(server, "create database %I", unfinished)
        await execute(server, "comment on database %I is %L", unfinished, props["owner"])
        await execute(server, "alter database %I rename to %I", unfinished, name)

    _run(props, create)


def mark_database(props: Json) -> None:
    """Writes the stack's mark into the comment of the database."""

    _run(props, lambda server: execute(server, "comment on database %I is %L", props["name"], props["owner"]))


def database_exists(props: Json) -> bool:
    """Returns whether the database exists."""
    return _run(props, lambda server: _exists(server, props["name"]))


def drop_database(props: Json) -> None:
    """Ends the sessions of the database and drops the database, if it exists.

    Raises:
        ApiError: The database does not have this stack's mark.
    """

    async def drop(server: asyncpg.Connection) -> None:
        if await _exists(server, props["name"]):
            await _reject_other_mark(
                server,
                props,
                "To remove the database from this stack without dropping it, run `pulumi state delete` with the URN of "
                "the resource.",
            )
            await _drop_with_sessions(server, props["name"])

    _run(props, drop)


def unfinished_name(name: str) -> str:
    """Returns the temporary name of a new database.

    The database has this name until its comment contains the stack's mark. Like ``name``, the temporary name has at
    most 63 bytes.
    """
    ending = ".unfinished"
    return f"{name.encode()[: 63 - len(ending)].decode(errors='ignore')}{ending}"


async def _drop_with_sessions(server: asyncpg.Connection, name: str) -> None:
    """Ends the sessions of a database, and drops the database. Waits for sessions that only a superuser can end."""
    # Hyperdrive keeps its connections for some minutes after its configuration is deleted.
    statement = "drop database %I with (force)"
    for _ in range(DROP_ATTEMPTS - 1):
        try:
            await execute(server, statement, name)
        except asyncpg.InsufficientPrivilegeError:
            # A session of the vendor or of autovacuum, which only a superuser can end, lasts seconds.
            await asyncio.sleep(DROP_INTERVAL_SECONDS)
        else:
            return
    await execute(server, statement, name)


async def _reject_other_mark(server: asyncpg.Connection, props: Json, fix: str) -> None:
    """Rejects a database that this stack did not create.

    Raises:
        ApiError: The comment of the database is not this stack's mark. The message ends with ``fix``.
    """
    mark = await server.fetchval(
        "select shobj_description(oid, 'pg_database') from pg_database where datname = $1", props["name"]
    )
    if mark != props["owner"]:
        raise ApiError(f"Database {props['name']} already exists, and this stack did not create it. {fix}")


async def _exists(server: asyncpg.Connection, name: str) -> bool:
    return bool(await server.fetchval("select true from pg_database where datname = $1", name))


def _run(props: Json, work: Work[T]) -> T:
    fix = "Run `pulumi up` on a machine that can connect to the server."
    return run_in_session(props, work, subject=f"database {props['name']}", fix=fix)
