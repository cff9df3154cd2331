"""The secrets of a stack: read once, validated as plain values, and passed to components as secret Outputs."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi.runtime.config import get_config, is_config_secret

from edge_postgres.core.errors import ValidationError
from edge_postgres.stack.config_values import parse_value

KEY = "secrets"
"""Configuration key that contains all secrets."""


@dataclass(frozen=True)
class Secrets:
    """The values below the configuration key ``secrets``, by their dotted path, such as ``databases.main.url``."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_encrypted: bool = True
    """Whether the stack file contains the secrets encrypted, or contains no secrets."""
    malformed: Sequence[str] = ()
    """Paths of the values that are no strings. They are not in `values`."""
    repeated: Sequence[str] = ()
    """Paths with two values: one in a map, and one under a key with dots."""

    def __contains__(self, path: str) -> bool:
        return path in self.values

    def __getitem__(self, path: str) -> str:
        """Returns the plain value at a path, for validation."""
        return self.values[path]

    def output(self, path: str) -> pulumi.Output[str]:
        """Returns the value at a path as a secret Output, for a component."""
        return pulumi.Output.secret(self[path])


def read_secrets() -> Secrets:
    """Reads the secrets of the current stack.

    ``get_config`` returns the decrypted string. ``pulumi.Config`` would print a warning for a secret that is read as a
    plain value.

    Raises:
        ValidationError: The key contains no map of secrets. The message contains no part of its value.
    """
    key = f"{pulumi.get_project()}:{KEY}"
    tree = parse_value(get_config(key) or "{}", subject=KEY)
    if not isinstance(tree, Mapping):
        raise ValidationError(
            KEY, "must be a map", f"Remove it with `pulumi config rm {key}`. Then set each secret by its path."
        )
    found = list(_flattened(tree))
    # An integer is shown as the user has written it. Other values are not, such as 1e3, true or null.
    values = {path: str(value) for path, value in found if type(value) in (str, int)}
    malformed = [path for path, _ in found if path not in values]
    repeated = [path for path, count in Counter(path for path, _ in found).items() if count > 1]
    return Secrets(
        values, is_encrypted=not found or is_config_secret(key), malformed=malformed, repeated=sorted(repeated)
    )


def command_to_set(path: str) -> str:
    """Returns the command that sets a secret. The command asks for the value, which no shell history then contains."""
    return f"pulumi config set --secret --path '{pulumi.get_project()}:{KEY}.{path}'"


def _flattened(tree: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    """Yields the dotted path and the value of each secret in a tree. ``above`` is the path of the tree."""
    for name, value in tree.items():
        path = f"{above}.{name}" if above else name
        if isinstance(value, Mapping):
            yield from _flattened(value, path)
        else:
            yield path, value
