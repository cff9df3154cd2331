"""`LocalServer`: what the emulators of database vendors do on the local Postgres, as its superuser.

    server = LocalServer(os.environ["LOCALCLOUD_POSTGRES_ADMIN_URL"])
    gateway = Gateway(server.address, certificate_file, key_file)
    await server.create_role("br-1/owner", None)                      # owns; nobody signs in with it
    await server.create_role("br-1/app", "s3cret", member_of=["br-1/owner"], acts_as="br-1/owner")
    await server.create_database("br-1/shop", "br-1/owner")
    await server.create_database("br-2/shop", "br-1/owner", template="br-1/shop")
    await server.drop_database("br-2/shop")                           # databases first, then roles
    await server.drop_role("br-1/app")
    await server.close()

Names are physical ones, up to 63 bytes of any kind: ``physical_name`` makes them. Statements are done one after the
other, on one connection that is made on demand and made anew when it broke. What may be told twice (an interrupted
emulator starts anew) can be: dropping what is gone, creating what is there raises ``asyncpg.DuplicateObjectError`` or
``DuplicateDatabaseError``. Other faults are asyncpg's and ``OSError``; none holds a password.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg

from edge_postgres.postgres.scram import PREFIX, scram_verifier
from localcloud.emulation.gateway import ServerAddress

CONNECT_TIMEOUT_SECONDS = 5.0
# Postgres itself waits up to 5 seconds for others to leave a database that is copied, renamed or dropped.
STATEMENT_TIMEOUT_SECONDS = 60.0
END_PATIENCE_MS = 2000
TRIES = 3
LONGEST_NAME_BYTES = 63
# A statement that fails, or one that takes long, is logged; what sets a password shall not be.
QUIET = {"log_statement": "none", "log_min_error_statement": "panic", "log_min_duration_statement": "-1"}


def physical_name(*parts: str) -> str:
    """``br-1/app`` of ``br-1`` and ``app``; what is too long for Postgres ends in a digest of the whole."""
    name = "/".join(parts)
    if len(name.encode()) <= LONGEST_NAME_BYTES:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    kept = name.encode()[: LONGEST_NAME_BYTES - len(digest) - 1].decode(errors="ignore")
    return f"{kept}~{digest}"


class LocalServer:
    """The superuser's connection to the local server."""

    def __init__(self, admin_url: str) -> None:
        """``admin_url`` leads to any database that is never copied, renamed or dropped, such as `postgres`."""
        parts = urlsplit(admin_url)
        self.address = ServerAddress(parts.hostname or "127.0.0.1", parts.port or 5432)
        self._url = admin_url
        self._lock = asyncio.Lock()
        self._connection: asyncpg.Connection | None = None

    async def create_role(
        self,
        physical: str,
        password: str | None,
        *,
        member_of: Iterable[str] = (),
        bypass_rls: bool = False,
        acts_as: str | None = None,
        can_login: bool = True,
    ) -> None:
        """A role that inherits the rights of ``member_of``; without a password nobody signs in as it.

        ``password`` is plain, or a verifier as ``verifier`` gives it. ``acts_as``, one of ``member_of``, is whom its
        sessions begin as: what several roles make then belongs to one, which outlives them and which copies of a
        database share.
        """
        attributes = f"{'LOGIN' if can_login and password else 'NOLOGIN'} {'BYPASSRLS' if bypass_rls else ''}"
        statements = [f"CREATE ROLE {_name(physical)} {attributes} {_password(password)}"]
        statements += [f"GRANT {_name(group)} TO {_name(physical)}" for group in member_of]
        if acts_as is not None:
            statements.append(f"ALTER ROLE {_name(physical)} SET role = {_literal(acts_as)}")
        async with self._administration() as connection, connection.transaction():
            for statement in statements:
                await connection.execute(statement)

    async def set_password(self, physical: str, password: str) -> None:
        """A new password, plain or as a verifier; sessions stay open."""
        await self._do(f"ALTER ROLE {_name(physical)} {_password(password)}")

    async def verifier(self, physical: str) -> str | None:
        """What the server keeps of a role's password: another role that gets it has the same password."""
        async with self._administration() as connection:
            kept: str | None = await connection.fetchval(
                "SELECT rolpassword FROM pg_authid WHERE rolname = $1", physical
            )
        return kept

    async def drop_role(self, physical: str) -> None:
        """Ends the role's sessions and drops it. Nothing it owned is lost: what lies in a database goes to that
        database's owner, a database itself to the superuser.
        """
        async with self._administration() as connection:
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", physical):
                return
            await connection.execute(f"ALTER ROLE {_name(physical)} NOLOGIN")
            await connection.execute(_END_SESSIONS.format("usename"), physical, END_PATIENCE_MS)
            for database in await _databases(connection, _OWNED, physical):
                await connection.execute(f"ALTER DATABASE {_name(database)} OWNER TO CURRENT_USER")
            for database in await _databases(connection, _TOUCHED, physical):
                await self._hand_over(database, physical)
            await connection.execute(f"DROP ROLE IF EXISTS {_name(physical)}")

    async def hand_over(self, database: str, physical: str) -> None:
        """Gives what a role owns in one database to the database's owner, and takes back what it was granted there.

        What it owns in other databases, and databases themselves, stay its own.
        """
        async with self._lock:
            await self._hand_over(database, physical)

    async def create_database(self, physical: str, owner: str, template: str | None = None) -> None:
        """An empty database, or a copy of ``template``, whose sessions are ended for it."""
        if template is None:
            await self._do(f"CREATE DATABASE {_name(physical)} OWNER {_name(owner)}")
        else:
            statement = f"CREATE DATABASE {_name(physical)} OWNER {_name(owner)} TEMPLATE {_name(template)}"
            await self._do_without_sessions(template, statement)

    async def empty_database(self, physical: str) -> None:
        """Deletes all rows of all tables; sequences that columns own begin anew."""
        async with self._lock, self._connected(physical) as connection:
            tables = await connection.fetch(_USER_TABLES)
            if tables:
                names = ", ".join(f"{_name(schema)}.{_name(table)}" for schema, table in tables)
                await connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")

    async def rename_database(self, physical: str, new: str) -> None:
        """Its sessions are ended."""
        await self._do_without_sessions(physical, f"ALTER DATABASE {_name(physical)} RENAME TO {_name(new)}")

    async def set_database_owner(self, physical: str, owner: str) -> None:
        await self._do(f"ALTER DATABASE {_name(physical)} OWNER TO {_name(owner)}")

    async def drop_database(self, physical: str) -> None:
        """With all that is in it; its sessions are ended."""
        await self._do(f"DROP DATABASE IF EXISTS {_name(physical)} WITH (FORCE)")

    async def terminate(self, role: str) -> None:
        """Ends the sessions that signed in as a role."""
        async with self._administration() as connection:
            await connection.execute(_END_SESSIONS.format("usename"), role, END_PATIENCE_MS)

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close(timeout=CONNECT_TIMEOUT_SECONDS)
            self._connection = None

    async def _do(self, statement: str) -> None:
        async with self._administration() as connection:
            await connection.execute(statement)

    async def _do_without_sessions(self, database: str, statement: str) -> None:
        """Ends the sessions in a database first; once more where a client was back before the statement began."""
        async with self._administration() as connection:
            for tries_left in reversed(range(TRIES)):
                await connection.execute(_END_SESSIONS.format("datname"), database, END_PATIENCE_MS)
                try:
                    await connection.execute(statement)
                except asyncpg.ObjectInUseError:
                    if not tries_left:
                        raise
                else:
                    return

    async def _hand_over(self, database: str, physical: str) -> None:
        async with self._connected(database) as connection, connection.transaction():
            owner = await connection.fetchval(_OWNER)
            # REASSIGN gives away databases too, wherever they are: those are given back.
            owned = await _databases(connection, _OWNED, physical)
            if owner != physical:
                await connection.execute(f"REASSIGN OWNED BY {_name(physical)} TO {_name(owner)}")
                await connection.execute(f"DROP OWNED BY {_name(physical)}")
            for each in owned:
                await connection.execute(f"ALTER DATABASE {_name(each)} OWNER TO {_name(physical)}")

    @asynccontextmanager
    async def _administration(self) -> AsyncIterator[asyncpg.Connection]:
        async with self._lock:
            if self._connection is None or self._connection.is_closed():
                self._connection = await self._connect()
            yield self._connection

    @asynccontextmanager
    async def _connected(self, database: str) -> AsyncIterator[asyncpg.Connection]:
        connection = await self._connect(database=database)
        try:
            yield connection
        finally:
            await connection.close(timeout=CONNECT_TIMEOUT_SECONDS)

    async def _connect(self, **options: str) -> asyncpg.Connection:
        return await asyncpg.connect(
            self._url,
            timeout=CONNECT_TIMEOUT_SECONDS,
            command_timeout=STATEMENT_TIMEOUT_SECONDS,
            server_settings=QUIET,
            **options,
        )


_END_SESSIONS = "SELECT pg_terminate_backend(pid, $2) FROM pg_stat_activity WHERE {} = $1 AND pid <> pg_backend_pid()"
_OWNER = "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = current_database()"
_OWNED = """
    SELECT datname::text FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba WHERE rolname = $1
"""
_TOUCHED = """
    SELECT DISTINCT datname::text FROM pg_shdepend
    JOIN pg_roles ON refclassid = 'pg_authid'::regclass AND refobjid = pg_roles.oid
    JOIN pg_database ON pg_database.oid = pg_shdepend.dbid OR (dbid = 0 AND classid = 'pg_database'::regclass
        AND objid = pg_database.oid)
    WHERE rolname = $1
"""
_USER_TABLES = """
    SELECT schemaname::text, tablename::text FROM pg_tables
    WHERE schemaname NOT LIKE 'pg\\_%' AND schemaname <> 'information_schema'
"""


async def _databases(connection: asyncpg.Connection, query: str, role: str) -> list[str]:
    return [record[0] for record in await connection.fetch(query, role)]


def _password(password: str | None) -> str:
    if password is None:
        return "PASSWORD NULL"
    kept = password if password.startswith(PREFIX) else scram_verifier(password)
    return f"PASSWORD {_literal(kept)}"


def _name(name: str) -> str:
    """Quoted as an identifier; Postgres would cut a longer one off without a word."""
    if not name or "\0" in name or len(name.encode()) > LONGEST_NAME_BYTES:
        raise ValueError(f"`{name}` is no name of 1 to {LONGEST_NAME_BYTES} bytes")
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    """Quoted as a string, with `standard_conforming_strings` on, as it is by default."""
    return "'" + text.replace("'", "''") + "'"
