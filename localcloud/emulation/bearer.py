"""Authorization by one key, which is sent as a bearer token."""

import secrets
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from localcloud.emulation.paths import api_path

HEALTH = "/health"
"""Path of the emulator's health check, which needs no key."""


class BearerMiddleware:
    """Requires the key, except for ``open_paths``. Other requests get the vendor's ``unauthorized_response``."""

    def __init__(
        self,
        app: ASGIApp,
        key: str,
        unauthorized_response: Callable[[Scope], Response],
        open_paths: frozenset[str] = frozenset(),
    ) -> None:
        self._app = app
        self._key = key.encode()
        self._unauthorized_response = unauthorized_response
        self._open_paths = open_paths | {HEALTH}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_open = scope["type"] != "http" or api_path(scope) in self._open_paths
        if is_open or secrets.compare_digest(_sent_key(scope), self._key):
            await self._app(scope, receive, send)
        else:
            await self._unauthorized_response(scope)(scope, receive, send)


def _sent_key(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name.lower() == b"authorization":
            kind, _, key = bytes(value).partition(b" ")
            return key.strip() if kind.lower() == b"bearer" else b""
    return b""
