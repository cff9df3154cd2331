"""Authorization by one key, which is sent as a bearer token."""

import secrets
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from localcloud.emulation.paths import api_path
from localcloud.emulation.request_body import AUTHORIZED

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
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[AUTHORIZED] = secrets.compare_digest(sent_key(scope), self._key) or self._has_other_token(scope)
        if scope[AUTHORIZED] or self._is_open(api_path(scope)):
            await self._app(scope, receive, send)
        else:
            await self._unauthorized_response(scope)(scope, receive, send)

    def _is_open(self, path: str) -> bool:
        """Whether requests to the path are handled without a key."""
        return path in self._open_paths

    def _has_other_token(self, scope: Scope) -> bool:  # noqa: ARG002
        """Whether the request has another valid token for its path."""
        return False


def sent_key(scope: Scope) -> bytes:
    """Returns the bearer token of a request, or nothing."""
    for name, value in scope["headers"]:
        if name.lower() == b"authorization":
            kind, _, key = bytes(value).partition(b" ")
            return key.strip() if kind.lower() == b"bearer" else b""
    return b""
