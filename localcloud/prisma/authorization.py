"""Who may call: one service token of the workspace."""

import secrets

from starlette.types import ASGIApp, Receive, Scope, Send

from localcloud.emulation.paths import api_path
from localcloud.prisma.envelope import refusal

PUBLIC_PATHS = ("/health",)
"""Of the emulator itself; the API has none."""


class AuthorizationMiddleware:
    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_open = scope["type"] != "http" or api_path(scope) in PUBLIC_PATHS
        if is_open or secrets.compare_digest(_sent_token(scope), self._token.encode()):
            await self._app(scope, receive, send)
        else:
            answer = refusal(401, "unauthorized", "Missing or invalid authorization token.")
            await answer(scope, receive, send)


def _sent_token(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name.lower() == b"authorization":
            kind, _, token = bytes(value).partition(b" ")
            return token.strip() if kind.lower() == b"bearer" else b""
    return b""
