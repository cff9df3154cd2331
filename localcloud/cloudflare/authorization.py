"""The authorization of requests, and the different errors of Cloudflare's services for an invalid token."""

import re

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from localcloud.cloudflare.envelope import error_response
from localcloud.emulation.bearer import BearerMiddleware
from localcloud.emulation.paths import api_path

TOKEN = re.compile(r"[0-9A-Za-z_-]{40,80}")
ASSET_UPLOAD = re.compile(r"/accounts/[^/]+/workers/assets/upload")
OPEN_PATHS = frozenset({"/ips", *(f"/pages/assets/{each}" for each in ("check-missing", "upload", "upsert-hashes"))})
"""Paths that need no API token: the public address ranges, and uploads of static files, which have other tokens."""


class ApiBearerMiddleware(BearerMiddleware):
    """Lets uploads of static assets pass, because their endpoint checks the token of their session."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and ASSET_UPLOAD.fullmatch(api_path(scope)):
            await self._app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def unauthorized(scope: Scope) -> Response:
    path = api_path(scope)
    if path.endswith("/tokens/verify"):
        return error_response(401, 1000, "Invalid API Token")
    if path.startswith("/accounts/"):
        return error_response(401, 10000, "Authentication error")
    return error_response(403, 9109, "Invalid access token")
