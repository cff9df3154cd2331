"""How a dynamic provider is told where its API is, and with which key.

Both come with the provider's configuration or by the environment, never as inputs: an input is kept in the state of
every resource, and a new key would be a change of each.
"""

import os
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pulumi.dynamic import ConfigureRequest

from edge_postgres.core.errors import ValidationError

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Access:
    """Where an API is, and what opens it."""

    base_url: str
    key: str = field(repr=False)


def access(
    request: ConfigureRequest, *, key: str, key_variable: str, url: str, url_variable: str, default_url: str
) -> Access:
    """From configuration (``key`` and ``url``: `neon:apiKey`), else from environment variables.

    Raises ``ValidationError`` where there is no key, where it cannot be one, and for an address that would send it in
    clear.
    """
    return Access(_address(request, url, url_variable, default_url), _key(request, key, key_variable))


def _key(request: ConfigureRequest, key: str, variable: str) -> str:
    found = (request.config.get(key) or os.environ.get(variable, "")).strip()
    if not found:
        raise ValidationError(key, "is not set", f"Run `pulumi config set --secret {key}`, or set {variable}.")
    # An HTTP client shows the header that it cannot send.
    if not re.fullmatch(r"[!-~]+", found):
        raise ValidationError(
            key, "holds characters that no key has", f"Set it anew: `pulumi config set --secret {key}`."
        )
    return found


def _address(request: ConfigureRequest, key: str, variable: str, default: str) -> str:
    found = request.config.get(key) or os.environ.get(variable) or default
    parsed = urlsplit(found)
    if parsed.scheme == "https" or (parsed.scheme == "http" and parsed.hostname in LOOPBACK):
        return found
    raise ValidationError(
        key, "is no https address; the key would travel in clear", f"Use https, or leave {key} and {variable} out."
    )
