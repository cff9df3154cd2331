"""`Gateway`: what a vendor's host name does in front of a database.

At a vendor, the name of the host leads to one of many servers. Here all databases are on one server, under names of
its own, and each address is a port: a sign-in there is led to the database that is meant. The client's own password
exchange passes through, channel binding included, because the certificate is the server's.

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
SIGN_IN_TIMEOUT_SECONDS = 10.0
GOODBYE_SECONDS = 1.0
CHUNK_BYTES = 64 * 1024
LARGEST_START_BYTES = 10_000

PROTOCOL_3 = 3
CANCEL_REQUEST, TLS_REQUEST, GSS_REQUEST = 80877102, 80877103, 80877104

TOO_MANY_CONNECTIONS = "53300"
NO_TLS = "28000"
PROTOCOL_VIOLATION = "08P01"
CANNOT_CONNECT = "08006"

_BROKEN = (OSError, EOFError, TimeoutError, ssl.SSLError)


@dataclass(frozen=True)
class ServerAddress:
    """The real server; it speaks TLS."""

    host: str
    port: int


@dataclass(frozen=True)
class Target:
    """Names on the real server."""

    user: str
    database: str


class SignInRefused(Exception):
    """A sign-in that leads nowhere: an SQLSTATE and a sentence for the client."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


Lead = Callable[[str, str], Target]
"""Where a sign-in of this user to this database leads. Raises ``SignInRefused``."""


@dataclass(eq=False)
class _Door:
    """One port, and who is inside."""

    lead: Lead
    most_connections: Callable[[], int] | None
    sessions: dict[asyncio.StreamWriter, str] = field(default_factory=dict)
    """The client's end of each session, and its user."""


class Gateway:
    """Ports on this machine that lead to databases of one server."""

    def __init__(self, server: ServerAddress, certificate_file: Path, key_file: Path) -> None:
        self._server = server
        self._certificate = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._certificate.load_cert_chain(certificate_file, key_file)
        # As with `sslmode=require`: whose certificate it is was settled when the server was chosen.
        self._encryption = ssl.create_default_context()
        self._encryption.check_hostname = False
        self._encryption.verify_mode = ssl.CERT_NONE
        self._listeners: dict[int, asyncio.Server] = {}
        self._doors: dict[int, _Door] = {}

    async def open(self, port: int, lead: Lead, most_connections: Callable[[], int] | None = None) -> int:
        """Listens on a port, 0 for a free one, and returns it. Raises ``OSError`` for one that cannot be had."""
        door = _Door(lead, most_connections)
        listener = await asyncio.start_server(lambda reader, writer: self._greet(door, reader, writer), HOST, port)
        port = int(listener.sockets[0].getsockname()[1])
        self._listeners[port], self._doors[port] = listener, door
        return port

    async def close(self, port: int) -> None:
        """Ends a port and all sessions through it. One that is not open is left so."""
        listener = self._listeners.pop(port, None)
        if listener is not None:
            listener.close()
            self.cut(port)
            del self._doors[port]

    async def close_all(self) -> None:
        for port in list(self._listeners):
            await self.close(port)

    def connections(self, port: int) -> int:
        """How many sessions lead through a port."""
        return len(self._doors[port].sessions)

    def cut(self, port: int, user: str | None = None) -> None:
        """Breaks off the sessions through a port, all of them or one user's."""
        for writer, owner in list(self._doors[port].sessions.items()):
            if user in (None, owner):
                writer.transport.abort()

    async def _greet(self, door: _Door, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(SIGN_IN_TIMEOUT_SECONDS):
                settings = await self._start_up(reader, writer)
                if settings is None:
                    return
                target = _admitted(door, settings)
                door.sessions[writer] = settings["user"]
                server = await self._sign_in(settings, target)
            await _joined((reader, writer), server)
        except SignInRefused as refused:
            with suppress(*_BROKEN):
                writer.write(_error(refused))
                await writer.drain()
        except _BROKEN:
            pass  # whoever broke it off knows
        finally:
            door.sessions.pop(writer, None)
            writer.close()

    async def _start_up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> dict[str, str] | None:
        """What a client wants to sign in with, by TLS only; None where it wanted something else."""
        encrypted = False
        while True:
            code, content = await _start_message(reader)
            if code == TLS_REQUEST and not encrypted:
                writer.write(b"S")
                await writer.start_tls(self._certificate, ssl_handshake_timeout=SIGN_IN_TIMEOUT_SECONDS)
                encrypted = True
            elif code == GSS_REQUEST:
                writer.write(b"N")
            elif code == CANCEL_REQUEST:
                await self._cancel(content)
                return None
            elif code >> 16 != PROTOCOL_3:
                raise SignInRefused(PROTOCOL_VIOLATION, "unsupported frontend protocol")
            elif not encrypted:
                raise SignInRefused(NO_TLS, "connection is insecure (try using `sslmode=require`)")
            else:
                return _settings(content)

    async def _sign_in(
        self, settings: dict[str, str], target: Target
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            reader, writer = await asyncio.open_connection(self._server.host, self._server.port)
        except OSError:
            raise SignInRefused(CANNOT_CONNECT, "the compute is not there: the local Postgres does not run") from None
        writer.write(struct.pack("!ii", 8, TLS_REQUEST))
        if await reader.readexactly(1) != b"S":
            raise SignInRefused(CANNOT_CONNECT, "the local Postgres speaks no TLS")
        await writer.start_tls(self._encryption)
        named = {**settings, "user": target.user, "database": target.database}
        content = b"".join(part.encode() + b"\0" for pair in named.items() for part in pair) + b"\0"
        writer.write(struct.pack("!ii", len(content) + 8, PROTOCOL_3 << 16) + content)
        await writer.drain()
        return reader, writer

    async def _cancel(self, content: bytes) -> None:
        """The key is the server's own: it knows the session."""
        _, writer = await asyncio.open_connection(self._server.host, self._server.port)
        writer.write(struct.pack("!ii", len(content) + 8, CANCEL_REQUEST) + content)
        await writer.drain()
        writer.close()


def _admitted(door: _Door, settings: dict[str, str]) -> Target:
    if door.most_connections is not None and len(door.sessions) >= door.most_connections():
        raise SignInRefused(TOO_MANY_CONNECTIONS, "sorry, too many clients already")
    return door.lead(settings["user"], settings.get("database") or settings["user"])


async def _start_message(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    length, code = struct.unpack("!ii", await reader.readexactly(8))
    if not 8 <= length <= LARGEST_START_BYTES:
        raise SignInRefused(PROTOCOL_VIOLATION, "invalid length of startup packet")
    return code, await reader.readexactly(length - 8)


def _settings(content: bytes) -> dict[str, str]:
    parts = content.rstrip(b"\0").decode(errors="replace").split("\0")
    settings = dict(zip(parts[::2], parts[1::2], strict=False))
    if not settings.get("user"):
        raise SignInRefused(PROTOCOL_VIOLATION, "no PostgreSQL user name specified in startup packet")
    return settings


def _error(refused: SignInRefused) -> bytes:
    fields = {"S": "FATAL", "V": "FATAL", "C": refused.code, "M": refused.message}
    content = b"".join(name.encode() + text.encode() + b"\0" for name, text in fields.items()) + b"\0"
    return b"E" + struct.pack("!i", len(content) + 4) + content


async def _joined(
    client: tuple[asyncio.StreamReader, asyncio.StreamWriter], server: tuple[asyncio.StreamReader, asyncio.StreamWriter]
) -> None:
    """Passes bytes both ways until one end is gone."""
    ways = [asyncio.create_task(_passed(client[0], server[1])), asyncio.create_task(_passed(server[0], client[1]))]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        server[1].close()
        # A server in the middle of a long answer does not say goodbye; asyncio would wait 30 seconds for it.
        asyncio.get_running_loop().call_later(GOODBYE_SECONDS, server[1].transport.abort)


async def _passed(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(*_BROKEN):
        while chunk := await source.read(CHUNK_BYTES):
            sink.write(chunk)
            await sink.drain()
