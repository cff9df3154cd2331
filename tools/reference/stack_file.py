"""Generates the tables of `docs/stack-file.md` from the JSON schema of the stack file.

A table is between `<!-- settings PATH: KEYS -->` and `<!-- /settings -->`. It has the settings below the path, and
the settings in their maps. `: KEYS` selects some settings of the path. The rest of the page is written by hand.
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
"""Settings that every stack file needs. The schema does not require them: an editor also opens incomplete files."""
_ELSEWHERE = ("route", "production", "preview")
"""Maps whose settings have their own table."""
_DEFAULT = re.compile(r" ?Default: (.+?)\.$")
_CONDITION = re.compile(r" ?\bRequired ((?:except|for|if|in|unless|with)\b.+?)\.(?= |$)")
"""The sentence of a description that contains the condition under which a setting is required."""

Json = Mapping[str, Any]


TAGS = {
    "provider": "Database vendor, which determines further settings.",
    "kind": "Kind of the network route: a Workers VPC service, or a tunnel with a host name and an Access token.",
}
"""Descriptions of the keys `provider` and `kind`, whose values determine the other settings."""


class Tables:
    """The tables of settings that a JSON schema describes."""

    def __init__(self, schema: Json) -> None:
        self._definitions: Json = schema["definitions"]
        settings = dict(generator.settings_of(schema))
        self._root = {"properties": settings, "required": _REQUIRED}

    def page(self) -> str:
        """Returns the text of the page with new tables."""
        return _MARKER.sub(lambda found: f"{found[1]}\n{self._table(found[2], found[3])}\n{found[4]}", PAGE.read_text())

    def keys(self, path: str) -> list[str]:
        """Returns the names of the settings at a path, such as `workers.NAME`."""
        return list(self._at(path)["properties"])

    def _table(self, path: str, keys: str | None) -> str:
        rows = self._rows(self._at(path), keys.split(", ") if keys else None, "", is_flat=not path)
        return HEAD + "".join(
            f"| `{name}` | {self._type(found)} | {'yes' if required else condition} | {default} | {text} |\n"
            for name, found, required in rows
            for condition, default, text in [_described(found)]
        )

    def _at(self, path: str) -> Json:
        """Returns the schema of the map at a path, such as `databases.NAME.hyperdrive`."""
        model: Json = self._root
        for part in filter(None, path.split(".")):
            model = self._below(model["properties"][part]) if part != "NAME" else model
        return model

    def _rows(
        self, model: Json, keys: list[str] | None, above: str, *, is_flat: bool = False
    ) -> Iterator[tuple[str, Json, bool]]:
        """Yields for each setting its name, its schema, and whether it is always required.

        Args:
            model: Schema of the map that contains the settings.
            keys: Names of the settings to yield. None: all settings.
            above: Prefix of the yielded names, such as `fresh.`.
            is_flat: Whether to omit the settings inside maps.
        """
        for key in keys or model["properties"]:
            found = model["properties"][key]
            yield f"{above}{key}", found, key in model.get("required", ())
            inner = self._below(found)
            if inner["properties"] and not is_flat and key not in _ELSEWHERE:
                entry = "NAME." if "additionalProperties" in found else ""
                yield from self._rows(inner, None, f"{above}{key}.{entry}")

    def _below(self, found: Json) -> Json:
        """Returns the schema of a setting's map, or of the entries of a map of maps. Other settings: empty."""
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
        """Returns the schema with the settings of a union of models.

        These are the settings that all database vendors have, or the settings of both kinds of network routes together.
        """
        (tag,) = union["required"]
        models = [self._resolved(each["then"]) for each in union["allOf"]]
        # The descriptions of `existing` come first, because they are true for every database.
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
    """Returns three columns: the condition under which a setting is required, its default, and its description.

    The condition is `no` if the setting is never required. The default is `–` if there is none.
    """
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
