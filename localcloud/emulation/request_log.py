"""The requests that were made, in memory: with their bodies, and without what is secret in them."""

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from localcloud.emulation.paths import api_path
from localcloud.emulation.stamps import now

MOST_REQUESTS = 2000
MOST_BYTES = 64 * 1024 * 1024
LARGEST_BODY_BYTES = 100 * 1024 * 1024

log = logging.getLogger(__name__)


@dataclass
class LoggedRequest:
    method: str
    path: str
    """Without the base of the API."""
    query: str
    content_type: str
    body: bytes = field(repr=False)
    at: str = field(default_factory=now)
    status: int | None = None
    """None as long as there is no answer; it stays so where the connection was dropped."""
    ms: int | None = None

    def view(self, body: Any) -> dict[str, Any]:
        """As data, with ``body`` in the place of its own."""
        names = ("at", "method", "path", "query", "status", "ms", "content_type")
        return {**{name: getattr(self, name) for name in names}, "body": body}


Redact = Callable[[LoggedRequest], Any]
"""The body of a request as data without its secrets."""


class RequestLog:
    """The newest requests, within bounds of number and size."""

    def __init__(self, redact: Redact) -> None:
        self._redact = redact
        self.requests: deque[LoggedRequest] = deque()
        self._bytes = 0

    def add(self, request: LoggedRequest) -> None:
        self.requests.append(request)
        self._bytes += len(request.body)
        while len(self.requests) > MOST_REQUESTS or self._bytes > MOST_BYTES:
            self._bytes -= len(self.requests.popleft().body)

    def clear(self) -> None:
        self.requests.clear()
        self._bytes = 0

    def views(self, *, raw: bool = False) -> list[dict[str, Any]]:
        """Oldest first; ``raw`` has the bodies as they came, secrets included."""
        return [
            request.view(request.body.decode(errors="replace") if raw else self._redact(request))
            for request in self.requests
        ]


class RequestLogMiddleware:
    """Keeps each request, and writes one line about it: method, path, status, milliseconds."""

    def __init__(self, app: ASGIApp, request_log: RequestLog, too_large: Response) -> None:
        self._app = app
        self._log = request_log
        self._too_large = too_large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.monotonic()
        body = await _whole_body(receive)
        headers = {name.lower(): value for name, value in scope["headers"]}
        request = LoggedRequest(
            scope["method"],
            api_path(scope),
            scope["query_string"].decode(errors="replace"),
            headers.get(b"content-type", b"").decode(errors="replace"),
            body,
        )
        self._log.add(request)

        async def noting_status(message: Message) -> None:
            if message["type"] == "http.response.start":
                request.status = message["status"]
            await send(message)

        try:
            if len(body) > LARGEST_BODY_BYTES:
                await self._too_large(scope, receive, noting_status)
            else:
                await self._app(scope, _replayed(body, receive), noting_status)
        finally:
            request.ms = round((time.monotonic() - begun) * 1000)
            log.info("%s %s %s %s ms", request.method, quote(request.path), request.status or "-", request.ms)


async def _whole_body(receive: Receive) -> bytes:
    """What was sent, up to one byte more than is allowed."""
    chunks: list[bytes] = []
    while sum(map(len, chunks)) <= LARGEST_BODY_BYTES:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    return b"".join(chunks)


def _replayed(body: bytes, receive: Receive) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay
