"""A port stands for a vendor's host name: who signs in there finds the database that is meant, and its own role."""

import asyncio
import ssl
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from localcloud.certificates import Certificates
from localcloud.credentials import Credentials
from localcloud.emulation.gateway import Gateway, ServerAddress, SignInRefused, Target
from localcloud.postgres import Postgres

Body = Callable[[Gateway], Awaitable[Any]]


@pytest.fixture
def through(postgres: Postgres) -> Callable[[Body], Any]:
    """Runs a coroutine with a gateway in front of the server."""

    def run(body: Body) -> Any:
        async def whole() -> Any:
            made = Certificates.ensure(postgres.state_directory.folder("certificates"))
            gateway = Gateway(ServerAddress("127.0.0.1", postgres.port), made.server_certificate, made.server_key)
            try:
                return await asyncio.wait_for(body(gateway), 30)
            finally:
                await gateway.close_all()

        return asyncio.run(whole())

    return run


@pytest.fixture
def sign_in(postgres: Postgres) -> Callable[..., Awaitable[asyncpg.Connection]]:
    async def sign_in(port: int, **options: Any) -> asyncpg.Connection:
        tls = ssl.create_default_context(cafile=str(postgres.ca_file))
        given = {"user": "reader", "database": "shop", "ssl": tls, "timeout": 10, **options}
        given.setdefault("password", Credentials.of(postgres.state_directory).app_password)
        return await asyncpg.connect(host="127.0.0.1", port=port, **given)

    return sign_in


def to_app(user: str, database: str) -> Target:
    if (user, database) != ("reader", "shop"):
        raise SignInRefused("3D000", f'database "{database}" does not exist')
    return Target("app", "app")


def test_a_sign_in_is_led_to_the_database_that_is_meant(through: Any, sign_in: Any) -> None:
    async def body(gateway: Gateway) -> Any:
        connection = await sign_in(await gateway.open(0, to_app))
        return tuple(await connection.fetchrow("select current_user::text, current_database()::text"))

    assert through(body) == ("app", "app")


def test_the_password_is_checked_by_the_server(through: Any, sign_in: Any) -> None:
    async def body(gateway: Gateway) -> None:
        await sign_in(await gateway.open(0, to_app), password="wrong")

    with pytest.raises(asyncpg.InvalidPasswordError):
        through(body)


def test_what_leads_nowhere_is_refused_with_its_code(through: Any, sign_in: Any) -> None:
    async def body(gateway: Gateway) -> None:
        await sign_in(await gateway.open(0, to_app), database="other")

    with pytest.raises(asyncpg.InvalidCatalogNameError, match='database "other" does not exist'):
        through(body)


def test_a_connection_without_tls_is_rejected(through: Any, sign_in: Any) -> None:
    async def body(gateway: Gateway) -> None:
        await sign_in(await gateway.open(0, to_app), ssl=False)

    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError, match="insecure"):
        through(body)


def test_no_more_sessions_than_the_compute_takes(through: Any, sign_in: Any) -> None:
    async def body(gateway: Gateway) -> int:
        port = await gateway.open(0, to_app, lambda: 2)
        kept = [await sign_in(port) for _ in range(2)]
        with pytest.raises(asyncpg.TooManyConnectionsError):
            await sign_in(port)
        await kept.pop().close()
        while gateway.connections(port) == 2:
            await asyncio.sleep(0.01)
        await sign_in(port)
        return gateway.connections(port)

    assert through(body) == 2


def test_one_users_sessions_can_be_cut(through: Any, sign_in: Any) -> None:
    async def body(gateway: Gateway) -> list[Any]:
        port = await gateway.open(0, lambda user, _: Target("app", "app"))
        reader, writer = await sign_in(port), await sign_in(port, user="writer")
        gateway.cut(port, "writer")
        with pytest.raises((asyncpg.PostgresConnectionError, ConnectionError, asyncpg.InterfaceError)):
            await writer.fetchval("select 1")
        return [await reader.fetchval("select 1")]

    assert through(body) == [1]


def test_a_closed_port_ends_its_sessions_and_takes_no_more(through: Any, sign_in: Any) -> None:
    async def body(gateway: Gateway) -> None:
        port = await gateway.open(0, to_app)
        connection = await sign_in(port)
        await gateway.close(port)
        with pytest.raises((asyncpg.PostgresConnectionError, ConnectionError, asyncpg.InterfaceError)):
            await connection.fetchval("select 1")
        with pytest.raises(ConnectionRefusedError):
            await sign_in(port)
        await gateway.close(port)

    through(body)


def test_a_port_can_be_opened_again(through: Any, sign_in: Any) -> None:
    async def body(gateway: Gateway) -> Any:
        port = await gateway.open(0, to_app)
        await gateway.close(port)
        connection = await sign_in(await gateway.open(port, to_app))
        return await connection.fetchval("select 7")

    assert through(body) == 7


def test_large_answers_pass(through: Any, sign_in: Any) -> None:
    async def body(gateway: Gateway) -> Any:
        connection = await sign_in(await gateway.open(0, to_app))
        return len(await connection.fetchval("select repeat('x', 5000000)"))

    assert through(body) == 5_000_000


def test_a_running_query_can_be_cancelled(through: Any, sign_in: Any) -> None:
    async def body(gateway: Gateway) -> Any:
        connection = await sign_in(await gateway.open(0, to_app))
        with pytest.raises(TimeoutError):
            # asyncpg cancels what takes too long through a connection of its own
            await connection.fetchval("select pg_sleep(25)", timeout=0.2)
        return await connection.fetchval("select 3", timeout=5)

    assert through(body) == 3


@pytest.mark.parametrize(
    "bytes_sent",
    [struct.pack("!ii", 8, 3 << 16), struct.pack("!ii", 2_000_000, 3 << 16), struct.pack("!ii", 8, 7 << 16), b"GET /"],
)
def test_what_is_no_sign_in_gets_an_error_or_the_end(bytes_sent: bytes, through: Any) -> None:
    async def body(gateway: Gateway) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", await gateway.open(0, to_app))
        writer.write(bytes_sent)
        writer.write_eof()
        answer = await reader.read()
        writer.close()
        return answer

    assert through(body)[:1] in (b"E", b"")
