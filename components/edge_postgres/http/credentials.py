"""The address and the API key of a vendor's API.

Both come from the argument `api` of a component, else from the provider's configuration, else from environment
variables. Without the argument they are no inputs of a resource, because the state of each resource would then contain
the API key, and a new API key would update every resource.
"""

import os
from dataclasses import dataclass, field

from pulumi.dynamic import ConfigureRequest

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.json_types import Json
from edge_postgres.http.rules import validate_api_key, validate_base_url

API = "api"
"""Name of the argument of a component, and of the secret input of its resources, with an API key and an address."""
BASE_URL = "base_url"
"""Name of the address in this argument."""


@dataclass(frozen=True)
class ApiSettings:
    """The names under which users set the address and the API key of one vendor's API."""

    vendor: str
    """Name of the vendor in messages."""
    api_key_noun: str
    """The vendor's name for its API key, for messages: "service token"."""
    api_key_argument: str
    """Name of the API key in the argument `api` of a component: `service_token`."""
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


def read_credentials(request: ConfigureRequest, settings: ApiSettings, api: Json | None = None) -> ApiCredentials:
    """Reads the address and the API key from ``api``, else from the configuration, else from environment variables.

    Args:
        request: The configuration of the process that runs the provider.
        settings: The names of the two values.
        api: The input `api` of a resource, if its component has the argument.

    Raises:
        ValidationError: The API key is missing or malformed, or the address is no https URL. The address of a server
            on this machine may also be an http URL.
    """
    given = api or {}
    return ApiCredentials(
        validate_given_url(given[BASE_URL], settings, subject=f"{API}.{BASE_URL}")
        if given.get(BASE_URL) is not None
        else validate_configured_url(request.config.get(settings.url_setting), settings),
        validate_given_key(given[settings.api_key_argument], settings, subject=f"{API}.{settings.api_key_argument}")
        if given.get(settings.api_key_argument) is not None
        else validate_configured_key(request.config.get(settings.api_key_setting), settings),
    )


def validate_given_key(api_key: str | None, settings: ApiSettings, *, subject: str) -> str:
    """Returns the API key that a component was given, without the whitespace around it.

    Raises:
        ValidationError: The API key is missing, empty or malformed.
    """
    fix = f"Set the {settings.api_key_noun} from {settings.api_key_source}, or omit this argument."
    return validate_api_key(api_key, fix=fix, subject=subject)


def validate_given_url(url: str | None, settings: ApiSettings, *, subject: str) -> str:
    """Returns the address that a component was given, unchanged.

    Raises:
        ValidationError: The address is missing, or is neither an https URL nor an http URL of this machine.
    """
    fix = "Set an https URL, or omit this argument."
    return validate_base_url(url, api_key_noun=settings.api_key_noun, fix=fix, subject=subject)


def validate_configured_key(configured: str | None, settings: ApiSettings) -> str:
    """Returns the API key of the configuration, else of the environment variable.

    Raises:
        ValidationError: The API key is missing or malformed.
    """
    path, command = settings.api_key_setting, f"`pulumi config set --secret {settings.api_key_setting}`"
    api_key = (configured or os.environ.get(settings.api_key_variable, "")).strip()
    if not api_key:
        raise ValidationError(
            path, "is required", f"Run {command}, or set the environment variable {settings.api_key_variable}."
        )
    fix = f"Run {command} again, or correct the environment variable {settings.api_key_variable}."
    return validate_api_key(api_key, fix=fix, subject=path)


def validate_configured_url(configured: str | None, settings: ApiSettings) -> str:
    """Returns the address of the configuration, else of the environment variable, else the default.

    Raises:
        ValidationError: The address is neither an https URL nor an http URL of this machine.
    """
    url = configured or os.environ.get(settings.url_variable) or settings.default_url
    fix = f"Set an https URL, or omit {settings.url_setting} and {settings.url_variable}."
    return validate_base_url(url, api_key_noun=settings.api_key_noun, fix=fix, subject=settings.url_setting)
