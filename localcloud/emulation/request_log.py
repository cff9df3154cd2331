"""The log of received requests, in memory."""

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from localcloud.emulation.generated_values import now
from localcloud.emulation.paths import api_path

MAX_REQUESTS = 2000
MAX_BYTES = 64 * 1024 * 1024
MAX_WITHOUT_KEY = 100
MAX_TEXT_WITHOUT_KEY = 200
"""Characters of the path, the query and the content type of a request without a valid key."""
REQUEST = "localcloud.request"

log = logging.getLogger(__name__)


@dataclass
class LoggedRequest:
    """One request with its body, and the status of its response."""

    method: str
    path: str
    """Path without the base path of the API."""
    query: str
    content_type: str
    body: bytes = field(default=b"", repr=False)
    at: str = field(default_factory=now)
    status: int | None = None
    """None until there is a response, and if the connection was dropped."""
    ms: int | None = None
    is_logged: bool = field(default=False, repr=False)

    def as_data(self, body: Any) -> dict[str, Any]:
        """Returns the request as data, with ``body`` instead of the received body."""
        names = ("at", "method", "path", "query", "status", "ms", "content_type")
        return {**{name: getattr(self, name) for name in names}, "body": body}


Redact = Callable[[LoggedRequest], Any]
"""Returns the body of a request as data without secrets."""


class RequestLog:
    """The newest requests, limited in number and total size.

    Requests without a valid key have a separate, low limit and no body, so that they cannot displace other requests.
    """

    def __init__(self, redact: Redact) -> None:
        self._redact = redact
        self.requests: deque[LoggedRequest] = deque()
        self._without_key: deque[LoggedRequest] = deque()
        self._bytes = 0

    def add(self, request: LoggedRequest) -> None:
        self.requests.append(request)
        request.is_logged = True
        self._bytes += len(request.body)
        while len(self.requests) > MAX_REQUESTS or self._bytes > MAX_BYTES:
            self._bytes -= len(self.requests.popleft().body)

    def add_without_key(self, request: LoggedRequest) -> None:
        """Adds a request whose key was not checked, or is wrong. Does nothing if the request is already in the log."""
        if request.is_logged:
            return
        request.is_logged = True
        for name in ("path", "query", "content_type"):
            setattr(request, name, getattr(request, name)[:MAX_TEXT_WITHOUT_KEY])
        self._without_key.append(request)
        if len(self._without_key) > MAX_WITHOUT_KEY:
            self._without_key.popleft()

    def clear(self) -> None:
        self.requests.clear()
        self._without_key.clear()
        self._bytes = 0

    def as_data(self, *, raw: bool = False) -> list[dict[str, Any]]:
        """Returns all requests, oldest first. With ``raw`` the bodies are unchanged and include secrets."""
        return [
            request.as_data(request.body.decode(errors="replace") if raw else self._redact(request))
            for request in sorted((*self._without_key, *self.requests), key=lambda each: each.at)
        ]


class RequestLogMiddleware:
    """Records each request, and logs one line with method, path, status and milliseconds."""

    def __init__(self, app: ASGIApp, request_log: RequestLog) -> None:
        self._app = app
        self._log = request_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started_at = time.monotonic()
        headers = {name.lower(): value for name, value in scope["headers"]}
        request = scope[REQUEST] = LoggedRequest(
            scope["method"],
            api_path(scope),
            scope["query_string"].decode(errors="replace"),
            headers.get(b"content-type", b"").decode(errors="replace"),
        )

        async def record_status(message: Message) -> None:
            if message["type"] == "http.response.start":
                request.status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, record_status)
        finally:
            request.ms = round((time.monotonic() - started_at) * 1000)
            self._log.add_without_key(request)
            log.info("%s %s %s %s ms", request.method, quote(request.path), request.status or "-", request.ms)


def logged_request(scope: Scope) -> LoggedRequest:
    """Returns the record of the request that an application is handling."""
    request: LoggedRequest = scope[REQUEST]
    return request
