"""The legal answers for attributes that a request did not set, from the reviewed file `answers.toml`."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("answers.toml")
ANSWERS = ("omitted", "default", "empty")
KEYS = {"resource", "attributes", "answers", "default", "hides", "normalized", "reason", "source"}
OURS = ("undeclared", "hiddenDefault", "normalized")
"""The keys of the schema that this file sets."""
OPTIONAL_KEYS = {"default", "hides", "normalized"}
EMPTY: Mapping[str, Any] = {"string": "", "list": [], "set": [], "object": {}, "map": {}}

Row = dict[str, Any]


def read_groups(text: str) -> list[Row]:
    """Returns the groups of attributes. Raises ``ValueError`` if a group has missing or unknown keys."""
    groups: list[Row] = tomllib.loads(text)["group"]
    for group in groups:
        name = f"{group.get('resource')}: {', '.join(group.get('attributes', ()))}"
        if wrong := (KEYS - OPTIONAL_KEYS - set(group)) | (set(group) - KEYS):
            raise ValueError(f"{name}: has missing or unknown keys: {', '.join(sorted(wrong))}. Correct them.")
        if unknown := set(group["answers"]) - set(ANSWERS):
            raise ValueError(f"{name}: has unknown answers: {', '.join(sorted(unknown))}. Use {', '.join(ANSWERS)}.")
        needs_default = "default" in group["answers"] or group.get("hides", False)
        if needs_default != ("default" in group):
            raise ValueError(f"{name}: `default` is required for the answer `default` and for `hides`. Correct it.")
    return groups


def with_answers(resources: Mapping[str, Mapping[str, Row]], groups: list[Row]) -> dict[str, dict[str, Row]]:
    """Returns the resources of the schema with the answers of the groups.

    Raises:
        ValueError: A group has an attribute that the schema does not have, or whose answer is always computed.
    """
    answered = {token: {path: _without_answers(row) for path, row in rows.items()} for token, rows in resources.items()}
    tokens = {token.rpartition(":")[2]: token for token in answered}
    for group in groups:
        rows = answered.get(tokens.get(group["resource"], ""), {})
        for path in group["attributes"]:
            name = f"{group['resource']}.{path}"
            if rows.get(path, {}).get("mode") != "optional":
                raise ValueError(f"{name}: is not an optional attribute of the schema. Remove it.")
            if "undeclared" in rows[path]:
                raise ValueError(f"{name}: is in two groups. Remove it from one.")
            rows[path] |= dict(_answers(group, rows[path], name))
    return answered


def _without_answers(row: Row) -> Row:
    return {key: value for key, value in row.items() if key not in OURS}


def _answers(group: Row, row: Row, name: str) -> Iterator[tuple[str, Any]]:
    values: Row = {}
    for answer in group["answers"]:
        if answer == "empty" and row["type"] not in EMPTY:
            raise ValueError(f"{name}: a {row['type']} has no empty value. Remove `empty`.")
        values[answer] = {"omitted": None, "default": group.get("default")}.get(answer, EMPTY.get(row["type"]))
    yield "undeclared", values
    if group.get("normalized"):
        yield "normalized", True
    if group.get("hides"):
        yield "hiddenDefault", group["default"]
