"""SettingErrors of a stack file: where they are, what is wrong, what is allowed. Never a secret."""

import difflib
import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pydantic
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from edge_postgres.core.errors import ValidationError

_EXPECTED = {
    "string_type": "Write a text; in quotes where YAML would take it for a number, a date or a truth value.",
    "int_type": "Write a whole number, without quotes.",
    "bool_type": "Write `true` or `false`.",
    "list_type": "Write a list.",
    "tuple_type": "Write a list.",
    "dict_type": "Write a map, one `name: value` a line.",
    "model_type": "Write a map, one `name: value` a line.",
    "model_attributes_type": "Write a map, one `name: value` a line.",
}
Tags = Mapping[str, Iterable[str]]
"""The values of each discriminator, by its name."""
_SECRETIVE = re.compile(r"secret|password|token|url|key", re.IGNORECASE)


@dataclass(frozen=True)
class SettingError:
    """One thing that is wrong."""

    path: str
    message: str


def report(file: str, errors: Iterable[SettingError]) -> str:
    """All faults of a file as one message, the paths in a column."""
    listed = sorted(errors, key=lambda error: error.path)
    width = max(len(error.path) for error in listed)
    count = "1 error" if len(listed) == 1 else f"{len(listed)} errors"
    below = "\n" + " " * (width + 4)
    lines = [f"  {error.path:<{width}}  {error.message.replace(chr(10), below)}" for error in listed]
    return "\n".join([f"edge-postgres: {file} has {count}", *lines])


def errors_of(error: pydantic.ValidationError, root: type[BaseModel], tags: Tags) -> list[SettingError]:
    """What pydantic found, in the words of the stack file.

    ``tags`` are the values of each discriminator: pydantic puts them into the path, the file does not have them there.
    """
    return [_setting_error(entry, root, tags) for entry in error.errors(include_url=False)]


def _setting_error(entry: Mapping[str, Any], root: type[BaseModel], tags: Tags) -> SettingError:
    location = list(entry["loc"])
    path = _path([_spelled(part, root) for part in location], tags)
    kind, value = entry["type"], entry["input"]
    if kind == "value_error" and isinstance(refusal := entry["ctx"]["error"], ValidationError):
        below = ".".join(_spelled(part, root) for part in refusal.path.split(".") if part)
        # A rule names the argument it is about; where the path ends with it already, once is enough.
        inner = path if path.endswith(f".{below}") or not below else f"{path}.{below}".removeprefix(".")
        return SettingError(inner, _in_camel_case(refusal.detail, root))
    if kind == "missing":
        return SettingError(path, "is missing. State it.")
    if kind == "extra_forbidden":
        return SettingError(path, f"is no setting. {_known_here(location, root)}")
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        discriminator = entry["ctx"]["discriminator"].strip("'")
        fault = "is missing" if kind == "union_tag_not_found" else f"is {entry['ctx']['tag']}"
        return SettingError(f"{path}.{discriminator}", f"{fault}. Use one of {_listed(tags[discriminator])}.")
    if kind in ("enum", "literal_error"):
        return SettingError(path, f"{_shown(path, value)}. Use {entry['ctx']['expected']}.")
    expected = _EXPECTED.get(kind) or f"{entry['msg']}."
    return SettingError(path, f"{_shown(path, value)}. {expected}")


def _path(location: Iterable[Any], tags: Tags) -> str:
    path = ""
    previous: list[Any] = []
    for part in location:
        # `databases.main.existing.route.vpc-service.connector`: the tag of a union stands behind its key.
        if part in tags["provider"] and len(previous) == 2 and previous[0] == "databases":
            continue
        if part in tags["kind"] and previous[-1:] == ["route"]:
            continue
        previous.append(part)
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.removeprefix(".")


def _known_here(location: list[Any], root: type[BaseModel]) -> str:
    model = _model_at(location[:-1], root)
    known = sorted(field.alias or name for name, field in model.model_fields.items() if (field.alias or "")[:1] != "(")
    close = difflib.get_close_matches(str(location[-1]), known, n=1)
    meant = f"Did you mean `{close[0]}`? " if close else ""
    return f"{meant}The settings here are {_listed(known)}."


def _model_at(location: list[Any], model: type[BaseModel]) -> type[BaseModel]:
    """The model that a location of pydantic's leads to, from the models' own annotations."""
    found: list[type[BaseModel]] = [model]
    for part in location:
        inner = [
            candidate
            for current in found
            for name, field in current.model_fields.items()
            if part in (field.alias, name)
            for candidate in _models_in(field.annotation)
        ]
        tagged = [one for one in found if part in _tags_of(one)]
        found = inner or tagged or found
    return found[0]


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in getattr(annotation, "__args__", ()) for model in _models_in(argument)]


def _tags_of(model: type[BaseModel]) -> tuple[Any, ...]:
    field = model.model_fields.get("provider") or model.model_fields.get("kind")
    return getattr(field.annotation, "__args__", ()) if field else ()


def _shown(path: str, value: Any) -> str:
    """``is VALUE`` where the value is short and cannot be a secret."""
    secretive = _SECRETIVE.search(path) or "://" in str(value)
    if secretive or isinstance(value, dict | list) or len(str(value)) > 60:
        return "has a value of the wrong kind"
    return f"is {value}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in sorted(words))


def _in_camel_case(text: str, root: type[BaseModel]) -> str:
    """A component's sentence with the names of its arguments as the stack file spells them."""
    return re.sub(
        r"`([a-z_.]+)`", lambda found: "`" + ".".join(_spelled(part, root) for part in found[1].split(".")) + "`", text
    )


def _spelled(part: Any, root: type[BaseModel]) -> Any:
    """The key of the stack file where a part of a path is the name of a field."""
    return to_camel(part) if part in _field_names(root) else part


@functools.cache
def _field_names(model: type[BaseModel]) -> frozenset[str]:
    inner = [found for field in model.model_fields.values() for found in _models_in(field.annotation)]
    return frozenset(model.model_fields).union(*(_field_names(found) for found in inner))
