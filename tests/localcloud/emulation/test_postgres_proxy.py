"""Each port of the proxy represents a vendor's host name, and routes logins to a database and a role."""

import asyncio
import ssl
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from localcloud.certificates import Certificates
from localcloud.credentials import Credentials
from localcloud.emulation.postgres_proxy import LoginRejected, PostgresProxy, ServerAddress, Target
from localcloud.postgres import Postgres

Body = Callable[[PostgresProxy], Awaitable[Any]]


@pytest.fixture
def through(postgres: Postgres) -> Callable[[Body], Any]:
    """Runs a coroutine with a proxy in front of the server."""

    def run(body: Body) -> Any:
        async def whole() -> Any:
            files = Certificates.ensure(postgres.state_directory.folder("certificates"))
            proxy = PostgresProxy(ServerAddress("127.0.0.1", postgres.port), files.server_certificate, files.server_key)
            try:
                return await asyncio.wait_for(body(proxy), 30)
            finally:
                await proxy.close_all()

        return asyncio.run(whole())

    return run


@pytest.fixture
def log_in(postgres: Postgres) -> Callable[..., Awaitable[asyncpg.Connection]]:
    async def log_in(port: int, **options: Any) -> asyncpg.Connection:
        tls = ssl.create_default_context(cafile=str(postgres.ca_file))
        given = {"user": "reader", "database": "shop", "ssl": tls, "timeout": 10, **options}
        given.setdefault("password", Credentials.of(postgres.state_directory).app_password)
        return await asyncpg.connect(host="127.0.0.1", port=port, **given)

    return log_in


def to_app(user: str, database: str) -> Target:
    if (user, database) != ("reader", "shop"):
        raise LoginRejected("3D000", f'database "{database}" does not exist')
    return Target("app", "app")


def test_a_login_is_routed_to_the_target_database(through: Any, log_in: Any) -> None:
    async def body(proxy: PostgresProxy) -> Any:
        connection = await log_in(await proxy.open(0, to_app))
        return tuple(await connection.fetchrow("select current_user::text, current_database()::text"))

    assert through(body) == ("app", "app")


def test_the_password_is_checked_by_the_server(through: Any, log_in: Any) -> None:
    async def body(proxy: PostgresProxy) -> None:
        await log_in(await proxy.open(0, to_app), password="wrong")

    with pytest.raises(asyncpg.InvalidPasswordError):
        through(body)


def test_a_rejected_login_has_the_sqlstate(through: Any, log_in: Any) -> None:
    async def body(proxy: PostgresProxy) -> None:
        await log_in(await proxy.open(0, to_app), database="other")

    with pytest.raises(asyncpg.InvalidCatalogNameError, match='database "other" does not exist'):
        through(body)


def test_a_connection_without_tls_is_rejected(through: Any, log_in: Any) -> None:
    async def body(proxy: PostgresProxy) -> None:
        await log_in(await proxy.open(0, to_app), ssl=False)

    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError, match="insecure"):
        through(body)


def test_the_connection_limit_of_the_compute_is_enforced(through: Any, log_in: Any) -> None:
    async def body(proxy: PostgresProxy) -> int:
        port = await proxy.open(0, to_app, lambda: 2)
        kept = [await log_in(port) for _ in range(2)]
        with pytest.raises(asyncpg.TooManyConnectionsError):
            await log_in(port)
        await kept.pop().close()
        while proxy.connections(port) == 2:
            await asyncio.sleep(0.01)
        await log_in(port)
        return proxy.connections(port)

    assert through(body) == 2


def test_the_sessions_of_one_user_can_be_closed(through: Any, log_in: Any) -> None:
    async def body(proxy: PostgresProxy) -> list[Any]:
        port = await proxy.open(0, lambda user, _: Target("app", "app"))
        reader, writer = await log_in(port), await log_in(port, user="writer")
        proxy.disconnect(port, "writer")
        with pytest.raises((asyncpg.PostgresConnectionError, ConnectionError, asyncpg.InterfaceError)):
            await writer.fetchval("select 1")
        return [await reader.fetchval("select 1")]

    assert through(body) == [1]


def test_closing_a_port_closes_its_sessions_and_rejects_new_ones(through: Any, log_in: Any) -> None:
    async def body(proxy: PostgresProxy) -> None:
        port = await proxy.open(0, to_app)
        connection = await log_in(port)
        await proxy.close(port)
        with pytest.raises((asyncpg.PostgresConnectionError, ConnectionError, asyncpg.InterfaceError)):
            await connection.fetchval("select 1")
        with pytest.raises(ConnectionRefusedError):
            await log_in(port)
        await proxy.close(port)

    through(body)


def test_a_port_can_be_opened_again(through: Any, log_in: Any) -> None:
    async def body(proxy: PostgresProxy) -> Any:
        port = await proxy.open(0, to_app)
        await proxy.close(port)
        connection = await log_in(await proxy.open(port, to_app))
        return await connection.fetchval("select 7")

    assert through(body) == 7


def test_large_results_are_forwarded(through: Any, log_in: Any) -> None:
    async def body(proxy: PostgresProxy) -> Any:
        connection = await log_in(await proxy.open(0, to_app))
        return len(await connection.fetchval("select repeat('x', 5000000)"))

    assert through(body) == 5_000_000


def test_a_running_query_can_be_cancelled(through: Any, log_in: Any) -> None:
    async def body(proxy: PostgresProxy) -> Any:
        connection = await log_in(await proxy.open(0, to_app))
        with pytest.raises(TimeoutError):
            # asyncpg cancels a query that takes too long through a separate connection
            await connection.fetchval("select pg_sleep(25)", timeout=0.2)
        return await connection.fetchval("select 3", timeout=5)

    assert through(body) == 3


@pytest.mark.parametrize(
    "bytes_sent",
    [struct.pack("!ii", 8, 3 << 16), struct.pack("!ii", 2_000_000, 3 << 16), struct.pack("!ii", 8, 7 << 16), b"GET /"],
)
def test_an_invalid_startup_message_gets_an_error_or_is_closed(bytes_sent: bytes, through: Any) -> None:
    async def body(proxy: PostgresProxy) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", await proxy.open(0, to_app))
        writer.write(bytes_sent)
        writer.write_eof()
        answer = await reader.read()
        writer.close()
        return answer

    assert through(body)[:1] in (b"E", b"")


def test_a_rejected_client_that_still_sends_receives_the_error(through: Any) -> None:
    async def body(proxy: PostgresProxy) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", await proxy.open(0, to_app))
        writer.write(struct.pack("!ii", 2_000_000, 3 << 16))
        await reader.read(1)
        for _ in range(3):
            writer.write(b"the rest of the packet")
            await asyncio.sleep(0.05)
        error = await reader.read()
        writer.close()
        return error

    assert b"invalid length of startup packet" in through(body)
