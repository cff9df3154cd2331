"""Names of properties in Pulumi and in the API's JSON."""

import json
import re
from typing import Any

from edge_postgres.core.cloudflare_schema import Attribute
from localcloud.provider.property_map import UNKNOWN, PropertyMap


def to_api(schema: Attribute, values: PropertyMap) -> PropertyMap:
    """Returns the values of an object with the names of the API, and strings with JSON as values."""
    children = schema.children
    return {
        api_name(name, children.get(name)): _convert(children[name], value, to_api) if name in children else value
        for name, value in values.items()
    }


def from_api(schema: Attribute, answer: PropertyMap) -> PropertyMap:
    """Returns an object of the API with Pulumi's names."""
    names = {api_name(name, child): name for name, child in schema.children.items()}
    found: PropertyMap = {}
    for key, value in answer.items():
        child = schema.children.get(names.get(key, ""))
        found[names.get(key) or camel(key)] = with_pulumi_names(value) if child is None else _shown(child, value)
    return found


def api_name(name: str, attribute: Attribute | None) -> str:
    return (attribute.api if attribute else "") or snake(name)


def _shown(attribute: Attribute, value: Any) -> Any:
    if attribute.type == "json":
        return value if value is None else json.dumps(value, separators=(",", ":"))
    return with_pulumi_names(value) if attribute.mode == "read-only" else _convert(attribute, value, from_api)


def _convert(attribute: Attribute, value: Any, rename: Any) -> Any:
    if attribute.type == "json":
        return value if value is None or value is UNKNOWN else json.loads(value)
    if not attribute.children:
        return value
    if isinstance(value, list):
        return [rename(attribute, each) if isinstance(each, dict) else each for each in value]
    if isinstance(value, dict) and attribute.type == "map":
        return {key: rename(attribute, each) if isinstance(each, dict) else each for key, each in value.items()}
    return rename(attribute, value) if isinstance(value, dict) else value


def with_pulumi_names(value: Any) -> Any:
    """Returns the value with camelCase names at every depth, for values without a schema."""
    if isinstance(value, dict):
        return {camel(key): with_pulumi_names(each) for key, each in value.items()}
    return [with_pulumi_names(each) for each in value] if isinstance(value, list) else value


def with_api_names(value: Any) -> Any:
    """Returns the value with snake_case names at every depth, for values without a schema."""
    if isinstance(value, dict):
        return {snake(key): with_api_names(each) for key, each in value.items()}
    return [with_api_names(each) for each in value] if isinstance(value, list) else value


def snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda found: "_" + found[0].lower(), name)


def camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)
