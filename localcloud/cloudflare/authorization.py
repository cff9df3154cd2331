"""The authorization of requests, and the different errors of Cloudflare's services for an invalid token."""

import re

from starlette.responses import Response
from starlette.types import Scope

from localcloud.cloudflare.assets import SESSIONS
from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.envelope import error_response
from localcloud.cloudflare.upload_tokens import claims_of
from localcloud.emulation.bearer import BearerMiddleware, sent_key
from localcloud.emulation.paths import api_path

TOKEN = re.compile(r"[0-9A-Za-z_-]{40,80}")
ASSET_UPLOAD = re.compile(r"/accounts/([^/]+)/workers/assets/upload")
PAGES_UPLOADS = frozenset(f"/pages/assets/{each}" for each in ("check-missing", "upload", "upsert-hashes"))
OPEN_PATHS = frozenset({"/ips"}) | PAGES_UPLOADS
"""Paths that need no API token: the public address ranges, and uploads of static files, which have other tokens."""


class ApiBearerMiddleware(BearerMiddleware):
    """Lets uploads of static files pass, because their endpoints check the token, and reads a body with a valid one."""

    def _is_open(self, path: str) -> bool:
        return ASSET_UPLOAD.fullmatch(path) is not None or super()._is_open(path)

    def _has_other_token(self, scope: Scope) -> bool:
        path, token = api_path(scope), sent_key(scope).decode(errors="replace")
        cloud: Cloud = scope["app"].state.emulator
        if upload := ASSET_UPLOAD.fullmatch(path):
            return cloud.store.get(SESSIONS, upload[1], token) is not None
        return path in PAGES_UPLOADS and claims_of(cloud.settings.api_token, token) is not None


def unauthorized(scope: Scope) -> Response:
    path = api_path(scope)
    if path.endswith("/tokens/verify"):
        return error_response(401, 1000, "Invalid API Token")
    if path.startswith("/accounts/"):
        return error_response(401, 10000, "Authentication error")
    return error_response(403, 9109, "Invalid access token")
