"""TOML of a wrangler configuration."""

from collections.abc import Mapping
from typing import Any

import tomlkit

from edge_postgres.core.errors import ValidationError


def render_toml(data: Mapping[str, Any]) -> str:
    """The data as TOML 1.0: plain values before tables, `[[hyperdrive]]` for each binding.

    Raises ``ValidationError`` for a null, which TOML does not have.
    """
    if path := _null_in(data):
        raise ValidationError(path, "is or holds a null, which TOML does not have", "Take wrangler.jsonc.")
    return tomlkit.dumps(data)


def _null_in(value: Any, path: str = "") -> str:
    """Where a null is; nothing where there is none."""
    if value is None:
        return path
    if isinstance(value, Mapping):
        found = (_null_in(item, f"{path}.{key}" if path else key) for key, item in value.items())
    elif isinstance(value, list):
        found = (_null_in(item, path) for item in value)
    else:
        return ""
    return next(filter(None, found), "")
