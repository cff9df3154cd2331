"""A TCP proxy in front of Postgres, which selects the database as a vendor's host name does.

A vendor's host name selects one of many servers. Here all databases are on one server under different names, and each
vendor host is a port. The proxy replaces the database and user names in the startup message. The SCRAM exchange passes
through unchanged, including channel binding, because the proxy presents the certificate of the server.

https://www.postgresql.org/docs/18/protocol-message-formats.html
"""

import asyncio
import ssl
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

HOST = "127.0.0.1"
LOGIN_TIMEOUT_SECONDS = 10.0
SHUTDOWN_SECONDS = 1.0
CHUNK_BYTES = 64 * 1024
MAX_STARTUP_BYTES = 10_000

PROTOCOL_3 = 3
CANCEL_REQUEST, TLS_REQUEST, GSS_REQUEST = 80877102, 80877103, 80877104

TOO_MANY_CONNECTIONS = "53300"
NO_TLS = "28000"
PROTOCOL_VIOLATION = "08P01"
CANNOT_CONNECT = "08006"

_BROKEN = (OSError, EOFError, TimeoutError, ssl.SSLError)


@dataclass(frozen=True)
class ServerAddress:
    """Address of the real server, which requires TLS."""

    host: str
    port: int
    ca_file: Path | None = None
    """PEM file of the CA of its certificate. None: any certificate is accepted, as with `sslmode=require`."""


@dataclass(frozen=True)
class Target:
    """User and database names on the real server."""

    user: str
    database: str


class LoginRejected(Exception):
    """A rejected login, with an SQLSTATE and a message for the client."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


Router = Callable[[str, str], Target]
"""Returns the target for a user and a database name of the client. Raises ``LoginRejected``."""


@dataclass(eq=False)
class _Listener:
    """One port and its open sessions."""

    route: Router
    connection_limit: Callable[[], int] | None
    sessions: dict[asyncio.StreamWriter, str] = field(default_factory=dict)
    """The user of each session, by the writer to its client."""


class PostgresProxy:
    """Ports on this machine that forward to databases of one server."""

    def __init__(self, server: ServerAddress, certificate_file: Path, key_file: Path) -> None:
        self._server = server
        self._certificate = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._certificate.load_cert_chain(certificate_file, key_file)
        self._encryption = ssl.create_default_context(cafile=server.ca_file)
        if server.ca_file is None:
            self._encryption.check_hostname = False
            self._encryption.verify_mode = ssl.CERT_NONE
        self._servers: dict[int, asyncio.Server] = {}
        self._listeners: dict[int, _Listener] = {}

    async def open(self, port: int, route: Router, connection_limit: Callable[[], int] | None = None) -> int:
        """Listens on a port (0: any free port) and returns it. Raises ``OSError`` if the port cannot be used."""
        listener = _Listener(route, connection_limit)
        server = await asyncio.start_server(
            lambda reader, writer: self._handle_client(listener, reader, writer), HOST, port
        )
        port = int(server.sockets[0].getsockname()[1])
        self._servers[port], self._listeners[port] = server, listener
        return port

    async def close(self, port: int) -> None:
        """Closes a port and all its sessions. Does nothing if the port is not open."""
        server = self._servers.pop(port, None)
        if server is not None:
            server.close()
            self.disconnect(port)
            del self._listeners[port]

    async def close_all(self) -> None:
        for port in list(self._servers):
            await self.close(port)

    def connections(self, port: int) -> int:
        """Returns the number of sessions of a port."""
        return len(self._listeners[port].sessions)

    def disconnect(self, port: int, user: str | None = None) -> None:
        """Closes the sessions of a port, or only those of one user."""
        for writer, owner in list(self._listeners[port].sessions.items()):
            if user in (None, owner):
                writer.transport.abort()

    async def _handle_client(
        self, listener: _Listener, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            async with asyncio.timeout(LOGIN_TIMEOUT_SECONDS):
                settings = await self._negotiate(reader, writer)
                if settings is None:
                    return
                target = _route_login(listener, settings)
                listener.sessions[writer] = settings["user"]
                server = await self._open_server_connection(settings, target)
            await _relay((reader, writer), server)
        except LoginRejected as error:
            with suppress(*_BROKEN):
                writer.write(_error(error))
                await writer.drain()
                await _finish_plain(reader, writer)
        except _BROKEN:
            pass  # one end closed the connection, which needs no response
        finally:
            listener.sessions.pop(writer, None)
            writer.close()

    async def _negotiate(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> dict[str, str] | None:
        """Reads the startup parameters after the TLS handshake. Returns None for a cancel request."""
        encrypted = False
        while True:
            code, content = await _start_message(reader)
            if code == TLS_REQUEST and not encrypted:
                writer.write(b"S")
                await writer.start_tls(self._certificate, ssl_handshake_timeout=LOGIN_TIMEOUT_SECONDS)
                encrypted = True
            elif code == GSS_REQUEST:
                writer.write(b"N")
            elif code == CANCEL_REQUEST:
                await self._cancel(content)
                return None
            elif code >> 16 != PROTOCOL_3:
                raise LoginRejected(PROTOCOL_VIOLATION, "unsupported frontend protocol")
            elif not encrypted:
                raise LoginRejected(NO_TLS, "connection is insecure (try using `sslmode=require`)")
            else:
                return _settings(content)

    async def _open_server_connection(
        self, settings: dict[str, str], target: Target
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            reader, writer = await asyncio.open_connection(self._server.host, self._server.port)
        except OSError:
            raise LoginRejected(
                CANNOT_CONNECT, "the compute is unreachable: the local Postgres is not running"
            ) from None
        writer.write(struct.pack("!ii", 8, TLS_REQUEST))
        if await reader.readexactly(1) != b"S":
            raise LoginRejected(CANNOT_CONNECT, "the local Postgres does not support TLS")
        await writer.start_tls(self._encryption, server_hostname=self._server.host)
        names = {**settings, "user": target.user, "database": target.database}
        content = b"".join(part.encode() + b"\0" for pair in names.items() for part in pair) + b"\0"
        writer.write(struct.pack("!ii", len(content) + 8, PROTOCOL_3 << 16) + content)
        await writer.drain()
        return reader, writer

    async def _cancel(self, content: bytes) -> None:
        """Forwards a cancel request. Its key belongs to the server, which therefore knows the session."""
        _, writer = await asyncio.open_connection(self._server.host, self._server.port)
        writer.write(struct.pack("!ii", len(content) + 8, CANCEL_REQUEST) + content)
        await writer.drain()
        writer.close()


def _route_login(listener: _Listener, settings: dict[str, str]) -> Target:
    if listener.connection_limit is not None and len(listener.sessions) >= listener.connection_limit():
        raise LoginRejected(TOO_MANY_CONNECTIONS, "sorry, too many clients already")
    return listener.route(settings["user"], settings.get("database") or settings["user"])


async def _start_message(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    length, code = struct.unpack("!ii", await reader.readexactly(8))
    if not 8 <= length <= MAX_STARTUP_BYTES:
        raise LoginRejected(PROTOCOL_VIOLATION, "invalid length of startup packet")
    return code, await reader.readexactly(length - 8)


def _settings(content: bytes) -> dict[str, str]:
    parts = content.rstrip(b"\0").decode(errors="replace").split("\0")
    settings = dict(zip(parts[::2], parts[1::2], strict=False))
    if not settings.get("user"):
        raise LoginRejected(PROTOCOL_VIOLATION, "no PostgreSQL user name specified in startup packet")
    return settings


def _error(error: LoginRejected) -> bytes:
    fields = {"S": "FATAL", "V": "FATAL", "C": error.code, "M": error.message}
    content = b"".join(name.encode() + text.encode() + b"\0" for name, text in fields.items()) + b"\0"
    return b"E" + struct.pack("!i", len(content) + 4) + content


async def _finish_plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Waits until the client ends a connection without TLS. Closing it earlier resets it, and the error is lost."""
    if not writer.can_write_eof():  # asyncio waits for the closing handshake of TLS
        return
    writer.write_eof()
    async with asyncio.timeout(SHUTDOWN_SECONDS):
        while await reader.read(CHUNK_BYTES):
            pass


async def _relay(
    client: tuple[asyncio.StreamReader, asyncio.StreamWriter], server: tuple[asyncio.StreamReader, asyncio.StreamWriter]
) -> None:
    """Forwards bytes in both directions until one end closes its connection."""
    copies = [asyncio.create_task(_copy(client[0], server[1])), asyncio.create_task(_copy(server[0], client[1]))]
    try:
        await asyncio.wait(copies, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for copy in copies:
            copy.cancel()
        server[1].close()
        # A server in the middle of a long response does not shut TLS down, and asyncio would wait 30 seconds for it.
        asyncio.get_running_loop().call_later(SHUTDOWN_SECONDS, server[1].transport.abort)


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(*_BROKEN):
        while chunk := await source.read(CHUNK_BYTES):
            sink.write(chunk)
            await sink.drain()
