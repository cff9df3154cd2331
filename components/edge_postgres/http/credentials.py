"""The address and the key of a vendor's API.

Both come from the provider's configuration or the environment. They are not inputs of a resource: the state of every
resource would contain them, and a new key would be a change of every resource.
"""

import os
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pulumi.dynamic import ConfigureRequest

from edge_postgres.core.errors import ValidationError

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class ApiSettings:
    """The names under which a vendor's address and key are configured."""

    vendor: str
    """Name of the vendor in messages."""
    key: str
    """Configuration key of the API key: `neon:apiKey`."""
    key_variable: str
    """Environment variable of the API key."""
    key_source: str
    """The place where the vendor creates keys, for messages: "the Neon console"."""
    url: str
    """Configuration key of the address: `neon:apiBaseUrl`."""
    url_variable: str
    """Environment variable of the address."""
    default_url: str


@dataclass(frozen=True)
class ApiCredentials:
    """The address of an API and its key."""

    base_url: str
    key: str = field(repr=False)


def read_credentials(request: ConfigureRequest, settings: ApiSettings) -> ApiCredentials:
    """Reads address and key from the configuration, else from environment variables.

    Raises:
        ValidationError: The key is missing or malformed, or the address would send the key unencrypted.
    """
    return ApiCredentials(_read_url(request, settings), _read_key(request, settings))


def _read_key(request: ConfigureRequest, settings: ApiSettings) -> str:
    path, command = settings.key, f"`pulumi config set --secret {settings.key}`"
    key = (request.config.get(path) or os.environ.get(settings.key_variable, "")).strip()
    if not key:
        raise ValidationError(path, "is required", f"Run {command}, or set {settings.key_variable}.")
    # The HTTP client shows a header that it cannot send.
    if not re.fullmatch(r"[!-~]+", key):
        raise ValidationError(path, "must not contain spaces or characters outside ASCII", f"Run {command} again.")
    return key


def _read_url(request: ConfigureRequest, settings: ApiSettings) -> str:
    url: str = request.config.get(settings.url) or os.environ.get(settings.url_variable) or settings.default_url
    parsed = urlsplit(url)
    if parsed.scheme == "https" or (parsed.scheme == "http" and parsed.hostname in LOOPBACK_HOSTS):
        return url
    raise ValidationError(
        settings.url,
        "must be an https URL, because any other would send the API key unencrypted",
        f"Use https, or omit {settings.url} and {settings.url_variable}.",
    )
