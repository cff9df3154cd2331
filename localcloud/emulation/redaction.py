"""Redaction of secrets in JSON."""

from collections.abc import Callable
from typing import Any

from localcloud.emulation.strict_json import parse_json

REDACTED = "[secret]"

SecretKeys = Callable[[dict[str, Any]], frozenset[str]]
"""Returns the keys of a JSON object whose values are secret."""


def redact_json(text: bytes, secret_keys: SecretKeys) -> Any:
    """Returns parsed and redacted JSON, or only the size if it is not valid JSON."""
    try:
        return redact(parse_json(text), secret_keys)
    except ValueError:
        return size_of(text)


def redact(value: Any, secret_keys: SecretKeys) -> Any:
    """Returns data in which ``[secret]`` replaces each secret value, at any depth."""
    if isinstance(value, list):
        return [redact(each, secret_keys) for each in value]
    if not isinstance(value, dict):
        return value
    secret = secret_keys(value)
    return {key: REDACTED if key in secret else redact(each, secret_keys) for key, each in value.items()}


def size_of(content: bytes) -> str:
    """Returns a placeholder with the size of the content."""
    return f"[{len(content)} bytes]" if content else ""
