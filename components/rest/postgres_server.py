"""What a Postgres server is asked as its administrator: to make, change and drop login roles.

A role acts as another one from its first statement on (`ALTER ROLE … SET role`): what it makes belongs to that one, and
two roles that take turns can both use it. No statement holds a password, only what Postgres keeps of it.
"""

import asyncio
import secrets
import ssl
import string
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import asyncpg

from components.rest.errors import ApiError
from components.rest.scram import scram_verifier

T = TypeVar("T")
Props = Mapping[str, Any]

PASSWORD_LENGTH = 32
CONNECT_TIMEOUT_SECONDS = 20.0
STATEMENT_TIMEOUT_SECONDS = 30.0
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
            await _run(server, "create role %I with login", props["name"])
            await _run(server, "comment on role %I is %L", props["name"], props["owner"])
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
                await _run(server, "drop role %I", props["name"])
        except asyncpg.DependentObjectsStillExistError:
            await _run(server, "reassign owned by %I to %I", props["name"], props["acts_as"])
            await _run(server, "drop owned by %I", props["name"])
            await _run(server, "drop role %I", props["name"])

    _within(props, drop)


async def _set(server: asyncpg.Connection, props: Props, password: str | None) -> None:
    """What the role acts as, and its password where one is given."""
    group = props["acts_as"]
    if not await _exists(server, group):
        await _run(server, "create role %I with nologin", group)
        await _run(server, "grant connect, create, temporary on database %I to %I", props["database"], group)
        await _run(server, "grant usage, create on schema public to %I", group)
    await _run(server, "grant %I to %I", group, props["name"])
    await _run(server, "alter role %I set role to %I", props["name"], group)
    if password is not None:
        await _run(server, "alter role %I with login password %L", props["name"], scram_verifier(password))


async def _exists(server: asyncpg.Connection, role: str) -> bool:
    return bool(await server.fetchval("select true from pg_roles where rolname = $1", role))


async def _mark(server: asyncpg.Connection, role: str) -> str | None:
    mark: str | None = await server.fetchval(
        "select shobj_description(oid, 'pg_authid') from pg_roles where rolname = $1", role
    )
    return mark


async def _run(server: asyncpg.Connection, statement: str, *names: str) -> None:
    """A statement with names and texts in the place of `%I` and `%L`, quoted by the server itself."""
    parameters = ", ".join(f"${number}::text" for number in range(2, len(names) + 2))
    await server.execute(await server.fetchval(f"select format($1::text, {parameters})", statement, *names))


def _within(props: Props, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
    """Does it all in one transaction: as a whole, or not at all."""
    at = f"{props['host']}:{int(props['port'])}"

    async def whole() -> T:
        server = await asyncpg.connect(
            host=props["host"],
            port=int(props["port"]),
            user=props["admin_user"],
            password=props["admin_password"],
            database=props["database"],
            ssl=_tls(props.get("ca_pem")),
            timeout=CONNECT_TIMEOUT_SECONDS,
            command_timeout=STATEMENT_TIMEOUT_SECONDS,
        )
        try:
            async with server.transaction():
                await server.execute("select pg_advisory_xact_lock($1)", LOCK)
                return await work(server)
        finally:
            await server.close(timeout=CONNECT_TIMEOUT_SECONDS)

    try:
        return asyncio.run(whole())
    except asyncpg.PostgresError as error:
        raise ApiError(f"Postgres at {at} refused: {error.args[0]} (role {props['name']}).") from None
    except (OSError, TimeoutError, asyncpg.InterfaceError):
        raise ApiError(
            f"Postgres at {at} cannot be reached from here to make role {props['name']}. Run `pulumi up` where it "
            "can, or give two roles with their passwords instead."
        ) from None


def _tls(ca_pem: str | None) -> ssl.SSLContext:
    """Encrypted always; verified in full where the authority is known."""
    if ca_pem:
        return ssl.create_default_context(cadata=ca_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _new_password() -> str:
    """Letters and digits: no vendor refuses them, and a connection string needs no encoding."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(PASSWORD_LENGTH))
