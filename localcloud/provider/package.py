"""A provider package: resources and functions by token."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from localcloud.provider.errors import ProviderError
from localcloud.provider.property_map import Path, PropertyMap
from localcloud.provider.resource import Client, Resource

Row = TypeVar("Row")


@dataclass(frozen=True)
class Function(Generic[Client]):
    """A function that a program may call."""

    token: str
    call: Callable[[Client, PropertyMap], PropertyMap]
    sensitive: frozenset[Path] = frozenset()


@dataclass(frozen=True)
class Package(Generic[Client]):
    """The resources and functions of one provider."""

    name: str
    version: str
    """Version of the Python package of programs, because the engine requests a plugin of the same version."""
    resources: Mapping[str, Resource[Client]]
    functions: Mapping[str, Function[Client]]
    connect: Callable[[Mapping[str, str]], Client]
    """Creates the client from the provider's configuration. Raises ``ProviderError``."""

    def resource(self, token: str) -> Resource[Client]:
        return _lookup(self.resources, token)

    def function(self, token: str) -> Function[Client]:
        return _lookup(self.functions, token)


def _lookup(table: Mapping[str, Row], token: str) -> Row:
    if token not in table:
        raise ProviderError(
            f"`{token}` is not supported by the local cloud's provider. Remove it, or use the official plugin with "
            f"LOCALCLOUD_PROVIDERS=official. Supported: {', '.join(sorted(table))}."
        )
    return table[token]
