"""What a Postgres server is asked as its administrator: to make, change and drop login roles.

A role acts as another one from its first statement on (`ALTER ROLE … SET role`): what it makes belongs to that one, and
two roles that take turns can both use it. No statement holds a password, only what Postgres keeps of it.
"""

import secrets
import string
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

from edge_postgres.http.errors import ApiError
from edge_postgres.postgres.scram import scram_verifier
from edge_postgres.postgres.session import Props, run, session

T = TypeVar("T")

PASSWORD_LENGTH = 32
# One at a time: both roles may come to make the one that they act as.
LOCK = 0x65646765


def made_role(props: Props) -> str:
    """Makes the role, and the one that it acts as where that is missing; its password.

    A role that carries the owner's mark was left by a create that was cut short, and is taken up.
    Raises ``ApiError`` for one of this name that is somebody else's.
    """
    password = _new_password()

    async def make(server: asyncpg.Connection) -> None:
        if await _exists(server, props["name"]):
            if await _mark(server, props["name"]) != props["owner"]:
                raise ApiError(
                    f"Role {props['name']} is there already, and this stack did not make it. "
                    "Give the roles another name."
                )
        else:
            await run(server, "create role %I with login", props["name"])
            await run(server, "comment on role %I is %L", props["name"], props["owner"])
        await _set(server, props, password)

    _within(props, make)
    return password


def changed_role(props: Props, password: str | None) -> str:
    """Sets what the role acts as, and a new password where none is given; its password."""
    kept = password or _new_password()
    _within(props, lambda server: _set(server, props, kept if password is None else None))
    return kept


def has_role(props: Props) -> bool:
    """Whether the role is there."""
    return _within(props, lambda server: _exists(server, props["name"]))


def drop_role(props: Props) -> None:
    """Drops the role, where it is there. What it owns goes to the one that it acts as: nothing is lost."""

    async def drop(server: asyncpg.Connection) -> None:
        if not await _exists(server, props["name"]):
            return
        try:
            async with server.transaction():
                await run(server, "drop role %I", props["name"])
        except asyncpg.DependentObjectsStillExistError:
            await run(server, "reassign owned by %I to %I", props["name"], props["acts_as"])
            await run(server, "drop owned by %I", props["name"])
            await run(server, "drop role %I", props["name"])

    _within(props, drop)


async def _set(server: asyncpg.Connection, props: Props, password: str | None) -> None:
    """What the role acts as, and its password where one is given."""
    group = props["acts_as"]
    if not await _exists(server, group):
        await run(server, "create role %I with nologin", group)
        await run(server, "grant connect, create, temporary on database %I to %I", props["database"], group)
        await run(server, "grant usage, create on schema public to %I", group)
    await run(server, "grant %I to %I", group, props["name"])
    await run(server, "alter role %I set role to %I", props["name"], group)
    if password is not None:
        await run(server, "alter role %I with login password %L", props["name"], scram_verifier(password))


async def _exists(server: asyncpg.Connection, role: str) -> bool:
    return bool(await server.fetchval("select true from pg_roles where rolname = $1", role))


async def _mark(server: asyncpg.Connection, role: str) -> str | None:
    mark: str | None = await server.fetchval(
        "select shobj_description(oid, 'pg_authid') from pg_roles where rolname = $1", role
    )
    return mark


def _within(props: Props, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
    """Does it all in one transaction: as a whole, or not at all."""

    async def whole(server: asyncpg.Connection) -> T:
        async with server.transaction():
            await server.execute("select pg_advisory_xact_lock($1)", LOCK)
            return await work(server)

    return session(
        props, whole, f"role {props['name']}", "Run `pulumi up` where it can, or give two roles with their passwords."
    )


def _new_password() -> str:
    """Letters and digits: no vendor refuses them, and a connection string needs no encoding."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(PASSWORD_LENGTH))
