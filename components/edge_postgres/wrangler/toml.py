"""A wrangler configuration as TOML."""

from collections.abc import Mapping

import tomlkit

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.json_types import Json


def render_toml(data: Json) -> str:
    """Returns the data as TOML 1.0: plain values before tables, `[[hyperdrive]]` for each binding.

    Raises:
        ValidationError: A value is null, which TOML cannot represent.
    """
    if path := _find_null(data):
        raise ValidationError(path, "must not be null, because TOML has no null", "Generate `wrangler.jsonc` instead.")
    return tomlkit.dumps(data)


def _find_null(value: object, path: str = "") -> str:
    """Returns the path of the first null, or an empty string."""
    if value is None:
        return path
    if isinstance(value, Mapping):
        found = (_find_null(item, f"{path}.{key}" if path else key) for key, item in value.items())
    elif isinstance(value, list):
        found = (_find_null(item, path) for item in value)
    else:
        return ""
    return next(filter(None, found), "")
