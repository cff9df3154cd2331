"""A session with a Postgres server as an administrator. The session is encrypted, and always closed at the end."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

from edge_postgres.core.json_types import Json
from edge_postgres.http.errors import ApiError

T = TypeVar("T")
Work = Callable[[asyncpg.Connection], Awaitable[T]]
"""A function that executes statements in an open session."""

CONNECT_TIMEOUT_SECONDS = 20.0
STATEMENT_TIMEOUT_SECONDS = 30.0


def run_in_session(props: Json, work: Work[T], *, subject: str, fix: str) -> T:
    """Runs ``work`` in a session, and returns the result of ``work``.

    Args:
        props: The inputs of a role or database, of which `ADMIN_INPUTS` describe the connection.
        work: Executes the statements.
        subject: The role or database in messages, such as `role app_a`.
        fix: The fix in the message for a server that cannot be reached.

    Raises:
        ApiError: The server rejects the credentials or a statement, cannot be reached, or does not respond in time. The
            message contains no password.
    """
    address = f"{props['host']}:{int(props['port'])}"

    async def connect_and_work() -> T:
        server = await asyncpg.connect(
            host=props["host"],
            port=int(props["port"]),
            user=props["admin_user"],
            password=props["admin_password"],
            database=props["database"],
            ssl=_tls_context(props.get("ca_pem")),
            timeout=CONNECT_TIMEOUT_SECONDS,
            command_timeout=STATEMENT_TIMEOUT_SECONDS,
        )
        try:
            return await work(server)
        finally:
            await server.close(timeout=CONNECT_TIMEOUT_SECONDS)

    try:
        return asyncio.run(connect_and_work())
    except asyncpg.PostgresError as error:
        raise ApiError(
            f"Postgres at {address} returned an error for {subject}: {error.args[0]}. "
            "Fix the cause that the server reports. For a rejected password or a missing permission, check the "
            f"password and the permissions of {props['admin_user']}."
        ) from None
    except (OSError, TimeoutError, asyncpg.InterfaceError):
        raise ApiError(
            f"Postgres at {address} cannot be reached from this machine for {subject}, or did not respond in time. "
            f"{fix} If a CA is set, check that it signed the certificate of the server, and that the certificate "
            "contains the host."
        ) from None


async def execute(server: asyncpg.Connection, statement: str, *values: str) -> None:
    """Executes a statement, in which each `%I` stands for a name and each `%L` for a string.

    The server quotes the values and puts them in these places, in the order of ``values``.
    """
    parameters = ", ".join(f"${number}::text" for number in range(2, len(values) + 2))
    await server.execute(await server.fetchval(f"select format($1::text, {parameters})", statement, *values))


def _tls_context(ca_pem: str | None) -> ssl.SSLContext:
    """Returns a TLS context that always encrypts, and that verifies the server if ``ca_pem`` is set."""
    if ca_pem:
        return ssl.create_default_context(cadata=ca_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
