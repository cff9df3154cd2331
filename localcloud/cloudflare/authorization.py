"""Who may call: one bearer token, refused in the three ways in which Cloudflare's services refuse."""

import re
import secrets

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from localcloud.cloudflare.envelope import refusal
from localcloud.emulation.paths import api_path

TOKEN = re.compile(r"[0-9A-Za-z_-]{40,80}")
# The address ranges of the API, the health of the emulator.
PUBLIC_PATHS = ("/ips", "/health")


class AuthorizationMiddleware:
    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = api_path(scope)
            if path not in PUBLIC_PATHS and not self._is_right(_sent_token(scope)):
                await _answer(path)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _is_right(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self._token.encode())


def _sent_token(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name.lower() == b"authorization":
            kind, _, token = value.decode("latin-1").partition(" ")
            return str(token).strip() if kind.lower() == "bearer" else ""
    return ""


def _answer(path: str) -> Response:
    if path.endswith("/tokens/verify"):
        return refusal(401, 1000, "Invalid API Token")
    if path.startswith("/accounts/"):
        return refusal(401, 10000, "Authentication error")
    return refusal(403, 9109, "Invalid access token")
