"""The bodies of requests, which are read only from clients with a valid key."""

import asyncio

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from localcloud.emulation.request_log import RequestLog, logged_request

MAX_BODY_BYTES = 100 * 1024 * 1024
BODY_SECONDS = 120.0
AUTHORIZED = "localcloud.authorized"
"""The key in the scope of a request that the authorization sets to true if the request has a valid key or token."""


class RequestBodyMiddleware:
    """Reads the body of an authorized request and logs both. Other requests, to open paths, have an empty body here."""

    def __init__(self, app: ASGIApp, request_log: RequestLog, too_large: Response) -> None:
        self._app = app
        self._log = request_log
        self._too_large = too_large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = b""
        if scope.get(AUTHORIZED):
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    body = await _read(receive)
            except TimeoutError:
                await Response(status_code=408, headers={"connection": "close"})(scope, receive, send)
                return
            logged_request(scope).body = body
            self._log.add(logged_request(scope))
        if len(body) > MAX_BODY_BYTES:
            await self._too_large(scope, receive, send)
        else:
            await self._app(scope, _replay(body, receive), send)


async def _read(receive: Receive) -> bytes:
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
