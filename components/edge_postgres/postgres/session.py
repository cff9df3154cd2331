"""A session with a Postgres server, as a role that may make things there; encrypted, and ended in any case."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import asyncpg

from edge_postgres.http.errors import ApiError

T = TypeVar("T")
Props = Mapping[str, Any]

CONNECT_TIMEOUT_SECONDS = 20.0
STATEMENT_TIMEOUT_SECONDS = 30.0


def session(props: Props, work: Callable[[asyncpg.Connection], Awaitable[T]], what: str, way_out: str) -> T:
    """What ``work`` gives, done in a session of ``admin_user`` at ``host``, ``port`` and ``database``.

    Raises ``ApiError``, which names ``what`` is made there, and no password.
    """
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
            return await work(server)
        finally:
            await server.close(timeout=CONNECT_TIMEOUT_SECONDS)

    try:
        return asyncio.run(whole())
    except asyncpg.PostgresError as error:
        raise ApiError(f"Postgres at {at} refused: {error.args[0]} ({what}).") from None
    except (OSError, TimeoutError, asyncpg.InterfaceError):
        raise ApiError(f"Postgres at {at} cannot be reached from here to make {what}. {way_out}") from None


async def run(server: asyncpg.Connection, statement: str, *names: str) -> None:
    """A statement with names and texts in the place of `%I` and `%L`, quoted by the server itself."""
    parameters = ", ".join(f"${number}::text" for number in range(2, len(names) + 2))
    await server.execute(await server.fetchval(f"select format($1::text, {parameters})", statement, *names))


def _tls(ca_pem: str | None) -> ssl.SSLContext:
    """Encrypted always; verified in full where the authority is known."""
    if ca_pem:
        return ssl.create_default_context(cadata=ca_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
