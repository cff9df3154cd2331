"""Generates the tables of `docs/stack-file.md` from the JSON schema of the stack file.

A table is between `<!-- settings PATH: KEYS -->` and `<!-- /settings -->`. It has the settings below the path and those
in the maps inside them. `: KEYS` selects some settings of the path. The rest of the page is written by hand.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from localcloud.state_directory import CHECKOUT
from tools.stack_file_schema import generator

PAGE = CHECKOUT / "docs" / "stack-file.md"
HEAD = "| Setting | Type | Required | Default | Description |\n|---|---|---|---|---|\n"

_MARKER = re.compile(r"(<!-- settings ?(\S*?)(?:: ([^>]+?))? -->\n).*?(<!-- /settings -->)", re.DOTALL)
_REQUIRED = ("accountId", "databases")
"""Keys that every stack file needs. The schema does not require them, because an editor also opens incomplete files."""
_ELSEWHERE = ("route", "production", "preview")
"""Maps whose settings have a separate table."""
_DEFAULT = re.compile(r" ?Default: (.+?)\.$")
_CONDITION = re.compile(r" ?\bRequired ((?:except|for|if|in|unless|with)\b.+?)\.(?= |$)")
"""The sentence of a description that contains the condition under which a setting is required."""

Json = Mapping[str, Any]


TAGS = {
    "provider": "Database vendor, which determines further settings.",
    "kind": "Kind of the network route: a Workers VPC service, or a tunnel with a host name and an Access token.",
}
"""Descriptions of the keys that choose a model."""


class Tables:
    """The tables of a schema."""

    def __init__(self, schema: Json) -> None:
        self._definitions: Json = schema["definitions"]
        settings = dict(generator.settings_of(schema))
        self._root = {"properties": settings, "required": _REQUIRED}

    def page(self) -> str:
        """The page with its tables."""
        return _MARKER.sub(lambda found: f"{found[1]}\n{self._table(found[2], found[3])}\n{found[4]}", PAGE.read_text())

    def keys(self, path: str) -> list[str]:
        """The settings at a path: `workers.NAME`."""
        return list(self._at(path)["properties"])

    def _table(self, path: str, keys: str | None) -> str:
        rows = self._rows(self._at(path), keys.split(", ") if keys else None, "", is_flat=not path)
        return HEAD + "".join(
            f"| `{name}` | {self._type(found)} | {'yes' if required else condition} | {default} | {text} |\n"
            for name, found, required in rows
            for condition, default, text in [_described(found)]
        )

    def _at(self, path: str) -> Json:
        """The schema of the map at a path: `databases.NAME.hyperdrive`."""
        model: Json = self._root
        for part in filter(None, path.split(".")):
            model = self._below(model["properties"][part]) if part != "NAME" else model
        return model

    def _rows(
        self, model: Json, keys: list[str] | None, above: str, *, is_flat: bool = False
    ) -> Iterator[tuple[str, Json, bool]]:
        """Yields name, schema and whether it is required of each setting; without maps if ``is_flat``."""
        for key in keys or model["properties"]:
            found = model["properties"][key]
            yield f"{above}{key}", found, key in model.get("required", ())
            inner = self._below(found)
            if inner["properties"] and not is_flat and key not in _ELSEWHERE:
                entry = "NAME." if "additionalProperties" in found else ""
                yield from self._rows(inner, None, f"{above}{key}.{entry}")

    def _below(self, found: Json) -> Json:
        """The schema of the map, or of the entries of the map, in a setting."""
        if "if" in found.get("allOf", [{}])[0]:
            return self._shared(found)
        for inner in (*found.get("allOf", ()), *found.get("anyOf", ()), found.get("additionalProperties")):
            model = self._resolved(inner) if isinstance(inner, dict) else {}
            if "if" in model.get("allOf", [{}])[0]:
                return self._shared(model)
            if model.get("properties"):
                return model
        return {"properties": {}}

    def _shared(self, union: Json) -> Json:
        """The settings of a union: those that all database vendors have, or those of any kind of network route."""
        (tag,) = union["required"]
        models = [self._resolved(each["then"]) for each in union["allOf"]]
        # `existing` has the descriptions that are true of every database.
        models.sort(key=lambda model: model["properties"][tag]["const"] != "existing")
        everywhere = [key for key in models[0]["properties"] if all(key in model["properties"] for model in models)]
        keys = (
            everywhere if tag == "provider" else dict.fromkeys(key for model in models for key in model["properties"])
        )
        found = {key: next(model["properties"][key] for model in models if key in model["properties"]) for key in keys}
        return {
            "properties": {tag: {**union["properties"][tag], "description": TAGS[tag]}} | _without(found, tag),
            "required": [key for key in keys if all(key in model.get("required", ()) for model in models)],
        }

    def _resolved(self, found: Json) -> Json:
        if "$ref" in found:
            definition: Json = self._definitions[found["$ref"].rpartition("/")[2]]
            return definition
        return found

    def _type(self, found: Json) -> str:
        found = self._resolved(found)
        if "const" in found:
            return f"`{found['const']}`"
        if "enum" in found:
            return _alternatives([f"`{value}`" for value in found["enum"]])
        if "anyOf" in found:
            inner = [self._resolved(each) for each in found["anyOf"]]
            return _alternatives(
                [name for each in inner for name in ([f"`{v}`" for v in each.get("enum", ())] or [self._type(each)])]
            )
        if "allOf" in found:
            return "map" if "if" in found["allOf"][0] else self._type(found["allOf"][0])
        if "pattern" in found:
            return "duration"
        kind = str(found.get("type", "any value"))
        if kind == "array":
            return f"list of {_plural(self._type(found['items']))}"
        if kind == "object":
            values = found.get("additionalProperties")
            if not isinstance(values, dict):
                return "map of any values" if values else "map"
            return f"map of {_alternatives([_plural(self._type(each)) for each in values.get('anyOf', [values])])}"
        return kind + _bounds(found)


def _described(found: Json) -> tuple[str, str, str]:
    """The condition under which a setting is required, or `no`, the default, and the rest of the description."""
    text = found.get("description", "").replace("|", "\\|")
    condition, written = _CONDITION.search(text), _DEFAULT.search(text)
    rest = _CONDITION.sub("", _DEFAULT.sub("", text))
    default = written[1] if written else "–"
    if "default" in found:
        default = f"`{found['default'] if isinstance(found['default'], str) else json.dumps(found['default'])}`"
    return condition[1] if condition else "no", default, rest


def _without(properties: Json, key: str) -> dict[str, Any]:
    return {name: found for name, found in properties.items() if name != key}


def _bounds(found: Json) -> str:
    match found:
        case {"exclusiveMinimum": least, "exclusiveMaximum": most}:
            return f" (between {least} and {most})"
        case {"minimum": least, "maximum": most}:
            return f" ({least} to {most})"
        case {"minimum": least}:
            return f" (at least {least})"
    return ""


def _alternatives(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]


def _plural(name: str) -> str:
    return re.sub(r"^(string|integer|number|map|boolean)\b", r"\1s", name)
