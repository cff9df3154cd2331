"""What a Postgres server is asked by a role that may make databases: to make one, to mark it, to drop it.

A database that this stack made carries the stack's mark as its comment. Nothing else is ever taken up or dropped.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

from edge_postgres.http.errors import ApiError
from edge_postgres.postgres.session import Props, run, session

T = TypeVar("T")


def make_database(props: Props) -> None:
    """Makes the database. One with this stack's mark was left by a create that was cut short, and is taken up.

    ``CREATE DATABASE`` runs in no transaction. Until it is marked it therefore has another name, under which nobody
    looks for it. Raises ``ApiError`` for one of this name that is somebody else's.
    """
    name, unfinished = props["name"], unfinished_name(props["name"])

    async def make(server: asyncpg.Connection) -> None:
        if await _exists(server, name):
            await _refuse_others(server, props, "Give this stack's database another name.")
            return
        await run(server, "drop database if exists %I", unfinished)
        if props.get("template"):
            await run(server, "create database %I template %I", unfinished, props["template"])
        else:
            await run(server, "create database %I", unfinished)
        await run(server, "comment on database %I is %L", unfinished, props["owner"])
        await run(server, "alter database %I rename to %I", unfinished, name)

    _signed_in(props, make)


def mark_database(props: Props) -> None:
    """Writes the stack's mark anew."""

    _signed_in(props, lambda server: run(server, "comment on database %I is %L", props["name"], props["owner"]))


def has_database(props: Props) -> bool:
    """Whether the database is there."""
    return _signed_in(props, lambda server: _exists(server, props["name"]))


def drop_database(props: Props) -> None:
    """Drops the database and ends its sessions, where it is there and carries the stack's mark."""

    async def drop(server: asyncpg.Connection) -> None:
        if await _exists(server, props["name"]):
            await _refuse_others(server, props, "Look whose it is; `pulumi state delete` forgets it here.")
            # Hyperdrive keeps its connections for minutes after its configuration is gone.
            await run(server, "drop database %I with (force)", props["name"])

    _signed_in(props, drop)


def unfinished_name(name: str) -> str:
    """The name of a database that is not marked yet; 63 bytes at most, as every name of Postgres'."""
    ending = ".unfinished"
    return f"{name.encode()[: 63 - len(ending)].decode(errors='ignore')}{ending}"


async def _refuse_others(server: asyncpg.Connection, props: Props, way_out: str) -> None:
    mark = await server.fetchval(
        "select shobj_description(oid, 'pg_database') from pg_database where datname = $1", props["name"]
    )
    if mark != props["owner"]:
        raise ApiError(f"Database {props['name']} is there, and this stack did not make it. {way_out}")


async def _exists(server: asyncpg.Connection, name: str) -> bool:
    return bool(await server.fetchval("select true from pg_database where datname = $1", name))


def _signed_in(props: Props, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
    return session(props, work, f"database {props['name']}", "Run `pulumi up` where it can.")
