"""The tokens that uploads of static files carry in the place of an API token: JWTs, as the clients read them."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from localcloud.cloudflare.envelope import Json

# https://developers.cloudflare.com/pages/platform/limits/ (November 2026)
MOST_FILES = 20_000
LIFE_SECONDS = 3600


def issued(key: str, claims: Json) -> str:
    """A token that says ``claims`` and, as the clients want to know, when it ends and how many files it takes."""
    stated = {"exp": int(time.time()) + LIFE_SECONDS, "max_file_count_allowed": MOST_FILES, **claims}
    message = ".".join(_encoded(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, stated))
    return f"{message}.{_encoded(_signature(key, message))}"


def claims_of(key: str, token: str) -> Json | None:
    """What a token of ours says; None for another's, and for one that has ended."""
    message, _, signature = token.rpartition(".")
    if not hmac.compare_digest(_encoded(_signature(key, message)), signature):
        return None
    claims: Any = json.loads(base64.urlsafe_b64decode(message.partition(".")[2] + "=="))
    return claims if claims["exp"] > time.time() else None


def _signature(key: str, message: str) -> bytes:
    return hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
