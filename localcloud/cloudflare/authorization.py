"""The form of API tokens, and the three ways in which Cloudflare's services refuse who has none."""

import re

from starlette.responses import Response
from starlette.types import Scope

from localcloud.cloudflare.envelope import refusal
from localcloud.emulation.paths import api_path

TOKEN = re.compile(r"[0-9A-Za-z_-]{40,80}")
OPEN_PATHS = frozenset({"/ips"})
"""The address ranges are public."""


def unauthorized(scope: Scope) -> Response:
    path = api_path(scope)
    if path.endswith("/tokens/verify"):
        return refusal(401, 1000, "Invalid API Token")
    if path.startswith("/accounts/"):
        return refusal(401, 10000, "Authentication error")
    return refusal(403, 9109, "Invalid access token")
