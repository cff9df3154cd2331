"""Finds settings by their path in a stack file that is not validated yet."""

from collections.abc import Mapping

from edge_postgres.core.json_types import JsonValue


def find_setting(tree: JsonValue, path: str) -> JsonValue:
    """Returns the value at a path. Returns None if the tree has no such path."""
    return next((value for _, value in find_settings(tree, path)), None)


def find_settings(tree: JsonValue, pattern: str, above: str = "") -> list[tuple[str, JsonValue]]:
    """Returns the path and the value of each setting of a tree that matches a pattern.

    Args:
        tree: A part of the stack file.
        pattern: Path relative to the tree, such as `kv.*.id`. A star matches any key and any index.
        above: Path of the tree.
    """
    found = [(above, tree)]
    for name in pattern.split("."):
        inside: list[tuple[str, JsonValue]] = []
        for path, value in found:
            if isinstance(value, list) and name == "*":
                inside += [(f"{path}[{index}]", item) for index, item in enumerate(value)]
            elif isinstance(value, Mapping):
                keys = value if name == "*" else value.keys() & {name}
                inside += [(f"{path}.{key}".removeprefix("."), value[key]) for key in keys]
        found = inside
    return found
