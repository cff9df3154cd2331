"""The tokens of uploads of static files, which replace the API token. They are JWTs, which clients decode."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from localcloud.cloudflare.envelope import Json

# https://developers.cloudflare.com/pages/platform/limits/ (November 2026)
MAX_FILES = 20_000
LIFETIME_SECONDS = 3600


def issue_token(key: str, claims: Json) -> str:
    """Returns a token with ``claims``, its expiration and the maximum number of files, which clients need."""
    payload = {"exp": int(time.time()) + LIFETIME_SECONDS, "max_file_count_allowed": MAX_FILES, **claims}
    message = ".".join(_encoded(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, payload))
    return f"{message}.{_encoded(_signature(key, message))}"


def claims_of(key: str, token: str) -> Json | None:
    """Returns the claims of a token, or None if it is invalid or has expired."""
    message, _, signature = token.rpartition(".")
    if not hmac.compare_digest(_encoded(_signature(key, message)).encode(), signature.encode()):
        return None
    claims: Any = json.loads(base64.urlsafe_b64decode(message.partition(".")[2] + "=="))
    return claims if claims["exp"] > time.time() else None


def _signature(key: str, message: str) -> bytes:
    return hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
