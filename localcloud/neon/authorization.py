"""Who may call: one key, as a bearer token."""

import secrets

from starlette.types import ASGIApp, Receive, Scope, Send

from localcloud.emulation.paths import api_path
from localcloud.neon.errors import refusal

PUBLIC_PATHS = ("/health",)
"""Of the emulator itself; the API has none."""


class AuthorizationMiddleware:
    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._key = key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_open = scope["type"] != "http" or api_path(scope) in PUBLIC_PATHS
        if is_open or secrets.compare_digest(_sent_key(scope), self._key):
            await self._app(scope, receive, send)
        else:
            await refusal(401, "authentication failed: supply a valid API key", scope=scope)(scope, receive, send)


def _sent_key(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name.lower() == b"authorization":
            kind, _, key = bytes(value).partition(b" ")
            return key.strip() if kind.lower() == b"bearer" else b""
    return b""
