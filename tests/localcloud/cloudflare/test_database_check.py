"""The connection test of an origin, and the error code of each kind of failure."""

import asyncio
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from localcloud.certificates import Certificates
from localcloud.cloudflare.database_check import Address, ClientCertificate, DatabaseCheck, DatabaseCheckError, Tls
from localcloud.postgres import Postgres
from tests.localcloud.cloudflare.pem import create_certificate
from tests.localcloud.cloudflare.test_hyperdrive import public_origin

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

SSL_REQUEST_BYTES = 8
AUTHENTICATION_OK = b"R" + struct.pack("!ii", 8, 0)
VERSION = b"S" + struct.pack("!i", 24) + b"server_version\0" + b"18.4\0"
READY = b"Z" + struct.pack("!i", 5) + b"I"
ORIGIN = {"scheme": "postgres", "user": "app", "password": "s3cret-of-the-database", "database": "app"}


def run(origin: dict[str, Any], *, allow_loopback: bool = True, timeout: float = 10, **options: Any) -> None:
    asyncio.run(DatabaseCheck(timeout, allow_loopback).run(origin, **options))


def code(origin: dict[str, Any], **options: Any) -> int:
    with pytest.raises(DatabaseCheckError) as error:
        run(origin, **options)
    assert error.value.status == 400
    assert origin["password"] not in error.value.message
    return error.value.code


def code_of_server(talk: Talk, **options: Any) -> int:
    """Returns the error code for a server with this behaviour."""

    async def serve_and_connect() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            origin = {**ORIGIN, "host": "127.0.0.1", "port": port}
            await DatabaseCheck(options.pop("timeout", 10), True).run(origin, **options)
        finally:
            server.close()

    with pytest.raises(DatabaseCheckError) as error:
        asyncio.run(serve_and_connect())
    assert ORIGIN["password"] not in error.value.message
    return error.value.code


@contextmanager
def resolved(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> Iterator[None]:
    """Resolves every name to these addresses."""

    async def lookup(_: object, host: str, port: int, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    with monkeypatch.context() as patch:
        patch.setattr(asyncio.BaseEventLoop, "getaddrinfo", lookup)
        yield


def test_a_valid_origin_passes(postgres: Postgres) -> None:
    run(public_origin(postgres))


def test_all_addresses_of_a_name_are_tried(postgres: Postgres) -> None:
    run(public_origin(postgres, host="localhost"))


def test_the_database_sees_the_application_name(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    fetch = asyncpg.Connection.fetch

    async def look_and_fetch(connection: asyncpg.Connection, query: str, **options: Any) -> Any:
        own = "select application_name from pg_stat_activity where pid = pg_backend_pid()"
        seen.extend([await connection.fetchval(own), query])
        return await fetch(connection, query, **options)

    monkeypatch.setattr(asyncpg.Connection, "fetch", look_and_fetch)
    run(public_origin(postgres))
    assert seen == ["Cloudflare Hyperdrive", ";"]


def test_2008_an_unknown_name() -> None:
    assert code({**ORIGIN, "host": "nowhere.invalid", "port": 5432}) == 2008


@pytest.mark.parametrize("host", ["two words", "a" * 64 + ".example.com", "host..example.com"])
def test_2008_an_invalid_name(host: str) -> None:
    assert code({**ORIGIN, "host": host, "port": 5432}) == 2008


@pytest.mark.parametrize(
    "host", ["10.1.5.0", "192.168.2.1", "172.16.0.1", "169.254.1.1", "100.64.0.1", "0.0.0.0", "fe80::1", "fd00::1"]
)
@pytest.mark.parametrize("allow_loopback", [True, False])
def test_2009_a_private_address(host: str, allow_loopback: bool) -> None:
    assert code({**ORIGIN, "host": host, "port": 5432}, allow_loopback=allow_loopback) == 2009


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "::ffff:127.0.0.1"])
def test_2009_a_loopback_address_unless_it_is_allowed(host: str) -> None:
    assert code({**ORIGIN, "host": host, "port": 5432}, allow_loopback=False) == 2009
    assert code({**ORIGIN, "host": host, "port": 1}, allow_loopback=True) == 2011


def test_2009_a_name_with_one_private_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with resolved(monkeypatch, "8.8.8.8", "10.0.0.7"):
        assert code({**ORIGIN, "host": "db.example.com", "port": 5432}) == 2009


def test_2010_a_server_that_does_not_respond() -> None:
    async def stay_silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)
        writer.close()

    assert code_of_server(stay_silent, timeout=0.2) == 2010


def test_2011_a_port_where_nothing_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound, so that no other process can use it, but not listening
        assert code({**ORIGIN, "host": "127.0.0.1", "port": unused.getsockname()[1]}) == 2011


def test_2011_a_name_with_several_addresses_where_nothing_listens(postgres: Postgres) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert code({**ORIGIN, "host": "localhost", "port": unused.getsockname()[1]}) == 2011


def test_2012_a_server_without_tls() -> None:
    async def reject_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(SSL_REQUEST_BYTES)
        writer.write(b"N")
        await writer.drain()
        writer.close()

    assert code_of_server(reject_tls) == 2012


@pytest.mark.parametrize("changes", [{"password": "not-the-password"}, {"user": "nobody-of-this-name"}])
def test_2013_wrong_credentials(postgres: Postgres, changes: dict[str, str]) -> None:
    assert code(public_origin(postgres, **changes)) == 2013


def test_2014_a_missing_database(postgres: Postgres) -> None:
    assert code(public_origin(postgres, database="nowhere")) == 2014


def test_2015_a_server_that_closes_the_connection() -> None:
    async def disconnect(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    assert code_of_server(disconnect) == 2015


def test_2015_a_mysql_database_which_the_local_cloud_does_not_support(postgres: Postgres) -> None:
    assert code(public_origin(postgres, scheme="mysql")) == 2015


def test_2015_a_certificate_of_another_ca(postgres: Postgres, tmp_path: Path) -> None:
    other = Certificates.ensure(tmp_path).ca_file.read_text()
    assert code(public_origin(postgres), tls=Tls("verify-ca", other)) == 2015


def test_2015_a_host_that_the_certificate_does_not_name(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    ca = postgres.ca_file.read_text()
    origin = public_origin(postgres, host="db.example.com")
    with resolved(monkeypatch, "127.0.0.1"):
        run(origin, tls=Tls("verify-ca", ca))
        assert code(origin, tls=Tls("verify-full", ca)) == 2015


@pytest.mark.parametrize("sslmode", ["verify-ca", "verify-full"])
def test_a_certificate_of_the_uploaded_ca_is_accepted(postgres: Postgres, sslmode: str) -> None:
    run(public_origin(postgres), tls=Tls(sslmode, postgres.ca_file.read_text()))


def test_2016_a_server_that_rejects_the_test_query(postgres: Postgres) -> None:
    certificates = Certificates.ensure(postgres.state_directory.folder("certificates"))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificates.server_certificate, certificates.server_key)

    async def reject_queries(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(SSL_REQUEST_BYTES)
        writer.write(b"S")
        await writer.start_tls(tls)
        (length,) = struct.unpack("!i", await reader.readexactly(4))
        await reader.readexactly(length - 4)
        writer.write(AUTHENTICATION_OK + VERSION + READY)
        await reader.readexactly(1)
        fields = b"SERROR\0C57014\0Mcanceling statement\0\0"
        writer.write(b"E" + struct.pack("!i", 4 + len(fields)) + fields + READY)
        while await reader.read(1) not in (b"X", b""):  # the client's termination message
            pass
        writer.close()

    assert code_of_server(reject_queries) == 2016


def test_the_target_of_a_tunnel_may_be_private(postgres: Postgres) -> None:
    tunnel_target = Address("127.0.0.1", postgres.port)
    run(public_origin(postgres, host="db.example.com"), tunnel_target=tunnel_target, allow_loopback=False)


def test_verify_full_compares_the_target_of_the_tunnel_with_the_certificate(postgres: Postgres) -> None:
    tls = Tls("verify-full", postgres.ca_file.read_text())
    run(public_origin(postgres, host="db.example.com"), tls=tls, tunnel_target=Address("localhost", postgres.port))


def test_the_client_certificate_is_sent_to_a_database_that_requests_one(postgres: Postgres, tmp_path: Path) -> None:
    client = create_certificate("a client")
    certificates = Certificates.ensure(postgres.state_directory.folder("certificates"))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificates.server_certificate, certificates.server_key)
    tls.verify_mode = ssl.CERT_REQUIRED
    tls.load_verify_locations(cadata=client.certificate)
    shown: list[Any] = []

    async def read_and_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(SSL_REQUEST_BYTES)
        writer.write(b"S")
        await writer.start_tls(tls)
        shown.append(writer.get_extra_info("peercert")["serialNumber"])
        writer.close()

    assert code_of_server(read_and_close, tls=Tls(client=ClientCertificate(client.certificate, client.key))) == 2015
    assert [int(number, 16) for number in shown] == [4711]
    shown.clear()
    assert code_of_server(read_and_close) == 2015
    assert shown == []


def test_the_private_key_of_a_client_is_deleted_from_disk(postgres: Postgres, tmp_path: Path) -> None:
    client = create_certificate("a client")
    tls = Tls(client=ClientCertificate(client.certificate, client.key))
    asyncio.run(DatabaseCheck(10, True, tmp_path).run(public_origin(postgres), tls))
    assert list(tmp_path.iterdir()) == []
    assert "PRIVATE KEY" not in repr(tls)
