"""The address and the API key of a vendor's API.

The address and the API key come from the provider's configuration or from environment variables. They are not inputs of
a resource, because the state of each resource would then contain the API key. A new API key would change every
resource.
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
    """The names under which users configure the address and the API key of one vendor's API."""

    vendor: str
    """Name of the vendor in messages."""
    api_key_noun: str
    """The vendor's name for its API key, for messages: "service token"."""
    api_key_setting: str
    """Configuration setting with the API key: `neon:apiKey`."""
    api_key_variable: str
    """Environment variable with the API key."""
    api_key_source: str
    """The place where users create an API key, for messages: "the Neon console"."""
    url_setting: str
    """Configuration setting with the address of the API: `neon:apiBaseUrl`."""
    url_variable: str
    """Environment variable with the address of the API."""
    default_url: str
    """Address of the API if neither the setting nor the variable is set."""


@dataclass(frozen=True)
class ApiCredentials:
    """The address of an API, and the API key that authenticates requests."""

    base_url: str
    api_key: str = field(repr=False)


def read_credentials(request: ConfigureRequest, settings: ApiSettings) -> ApiCredentials:
    """Reads the address and the API key from the configuration, else from environment variables.

    Raises:
        ValidationError: The API key is missing or malformed, or the address is no https URL. The address of a server
            on this machine may also be an http URL.
    """
    return ApiCredentials(_read_url(request, settings), _read_api_key(request, settings))


def _read_api_key(request: ConfigureRequest, settings: ApiSettings) -> str:
    path, command = settings.api_key_setting, f"`pulumi config set --secret {settings.api_key_setting}`"
    api_key = (request.config.get(path) or os.environ.get(settings.api_key_variable, "")).strip()
    if not api_key:
        raise ValidationError(
            path, "is required", f"Run {command}, or set the environment variable {settings.api_key_variable}."
        )
    # The HTTP client would show an unsendable header, with the API key, in its error message.
    if not re.fullmatch(r"[!-~]+", api_key):
        raise ValidationError(
            path,
            "must not contain spaces, control characters or characters outside ASCII",
            f"Run {command} again, or correct the environment variable {settings.api_key_variable}.",
        )
    return api_key


def _read_url(request: ConfigureRequest, settings: ApiSettings) -> str:
    url: str = request.config.get(settings.url_setting) or os.environ.get(settings.url_variable) or settings.default_url
    parsed = urlsplit(url)
    if parsed.scheme == "https" or (parsed.scheme == "http" and parsed.hostname in LOOPBACK_HOSTS):
        return url
    raise ValidationError(
        settings.url_setting,
        f"must be an https URL, because any other URL would send the {settings.api_key_noun} unencrypted",
        f"Set an https URL, or omit {settings.url_setting} and {settings.url_variable}.",
    )
