"""The listening socket and the open connections. Fault injection drops connections, for which ASGI has no means."""

import asyncio
import socket
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

HOST = "127.0.0.1"
REQUEST_SECONDS = 60.0
"""A client has this time to send the head of a request, or the rest of a body whose request was rejected."""

_open: dict[Any, asyncio.Transport] = {}
"""Open connections by the client's address and port."""


class TrackedProtocol(H11Protocol):
    """uvicorn's protocol, which also records open connections, and closes those without a complete request."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        _open[self.client] = transport
        self._update_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        _open.pop(self.client, None)
        if self._deadline:
            self._deadline.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._update_deadline()

    def _update_deadline(self) -> None:
        """Sets a deadline for the next request once the client has connected or begun to send, until it is complete."""
        if self.cycle is not None and not self.cycle.response_complete:
            if self._deadline:
                self._deadline.cancel()
            self._deadline = None
        elif self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)


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
