"""The bodies of requests to Cloudflare's API without what is secret in them."""

from typing import Any

from localcloud.cloudflare.bindings import SECRETS
from localcloud.cloudflare.envelope import Json
from localcloud.cloudflare.multipart import MultipartError, Part, is_multipart, parsed
from localcloud.emulation.redaction import REDACTED, redacted_json, size_of
from localcloud.emulation.request_log import LoggedRequest

SECRET_KEYS = frozenset(
    (
        *("password", "access_client_secret", "client_secret", "private_key", "tunnel_secret", "value", "jwt"),
        *("key_base64", "key_jwk"),
    )
)


def redacted(request: LoggedRequest) -> Any:
    """JSON as data; parts one by one; of everything else only the size: a KV value may be a secret."""
    if is_multipart(request.content_type):
        try:
            return [_redacted_part(part) for part in parsed(request.body, request.content_type)]
        except MultipartError:
            return size_of(request.body)
    is_json = request.content_type.startswith("application/json")
    return redacted_json(request.body, secret_keys_of) if is_json else size_of(request.body)


def secret_keys_of(value: Json) -> frozenset[str]:
    """The secret keys of one JSON object: of a binding they depend on its type."""
    kind = value.get("type")
    return SECRET_KEYS | frozenset(SECRETS.get(kind, ()) if isinstance(kind, str) else ())


def _redacted_part(part: Part) -> Json:
    told: Json = {"name": part.name, "filename": part.filename, "content_type": part.content_type}
    if part.name in SECRET_KEYS:
        return {**told, "body": REDACTED}
    is_json = part.filename is None
    return {**told, "body": redacted_json(part.content, secret_keys_of) if is_json else size_of(part.content)}
