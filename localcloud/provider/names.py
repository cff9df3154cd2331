"""Names of properties in Pulumi and in the API's JSON."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from localcloud.provider.property_map import Path, PropertyMap, is_among


@dataclass(frozen=True)
class Names:
    """Converts `originConnectionLimit` to `origin_connection_limit` and back, with exceptions."""

    special: Mapping[str, str] = field(default_factory=dict)
    """Exceptions: the API's name by Pulumi's name, at any depth."""
    maps: frozenset[Path] = frozenset()
    """Maps with keys of the user, which are not converted."""
    json_texts: frozenset[Path] = frozenset()
    """Strings with JSON, which are values in the API."""
    camel: bool = False
    """Whether the API uses camelCase too."""

    def to_api(self, tree: PropertyMap, path: Path = ()) -> PropertyMap:
        return {
            (key if is_among(path, self.maps) else self._api_name(key)): (
                json.loads(value)
                if is_among((*path, key), self.json_texts)
                else self._below(value, (*path, key), self.to_api)
            )
            for key, value in tree.items()
        }

    def from_api(self, tree: PropertyMap, path: Path = ()) -> PropertyMap:
        names = {key: key if is_among(path, self.maps) else self._pulumi_name(key) for key in tree}
        return {
            name: (
                json.dumps(tree[key], separators=(",", ":"))
                if is_among((*path, name), self.json_texts)
                else self._below(tree[key], (*path, name), self.from_api)
            )
            for key, name in names.items()
        }

    def _below(self, value: Any, path: Path, rename: Any) -> Any:
        if isinstance(value, dict):
            return rename(value, path)
        if isinstance(value, list):
            return [self._below(item, (*path, "*"), rename) for item in value]
        return value

    def _api_name(self, name: str) -> str:
        return self.special.get(name) or (name if self.camel else snake(name))

    def _pulumi_name(self, name: str) -> str:
        return self._inverse.get(name) or (name if self.camel else camel(name))

    @cached_property
    def _inverse(self) -> dict[str, str]:
        return {api: ours for ours, api in self.special.items()}


def snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda found: "_" + found[0].lower(), name)


def camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)
