"""What one provider serves: resources and functions by token."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from localcloud.provider.errors import ProviderError
from localcloud.provider.resource import Client, Resource
from localcloud.provider.tree import Path, Tree

Row = TypeVar("Row")


@dataclass(frozen=True)
class Function(Generic[Client]):
    """What a program may ask without a resource of its own."""

    token: str
    call: Callable[[Client, Tree], Tree]
    sensitive: frozenset[Path] = frozenset()


@dataclass(frozen=True)
class Package(Generic[Client]):
    name: str
    version: str
    """Of the Python package that programs use: the engine asks for a plugin of the same version."""
    resources: Mapping[str, Resource[Client]]
    functions: Mapping[str, Function[Client]]
    connect: Callable[[Mapping[str, str]], Client]
    """Takes the provider's configuration. Raises ``ProviderError``."""

    def resource(self, token: str) -> Resource[Client]:
        return _found(self.resources, token)

    def function(self, token: str) -> Function[Client]:
        return _found(self.functions, token)


def _found(table: Mapping[str, Row], token: str) -> Row:
    if token not in table:
        raise ProviderError(
            f"`{token}` is not served by the local cloud's provider. Leave it out, or run the official plugin with "
            f"LOCALCLOUD_PROVIDERS=official. Served are: {', '.join(sorted(table))}."
        )
    return table[token]
