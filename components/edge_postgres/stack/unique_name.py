"""`UniqueName`: a name that no other entry of the stack file may have at a vendor."""

from dataclasses import dataclass

from edge_postgres.core.json_types import JsonValue
from edge_postgres.origin.names import default_name


@dataclass(frozen=True)
class UniqueName:
    """A name that the stack file sets, or that edge-postgres derives from a key."""

    noun: str
    """Kind of the name in words: `script name`. Names of one kind must be unique."""
    name: str
    path: str
    """Path of the setting, or of the entry that the name is derived from."""
    identity: str = ""
    """Text that is compared instead of the name. A message does not show it, because it can contain a secret host."""


def derived_name(path: str, setting: str, given: JsonValue, noun: str, suffix: str = "") -> UniqueName:
    """Returns the name that is given in a setting of an entry, or the default name of the entry.

    Args:
        path: Path of the entry, or of a part of it.
        setting: Key of the setting below the path.
        given: Value of the setting. None for an omitted setting.
        noun: Kind of the name in words.
        suffix: Text that edge-postgres appends to the name.
    """
    if isinstance(given, str):
        return UniqueName(noun, f"{given}{suffix}", f"{path}.{setting}")
    return UniqueName(noun, f"{default_name(path.split('.')[1])}{suffix}", path)
