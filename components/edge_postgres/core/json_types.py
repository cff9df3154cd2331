"""The type of JSON documents whose shape the library does not check."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
"""A JSON object as `json.loads` or a vendor's API returns it: the values have no static type."""

JsonValue = Any
"""Any value inside of a JSON document."""

JsonInput = Mapping[str, JsonValue]
"""A JSON object that a program sets as an argument."""
