"""Finds API keys of database vendors that are missing, before a provider needs them during the deployment."""

from collections.abc import Iterator, Mapping

from pulumi.runtime.config import get_config

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.json_types import JsonInput
from edge_postgres.http.credentials import ApiSettings, validate_configured_key, validate_configured_url
from edge_postgres.origins.neon.access import NEON_ACCESS
from edge_postgres.origins.prisma.access import PRISMA_ACCESS
from edge_postgres.stack.errors import SettingError
from edge_postgres.stack.raw_settings import find_settings

_VENDORS = {"neon": ("apiKeySecret", NEON_ACCESS), "prisma": ("serviceTokenSecret", PRISMA_ACCESS)}
"""By `provider`: the setting of a database with its own API key, and the names of the common one."""


def find_api_key_errors(raw: JsonInput) -> Iterator[SettingError]:
    """Yields an error for each vendor whose API key or address is missing or malformed.

    Args:
        raw: The stack file, which is not validated yet.
    """
    databases = [entry for _, entry in find_settings(raw, "databases.*") if isinstance(entry, Mapping)]
    for provider, (own_key, access) in _VENDORS.items():
        used = [entry for entry in databases if entry.get("provider") == provider]
        if used:
            yield from _errors_of(access, needs_key=any(not entry.get(own_key) for entry in used))


def _errors_of(access: ApiSettings, *, needs_key: bool) -> Iterator[SettingError]:
    try:
        validate_configured_url(get_config(access.url_setting), access)
    except ValidationError as error:
        yield SettingError(error.path, error.detail)
    try:
        if needs_key:
            validate_configured_key(get_config(access.api_key_setting), access)
    except ValidationError as error:
        yield SettingError(error.path, error.detail)
