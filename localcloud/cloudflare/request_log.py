"""The requests that were made, in memory: with their bodies, and without what is secret in them."""

import json
import logging
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from localcloud.cloudflare.bindings import SECRETS
from localcloud.cloudflare.envelope import Json, refusal
from localcloud.cloudflare.multipart import MultipartError, Part, is_multipart, parsed
from localcloud.cloudflare.paths import api_path
from localcloud.cloudflare.stamps import now

MOST_REQUESTS = 2000
MOST_BYTES = 64 * 1024 * 1024
LARGEST_BODY_BYTES = 100 * 1024 * 1024

REDACTED = "[secret]"
SECRET_KEYS = frozenset(
    (
        *("password", "access_client_secret", "client_secret", "private_key", "tunnel_secret", "value", "jwt"),
        *("key_base64", "key_jwk"),
    )
)

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

    def view(self, *, raw: bool = False) -> Json:
        view = {name: getattr(self, name) for name in ("at", "method", "path", "query", "status", "ms", "content_type")}
        return {**view, "body": self.body.decode(errors="replace") if raw else _redacted_body(self)}


class RequestLog:
    """The newest requests, within bounds of number and size."""

    def __init__(self) -> None:
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


class RequestLogMiddleware:
    """Keeps each request, and writes one line about it: method, path, status, milliseconds."""

    def __init__(self, app: ASGIApp, request_log: RequestLog) -> None:
        self._app = app
        self._log = request_log

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
                too_large = refusal(413, 10027, f"The body is longer than {LARGEST_BODY_BYTES} bytes")
                await too_large(scope, receive, noting_status)
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


def _redacted_body(request: LoggedRequest) -> Any:
    """JSON as data; parts one by one; of everything else only the size: a KV value may be a secret."""
    if is_multipart(request.content_type):
        try:
            return [_redacted_part(part) for part in parsed(request.body, request.content_type)]
        except MultipartError:
            return _size(request.body)
    return _redacted_json(request.body) if request.content_type.startswith("application/json") else _size(request.body)


def _redacted_part(part: Part) -> Json:
    told: Json = {"name": part.name, "filename": part.filename, "content_type": part.content_type}
    if part.name in SECRET_KEYS:
        return {**told, "body": REDACTED}
    return {**told, "body": _redacted_json(part.content) if part.filename is None else _size(part.content)}


def _redacted_json(text: bytes) -> Any:
    try:
        return _redacted(json.loads(text))
    except ValueError:
        return _size(text)


def _redacted(value: Any) -> Any:
    if isinstance(value, list):
        return [_redacted(each) for each in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("type")
    secret = SECRET_KEYS | set(SECRETS.get(kind, ()) if isinstance(kind, str) else ())
    return {key: REDACTED if key in secret else _redacted(each) for key, each in value.items()}


def _size(content: bytes) -> str:
    return f"[{len(content)} bytes]" if content else ""
