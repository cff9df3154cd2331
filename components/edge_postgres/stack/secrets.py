"""The secrets of a stack: their names are known to the program, their values travel wrapped."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
from pulumi.runtime.config import get_config, is_config_secret

KEY = "secrets"


class Secrets:
    """What stands below the configuration key ``secrets``, by dotted path: ``databases.main.url``."""

    names: frozenset[str]
    """Paths of the secrets that are set."""

    def __init__(self) -> None:
        config = pulumi.Config()
        raw = get_config(f"{config.name}:{KEY}")
        # The names are read here, once; the values are not kept.
        self.names = frozenset(_paths(json.loads(raw))) if raw else frozenset()
        self.encrypted = not self.names or is_config_secret(f"{config.name}:{KEY}")
        self._tree: pulumi.Output[Any] = config.get_secret_object(KEY) or pulumi.Output.secret({})

    def __getitem__(self, path: str) -> pulumi.Output[str]:
        """The secret at a path, as a secret Output."""

        def value(tree: Any) -> str:
            for part in path.split("."):
                tree = tree[part]
            return str(tree)

        return self._tree.apply(value)


def command_to_set(path: str) -> str:
    """The command that sets a secret; it asks for the value, so that no shell history has it."""
    return f"pulumi config set --secret --path '{pulumi.get_project()}:{KEY}.{path}'"


def _paths(tree: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for name, value in tree.items():
        path = f"{above}.{name}" if above else name
        if isinstance(value, Mapping):
            yield from _paths(value, path)
        else:
            yield path
