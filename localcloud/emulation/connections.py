"""The listening socket and the open connections. Fault injection drops connections, for which ASGI has no means."""

import asyncio
import socket
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

HOST = "127.0.0.1"

_open: dict[Any, asyncio.Transport] = {}
"""Open connections by the client's address and port."""


class TrackedProtocol(H11Protocol):
    """uvicorn's protocol, which also records open connections."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        _open[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        _open.pop(self.client, None)
        super().connection_lost(exc)


def create_listener(port: int) -> socket.socket:
    """Returns a socket that is bound to 127.0.0.1. Raises ``OSError`` if the port cannot be used."""
    # Without the protocol number asyncio does not recognize TCP, and Nagle's algorithm adds 40 ms per request.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    return listener


async def drop_connection(scope: Scope) -> None:
    """Closes the connection of a request. The client receives no byte of a response."""
    _open[tuple(scope["client"])].abort()
    await asyncio.sleep(0)  # lets uvicorn notice it, which otherwise logs an error about the missing response
