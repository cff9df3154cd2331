"""Listening, and the connections that are open, so that a fault can break one off: ASGI alone cannot."""

import asyncio
import socket
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

HOST = "127.0.0.1"

_open: dict[Any, asyncio.Transport] = {}
"""By the client's address and port, which no two of them share."""


class TrackedProtocol(H11Protocol):
    """uvicorn's own protocol, which also tells of its connections."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        _open[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        _open.pop(self.client, None)
        super().connection_lost(exc)


def listener(port: int) -> socket.socket:
    """Listens on this machine alone. Raises ``OSError`` for a port that cannot be had."""
    # Without the protocol's number asyncio does not see that it is TCP, and Nagle's algorithm costs 40 ms a request.
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((HOST, port))
    return made


async def drop(scope: Scope) -> None:
    """Breaks off the connection of a request. The client gets no byte of an answer."""
    _open[tuple(scope["client"])].abort()
    await asyncio.sleep(0)  # lets uvicorn learn of it, or it would complain about the missing answer
