"""What the properties of a resource are called in the API's JSON."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from localcloud.provider.tree import Path, Tree, is_among


@dataclass(frozen=True)
class Names:
    """`originConnectionLimit` here is `origin_connection_limit` there, but for what is stated."""

    special: Mapping[str, str] = field(default_factory=dict)
    """Pulumi's name to the API's, wherever it occurs."""
    maps: frozenset[Path] = frozenset()
    """Maps whose keys are the user's own, which nobody renames."""
    camel: bool = False
    """The API speaks camelCase itself."""

    def to_api(self, tree: Tree, path: Path = ()) -> Tree:
        return {
            (key if is_among(path, self.maps) else self._api_name(key)): self._below(value, (*path, key), self.to_api)
            for key, value in tree.items()
        }

    def from_api(self, tree: Tree, path: Path = ()) -> Tree:
        names = {key: key if is_among(path, self.maps) else self._pulumi_name(key) for key in tree}
        return {name: self._below(tree[key], (*path, name), self.from_api) for key, name in names.items()}

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
