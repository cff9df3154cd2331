"""Creation, update and deletion of login roles through the Postgres protocol, by an administrator.

A role acts as another role from its first statement on (`ALTER ROLE … SET role`). The objects that it creates belong to
that other role, so that two roles that take turns can both use them. No statement contains a password. The statements
contain the SCRAM verifier of the password.
"""

import secrets
import string
from typing import TypeVar

import asyncpg

from edge_postgres.core.json_types import Json
from edge_postgres.http.errors import ApiError
from edge_postgres.postgres.scram import scram_verifier
from edge_postgres.postgres.session import Work, execute, run_in_session

T = TypeVar("T")

PASSWORD_LENGTH = 32
# Both roles of a stack may need to create the role that they act as, so their transactions run one after the other.
LOCK = 0x65646765


def create_role(props: Json) -> str:
    """Creates the role, and the role that it acts as if that is missing. Returns the password.

    A role with this stack's mark is the result of an interrupted creation, and is adopted.

    Raises:
        ApiError: A role with this name and another mark exists.
    """
    password = _generate_password()

    async def create(server: asyncpg.Connection) -> None:
        if not await _exists(server, props["name"]):
            await execute(server, "create role %I with login", props["name"])
            await execute(server, "comment on role %I is %L", props["name"], props["owner"])
        elif await _read_mark(server, props["name"]) != props["owner"]:
            raise ApiError(
                f"Role {props['name']} already exists, and this stack did not create it. Give the roles another name."
            )
        await _configure(server, props, password)

    _run_in_transaction(props, create)
    return password


def update_role(props: Json, password: str | None) -> str:
    """Sets the role that the role acts as, and a new password if ``password`` is None. Returns the password."""
    known = password or _generate_password()
    _run_in_transaction(props, lambda server: _configure(server, props, known if password is None else None))
    return known


def role_exists(props: Json) -> bool:
    """Returns whether the role exists."""
    return _run_in_transaction(props, lambda server: _exists(server, props["name"]))


def drop_role(props: Json) -> None:
    """Drops the role, if it exists. Its objects then belong to the role that it acts as, so that no data is lost."""

    async def drop(server: asyncpg.Connection) -> None:
        if not await _exists(server, props["name"]):
            return
        try:
            async with server.transaction():
                await execute(server, "drop role %I", props["name"])
        except asyncpg.DependentObjectsStillExistError:
            await execute(server, "reassign owned by %I to %I", props["name"], props["acts_as"])
            await execute(server, "drop owned by %I", props["name"])
            await execute(server, "drop role %I", props["name"])

    _run_in_transaction(props, drop)


async def _configure(server: asyncpg.Connection, props: Json, password: str | None) -> None:
    """Sets the role that the role acts as, and the password unless it is None."""
    group = props["acts_as"]
    if not await _exists(server, group):
        await execute(server, "create role %I with nologin", group)
        await execute(server, "grant connect, create, temporary on database %I to %I", props["database"], group)
        await execute(server, "grant usage, create on schema public to %I", group)
    await execute(server, "grant %I to %I", group, props["name"])
    await execute(server, "alter role %I set role to %I", props["name"], group)
    if password is not None:
        await execute(server, "alter role %I with login password %L", props["name"], scram_verifier(password))


async def _exists(server: asyncpg.Connection, role: str) -> bool:
    return bool(await server.fetchval("select true from pg_roles where rolname = $1", role))


async def _read_mark(server: asyncpg.Connection, role: str) -> str | None:
    mark: str | None = await server.fetchval(
        "select shobj_description(oid, 'pg_authid') from pg_roles where rolname = $1", role
    )
    return mark


def _run_in_transaction(props: Json, work: Work[T]) -> T:
    """Runs ``work`` in one transaction, which is carried out as a whole or not at all."""

    async def lock_and_work(server: asyncpg.Connection) -> T:
        async with server.transaction():
            await server.execute("select pg_advisory_xact_lock($1)", LOCK)
            return await work(server)

    fix = "Run `pulumi up` on a machine that can connect to it, or set two existing roles with their passwords."
    return run_in_session(props, lock_and_work, subject=f"role {props['name']}", fix=fix)


def _generate_password() -> str:
    """Returns letters and digits, which every vendor accepts and which need no encoding in a connection string."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(PASSWORD_LENGTH))
