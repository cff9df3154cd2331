"""Who may call: one key, as a bearer token."""

import secrets
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from localcloud.emulation.paths import api_path

HEALTH = "/health"
"""Of the emulator itself, and open to all."""


class BearerMiddleware:
    """``open_paths`` want no key; ``refusal`` is the vendor's answer to a request without the right one."""

    def __init__(
        self, app: ASGIApp, key: str, refusal: Callable[[Scope], Response], open_paths: frozenset[str] = frozenset()
    ) -> None:
        self._app = app
        self._key = key.encode()
        self._refusal = refusal
        self._open_paths = open_paths | {HEALTH}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_open = scope["type"] != "http" or api_path(scope) in self._open_paths
        if is_open or secrets.compare_digest(_sent_key(scope), self._key):
            await self._app(scope, receive, send)
        else:
            await self._refusal(scope)(scope, receive, send)


def _sent_key(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name.lower() == b"authorization":
            kind, _, key = bytes(value).partition(b" ")
            return key.strip() if kind.lower() == b"bearer" else b""
    return b""
