"""The log of received requests, in memory."""

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from localcloud.emulation.generated_values import now
from localcloud.emulation.paths import api_path

MAX_REQUESTS = 2000
MAX_BYTES = 64 * 1024 * 1024
MAX_BODY_BYTES = 100 * 1024 * 1024

log = logging.getLogger(__name__)


@dataclass
class LoggedRequest:
    """One request with its body, and the status of its response."""

    method: str
    path: str
    """Path without the base path of the API."""
    query: str
    content_type: str
    body: bytes = field(repr=False)
    at: str = field(default_factory=now)
    status: int | None = None
    """None until there is a response, and if the connection was dropped."""
    ms: int | None = None

    def as_data(self, body: Any) -> dict[str, Any]:
        """Returns the request as data, with ``body`` instead of the received body."""
        names = ("at", "method", "path", "query", "status", "ms", "content_type")
        return {**{name: getattr(self, name) for name in names}, "body": body}


Redact = Callable[[LoggedRequest], Any]
"""Returns the body of a request as data without secrets."""


class RequestLog:
    """The newest requests, limited in number and total size."""

    def __init__(self, redact: Redact) -> None:
        self._redact = redact
        self.requests: deque[LoggedRequest] = deque()
        self._bytes = 0

    def add(self, request: LoggedRequest) -> None:
        self.requests.append(request)
        self._bytes += len(request.body)
        while len(self.requests) > MAX_REQUESTS or self._bytes > MAX_BYTES:
            self._bytes -= len(self.requests.popleft().body)

    def clear(self) -> None:
        self.requests.clear()
        self._bytes = 0

    def as_data(self, *, raw: bool = False) -> list[dict[str, Any]]:
        """Returns all requests, oldest first. With ``raw`` the bodies are unchanged and include secrets."""
        return [
            request.as_data(request.body.decode(errors="replace") if raw else self._redact(request))
            for request in self.requests
        ]


class RequestLogMiddleware:
    """Records each request, and logs one line with method, path, status and milliseconds."""

    def __init__(self, app: ASGIApp, request_log: RequestLog, too_large: Response) -> None:
        self._app = app
        self._log = request_log
        self._too_large = too_large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started_at = time.monotonic()
        body = await _read_body(receive)
        headers = {name.lower(): value for name, value in scope["headers"]}
        request = LoggedRequest(
            scope["method"],
            api_path(scope),
            scope["query_string"].decode(errors="replace"),
            headers.get(b"content-type", b"").decode(errors="replace"),
            body,
        )
        self._log.add(request)

        async def record_status(message: Message) -> None:
            if message["type"] == "http.response.start":
                request.status = message["status"]
            await send(message)

        try:
            if len(body) > MAX_BODY_BYTES:
                await self._too_large(scope, receive, record_status)
            else:
                await self._app(scope, _replay(body, receive), record_status)
        finally:
            request.ms = round((time.monotonic() - started_at) * 1000)
            log.info("%s %s %s %s ms", request.method, quote(request.path), request.status or "-", request.ms)


async def _read_body(receive: Receive) -> bytes:
    """Reads the body, and stops as soon as it exceeds the limit."""
    chunks: list[bytes] = []
    while sum(map(len, chunks)) <= MAX_BODY_BYTES:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    return b"".join(chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay
