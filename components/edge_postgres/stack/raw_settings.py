"""Finds settings by their path in a stack file that is not validated yet."""

from collections.abc import Iterator, Mapping

from edge_postgres.core.json_types import JsonValue


def find_setting(tree: JsonValue, path: str) -> JsonValue:
    """Returns the value at a path. Returns None if the tree has no such path."""
    return next((value for _, value in find_settings(tree, path)), None)


def find_settings(tree: JsonValue, pattern: str, above: str = "") -> Iterator[tuple[str, JsonValue]]:
    """Yields the path and the value of each setting of a tree that matches a pattern, in which a star matches any key.

    Args:
        tree: A part of the stack file.
        pattern: Path relative to the tree, such as `kv.*.id`.
        above: Path of the tree.
    """
    name, _, rest = pattern.partition(".")
    if isinstance(tree, list) and name == "*":
        entries: Iterator[tuple[str, JsonValue]] = ((f"{above}[{index}]", value) for index, value in enumerate(tree))
    elif isinstance(tree, Mapping):
        below = tree if name == "*" else {name: tree[name]} if name in tree else {}
        entries = ((f"{above}.{key}" if above else key, value) for key, value in below.items())
    else:
        return
    for path, value in entries:
        if rest:
            yield from find_settings(value, rest, path)
        else:
            yield path, value
