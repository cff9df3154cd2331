"""A client that sends messages of the Postgres protocol one by one, for what drivers do not do."""

import asyncio
import struct
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

Messages = list[tuple[str, bytes]]


def message(kind: str, *parts: bytes | str) -> bytes:
    """Returns a message. Strings get their zero byte."""
    body = b"".join(part.encode() + b"\0" if isinstance(part, str) else part for part in parts)
    return kind.encode() + struct.pack("!i", len(body) + 4) + body


def parse(name: str, text: str) -> bytes:
    return message("P", name, text, b"\0\0")


def bind(statement: str, *values: str, portal: str = "") -> bytes:
    encoded = [each.encode() for each in values]
    fields = b"".join(struct.pack("!i", len(each)) + each for each in encoded)
    return message("B", portal, statement, b"\0\0", struct.pack("!h", len(values)), fields, b"\0\0")


def query(text: str) -> bytes:
    return message("Q", text)


EXECUTE = message("E", "", b"\0\0\0\0")
SYNC = message("S")
FLUSH = message("H")


@dataclass
class WireClient:
    """An authenticated client."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    key: bytes = b""

    @classmethod
    async def connect(cls, url: str) -> "WireClient":
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        client = cls(reader, writer)
        user, database = unquote(parts.username or ""), unquote(parts.path[1:])
        fields = "".join(f"{each}\0" for each in ("user", user, "database", database, ""))
        writer.write(struct.pack("!ii", len(fields) + 8, 196608) + fields.encode())
        assert await client.receive() == ("R", struct.pack("!i", 3))
        writer.write(message("p", unquote(parts.password or "")))
        started = await client.until_ready()
        client.key = next(body for kind, body in started if kind == "K")
        return client

    def send(self, *messages: bytes) -> None:
        self.writer.write(b"".join(messages))

    async def receive(self) -> tuple[str, bytes]:
        header = await self.reader.readexactly(5)
        return chr(header[0]), await self.reader.readexactly(struct.unpack("!i", header[1:])[0] - 4)

    async def until_ready(self, times: int = 1) -> Messages:
        """Returns the messages up to the n-th `ReadyForQuery`, included."""
        found: Messages = []
        for _ in range(times):
            kind = ""
            while kind != "Z":
                kind, body = await self.receive()
                found.append((kind, body))
        return found

    async def ask(self, *messages: bytes) -> Messages:
        self.send(*messages)
        return await self.until_ready()

    def close(self) -> None:
        self.writer.close()


def kinds(messages: Messages) -> str:
    """Returns the types of messages in order: `1` ParseComplete, `2` BindComplete, `D` DataRow, `E` error, ..."""
    return "".join(kind for kind, _ in messages)


def rows(messages: Messages) -> list[str]:
    """Returns the first field of each row."""
    bodies = [body for kind, body in messages if kind == "D"]
    return [body[6 : 6 + struct.unpack("!i", body[2:6])[0]].decode() for body in bodies]


def errors(messages: Messages) -> list[tuple[str, str]]:
    """Returns the SQLSTATE and the text of each error."""
    found = []
    for kind, body in messages:
        if kind == "E":
            fields = {part[:1]: part[1:] for part in body.decode().split("\0") if part}
            found.append((fields["C"], fields["M"]))
    return found


def status(messages: Messages) -> str:
    """Returns the transaction status of the last message: I, T or E."""
    kind, body = messages[-1]
    assert kind == "Z"
    return body.decode()
