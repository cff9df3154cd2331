"""A server on the port of a database, which asks each client for its password in plain text."""

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from localcloud.certificates import Certificates

TLS_REQUEST = 80877103
ASK_FOR_PLAIN_PASSWORD = b"R" + struct.pack("!ii", 8, 3)


@asynccontextmanager
async def impostor(folder: Path, port: int) -> AsyncIterator[list[str]]:
    """Listens on a port of 127.0.0.1, with a certificate of another CA. Yields the passwords that clients send."""
    folder.mkdir()
    certificates, passwords = Certificates.ensure(folder), list[str]()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.server_certificate, certificates.server_key)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError, ssl.SSLError):
            length, code = struct.unpack("!ii", await reader.readexactly(8))
            if code == TLS_REQUEST:
                writer.write(b"S")
                await writer.start_tls(context)
                length, _ = struct.unpack("!ii", await reader.readexactly(8))
            await reader.readexactly(length - 8)
            writer.write(ASK_FOR_PLAIN_PASSWORD)
            _, length = struct.unpack("!ci", await reader.readexactly(5))
            passwords.append((await reader.readexactly(length - 4)).rstrip(b"\0").decode())
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", port):
        yield passwords
