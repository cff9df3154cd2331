"""Redaction of secrets in the bodies of requests to Cloudflare's API."""

from typing import Any

from localcloud.cloudflare.bindings import SECRETS
from localcloud.cloudflare.envelope import Json
from localcloud.cloudflare.multipart import MultipartError, Part, is_multipart, parse_multipart
from localcloud.emulation.redaction import REDACTED, redact_json, size_of
from localcloud.emulation.request_log import LoggedRequest

SECRET_KEYS = frozenset(
    (
        *("password", "access_client_secret", "client_secret", "private_key", "tunnel_secret", "value", "jwt"),
        *("key_base64", "key_jwk"),
    )
)


def redact(request: LoggedRequest) -> Any:
    """Returns the body without secrets: redacted JSON or parts. For all else only the size, as it may be a secret."""
    if is_multipart(request.content_type):
        try:
            return [_redact_part(part) for part in parse_multipart(request.body, request.content_type)]
        except MultipartError:
            return size_of(request.body)
    is_json = request.content_type.startswith("application/json")
    return redact_json(request.body, secret_keys_of) if is_json else size_of(request.body)


def secret_keys_of(value: Json) -> frozenset[str]:
    """Returns the secret keys of one JSON object. For a binding they depend on its type."""
    kind = value.get("type")
    return SECRET_KEYS | frozenset(SECRETS.get(kind, ()) if isinstance(kind, str) else ())


def _redact_part(part: Part) -> Json:
    header: Json = {"name": part.name, "filename": part.filename, "content_type": part.content_type}
    if part.name in SECRET_KEYS:
        return {**header, "body": REDACTED}
    is_json = part.filename is None
    return {**header, "body": redact_json(part.content, secret_keys_of) if is_json else size_of(part.content)}
