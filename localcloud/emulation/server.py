"""`LocalServer`: roles and databases on the local Postgres, for the emulators of database vendors.

```python
server = LocalServer(os.environ["LOCALCLOUD_POSTGRES_ADMIN_URL"])
proxy = PostgresProxy(server.address, certificate_file, key_file)
await server.create_role("br-1/owner", None)                      # owns objects and cannot log in
await server.create_role("br-1/app", "s3cret", member_of=["br-1/owner"], acts_as="br-1/owner")
await server.create_database("br-1/shop", "br-1/owner")
await server.create_database("br-2/shop", "br-1/owner", template="br-1/shop")
await server.drop_database("br-2/shop")                           # databases first, then roles
await server.drop_role("br-1/app")
await server.close()
```

Names are those on the server: up to 63 bytes, as ``server_name`` returns them. Statements run sequentially on one
superuser connection, which is opened on demand and again after it broke. An interrupted emulator may repeat calls:
dropping a missing object does nothing, and creating an existing one raises ``asyncpg.DuplicateObjectError`` or
``DuplicateDatabaseError``. Other errors are asyncpg's and ``OSError``. None contains a password.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg

from edge_postgres.postgres.scram import PREFIX, scram_verifier
from localcloud.emulation.postgres_proxy import ServerAddress

CONNECT_TIMEOUT_SECONDS = 5.0
# Postgres waits up to 5 seconds for sessions to leave a database that is copied, renamed or dropped.
STATEMENT_TIMEOUT_SECONDS = 60.0
TERMINATION_TIMEOUT_MS = 2000
ATTEMPTS = 3
MAX_NAME_BYTES = 63
# Postgres logs statements that fail or take long, and a statement that sets a password must not be logged.
QUIET = {"log_statement": "none", "log_min_error_statement": "panic", "log_min_duration_statement": "-1"}


def server_name(*parts: str) -> str:
    """Joins ``br-1`` and ``app`` to ``br-1/app``. A name that is too long for Postgres ends with a hash instead."""
    name = "/".join(parts)
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    stored = name.encode()[: MAX_NAME_BYTES - len(digest) - 1].decode(errors="ignore")
    return f"{stored}~{digest}"


class LocalServer:
    """A superuser connection to the local server."""

    def __init__(self, admin_url: str) -> None:
        """``admin_url`` refers to a database that is never copied, renamed or dropped, such as `postgres`."""
        parts = urlsplit(admin_url)
        ca_file = next(map(Path, parse_qs(parts.query).get("sslrootcert", ())), None)
        self.address = ServerAddress(parts.hostname or "127.0.0.1", parts.port or 5432, ca_file)
        self._url = admin_url
        self._lock = asyncio.Lock()
        self._connection: asyncpg.Connection | None = None

    async def create_role(
        self,
        name: str,
        password: str | None,
        *,
        member_of: Iterable[str] = (),
        bypass_rls: bool = False,
        acts_as: str | None = None,
        can_login: bool = True,
    ) -> None:
        """Creates a role that inherits the rights of ``member_of``. Without a password it cannot log in.

        ``password`` is plain, or a verifier that ``password_verifier`` returned. ``acts_as``, one of ``member_of``, is
        the current role at the start of its sessions. Objects of several roles then belong to that role, which is not
        deleted with them, and which copies of a database share.
        """
        attributes = f"{'LOGIN' if can_login and password else 'NOLOGIN'} {'BYPASSRLS' if bypass_rls else ''}"
        statements = [f"CREATE ROLE {_quote_identifier(name)} {attributes} {_password(password)}"]
        statements += [f"GRANT {_quote_identifier(group)} TO {_quote_identifier(name)}" for group in member_of]
        if acts_as is not None:
            statements.append(f"ALTER ROLE {_quote_identifier(name)} SET role = {_quote_literal(acts_as)}")
        async with self._admin_connection() as connection, connection.transaction():
            for statement in statements:
                await connection.execute(statement)

    async def set_password(self, name: str, password: str) -> None:
        """Sets a new password, plain or as a verifier. Sessions stay open."""
        await self._execute(f"ALTER ROLE {_quote_identifier(name)} {_password(password)}")

    async def password_verifier(self, name: str) -> str | None:
        """Returns the stored verifier of a role's password. Another role with this verifier has the same password."""
        async with self._admin_connection() as connection:
            stored: str | None = await connection.fetchval("SELECT rolpassword FROM pg_authid WHERE rolname = $1", name)
        return stored

    async def drop_role(self, name: str) -> None:
        """Terminates the role's sessions and drops the role.

        Objects that it owned are kept: objects in a database are reassigned to its owner, databases to the superuser.
        """
        async with self._admin_connection() as connection:
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
                return
            await connection.execute(f"ALTER ROLE {_quote_identifier(name)} NOLOGIN")
            await connection.execute(_TERMINATE_SESSIONS.format("usename"), name, TERMINATION_TIMEOUT_MS)
            for database in await _databases(connection, _OWNED, name):
                await connection.execute(f"ALTER DATABASE {_quote_identifier(database)} OWNER TO CURRENT_USER")
            for database in await _databases(connection, _REFERENCED, name):
                await self._reassign_owned(database, name)
            await connection.execute(f"DROP ROLE IF EXISTS {_quote_identifier(name)}")

    async def reassign_owned(self, database: str, name: str) -> None:
        """Reassigns a role's objects in one database to the database's owner, and revokes its privileges there.

        Its objects in other databases and its databases are not changed.
        """
        async with self._lock:
            await self._reassign_owned(database, name)

    async def create_database(self, name: str, owner: str, template: str | None = None) -> None:
        """Creates an empty database, or a copy of ``template``, whose sessions are terminated."""
        if template is None:
            await self._execute(f"CREATE DATABASE {_quote_identifier(name)} OWNER {_quote_identifier(owner)}")
        else:
            names = [_quote_identifier(each) for each in (name, owner, template)]
            statement = "CREATE DATABASE {} OWNER {} TEMPLATE {}".format(*names)
            await self._execute_without_sessions(template, statement)

    async def empty_database(self, name: str) -> None:
        """Deletes all rows of all tables and resets the sequences of their columns."""
        async with self._lock, self._connected(name) as connection:
            tables = await connection.fetch(_USER_TABLES)
            if tables:
                names = ", ".join(f"{_quote_identifier(schema)}.{_quote_identifier(table)}" for schema, table in tables)
                await connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")

    async def rename_database(self, name: str, new_name: str) -> None:
        """Terminates its sessions and renames it."""
        await self._execute_without_sessions(
            name, f"ALTER DATABASE {_quote_identifier(name)} RENAME TO {_quote_identifier(new_name)}"
        )

    async def set_database_owner(self, name: str, owner: str) -> None:
        await self._execute(f"ALTER DATABASE {_quote_identifier(name)} OWNER TO {_quote_identifier(owner)}")

    async def drop_database(self, name: str) -> None:
        """Terminates its sessions and drops it with all its content."""
        await self._execute(f"DROP DATABASE IF EXISTS {_quote_identifier(name)} WITH (FORCE)")

    async def terminate_sessions(self, role: str) -> None:
        """Terminates the sessions that authenticated as a role."""
        async with self._admin_connection() as connection:
            await connection.execute(_TERMINATE_SESSIONS.format("usename"), role, TERMINATION_TIMEOUT_MS)

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close(timeout=CONNECT_TIMEOUT_SECONDS)
            self._connection = None

    async def _execute(self, statement: str) -> None:
        async with self._admin_connection() as connection:
            await connection.execute(statement)

    async def _execute_without_sessions(self, database: str, statement: str) -> None:
        """Terminates the sessions of a database and runs a statement. Retries if a client reconnected in between."""
        async with self._admin_connection() as connection:
            for attempts_left in reversed(range(ATTEMPTS)):
                await connection.execute(_TERMINATE_SESSIONS.format("datname"), database, TERMINATION_TIMEOUT_MS)
                try:
                    await connection.execute(statement)
                except asyncpg.ObjectInUseError:
                    if not attempts_left:
                        raise
                else:
                    return

    async def _reassign_owned(self, database: str, name: str) -> None:
        async with self._connected(database) as connection, connection.transaction():
            owner = await connection.fetchval(_OWNER)
            # REASSIGN OWNED also changes the owner of databases, which is restored below.
            owned = await _databases(connection, _OWNED, name)
            if owner != name:
                await connection.execute(f"REASSIGN OWNED BY {_quote_identifier(name)} TO {_quote_identifier(owner)}")
                await connection.execute(f"DROP OWNED BY {_quote_identifier(name)}")
            for each in owned:
                await connection.execute(f"ALTER DATABASE {_quote_identifier(each)} OWNER TO {_quote_identifier(name)}")

    @asynccontextmanager
    async def _admin_connection(self) -> AsyncIterator[asyncpg.Connection]:
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


_TERMINATE_SESSIONS = (
    "SELECT pg_terminate_backend(pid, $2) FROM pg_stat_activity WHERE {} = $1 AND pid <> pg_backend_pid()"
)
_OWNER = "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = current_database()"
_OWNED = """
    SELECT datname::text FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba WHERE rolname = $1
"""
_REFERENCED = """
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
    stored = password if password.startswith(PREFIX) else scram_verifier(password)
    return f"PASSWORD {_quote_literal(stored)}"


def _quote_identifier(name: str) -> str:
    """Quotes an identifier. Rejects long names, which Postgres would truncate silently."""
    if not name or "\0" in name or len(name.encode()) > MAX_NAME_BYTES:
        raise ValueError(f"`{name}` must be a name of 1 to {MAX_NAME_BYTES} bytes")
    return '"' + name.replace('"', '""') + '"'


def _quote_literal(text: str) -> str:
    """Quotes a string, for the default of `standard_conforming_strings`, which is on."""
    return "'" + text.replace("'", "''") + "'"
