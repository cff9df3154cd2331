"""The errors of a stack file, each with its path, the problem and the fix. No message contains a secret."""

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
from edge_postgres.stack.model import NAME

Tags = Mapping[str, Iterable[str]]
"""The discriminators `provider` and `kind`, each with its possible values, which select a model."""
_SECRETIVE = re.compile(r"secret|password|token|url|key", re.IGNORECASE)
_NO_SETTINGS = (NAME, "[key]")
"""Parts of pydantic's paths that are no settings."""
_LONGEST_VALUE = 60
"""Characters of the longest value that a message shows."""


@dataclass(frozen=True)
class SettingError:
    """An error of a stack file."""

    path: str
    """Path of the setting, such as `databases.main.provider`."""
    message: str
    """The problem and the fix, without the path."""


def report(file: str, errors: Iterable[SettingError]) -> str:
    """Returns all errors of a file as one message with the paths in a column."""
    # Both environments of a Pages project can find one error of the project.
    listed = sorted(set(errors), key=lambda error: (error.path, error.message))
    width = max(len(error.path) for error in listed)
    count = "1 error" if len(listed) == 1 else f"{len(listed)} errors"
    below = "\n" + " " * (width + 4)
    lines = [
        f"  {_printable(error.path):<{width}}  {_printable(error.message).replace(chr(10), below)}" for error in listed
    ]
    return "\n".join([f"edge-postgres: {file} has {count}", *lines])


def _printable(text: str) -> str:
    """Returns a string with an escape sequence for each character that a terminal would interpret or cannot show."""
    return "".join(each if each.isprintable() or each == "\n" else ascii(each)[1:-1] for each in text)


def _with_no_value(detail: str) -> str:
    """Returns a message of a component, which writes an empty string as `got .`, with `no value` in its place."""
    return detail.replace("got .", "got no value.")


def errors_of(error: pydantic.ValidationError, root: type[BaseModel], tags: Tags) -> list[SettingError]:
    """Returns the errors that pydantic found, with the names and paths of the stack file.

    Args:
        error: Error of pydantic.
        root: Model of the whole file.
        tags: Possible values of each discriminator. Pydantic inserts the value into its paths, as in
            `databases.main.existing.port`. The paths of the stack file omit the value.
    """
    return [_setting_error(entry, root, tags) for entry in error.errors(include_url=False)]


def _setting_error(entry: Mapping[str, Any], root: type[BaseModel], tags: Tags) -> SettingError:
    # The path of a name or of a key is that of its entry, because the user has not written `(name)` or `[key]`.
    location = [part for part in entry["loc"] if part not in _NO_SETTINGS]
    path = _path([_spelled(part, root) for part in location], tags)
    kind, context = entry["type"], entry.get("ctx", {})
    if kind == "value_error" and isinstance(error := context["error"], ValidationError):
        below = ".".join(_spelled(part, root) for part in error.path.split(".") if part)
        # The path of a `ValidationError` ends with the setting. Pydantic's path may already end with the same name.
        inner = path if path.endswith(f".{below}") or not below else f"{path}.{below}".removeprefix(".")
        return SettingError(inner, _in_camel_case(_with_no_value(error.stack_file_detail), root))
    if kind == "missing":
        return SettingError(path, "is required. Set it.")
    if kind == "extra_forbidden":
        return SettingError(path, f"is unknown. {_known_here(location, root)}")
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        name = context["discriminator"].strip("'")
        choices = _listed(tags[name])
        if kind == "union_tag_not_found":
            return SettingError(f"{path}.{name}", f"is required. Set one of {choices}.")
        return SettingError(f"{path}.{name}", f"must be one of {choices}, got {context['tag']}. Set one of them.")
    return SettingError(path, _sentences(kind, _shown(path, entry["input"]), context, entry["msg"]))


def _sentences(kind: str, value: str, context: Mapping[str, Any], reason: str) -> str:
    """Returns problem and fix for a value of another type than expected, or out of its range."""
    match kind:
        case "enum" | "literal_error":
            return f"must be {context['expected']}, got {value}. Set one of them."
        case "string_type":
            return f"must be a string, got {value}. Put it in quotes if YAML reads it as a number, date or boolean."
        case "int_type":
            return f"must be an integer, got {value}. Write it without quotes and without a fraction."
        case "float_type" | "float_parsing":
            return f"must be a number, got {value}. Write it without quotes."
        case "bool_type":
            return f"must be a boolean, got {value}. Set `true` or `false`."
        case "list_type" | "tuple_type":
            return f"must be a list, got {value}. Write one `- value` per line."
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"must be a map, got {value}. Write one `name: value` per line."
        case "greater_than_equal":
            return f"must be at least {context['ge']}, got {value}. Set {context['ge']} or more."
        case "less_than_equal":
            return f"must be at most {context['le']}, got {value}. Set {context['le']} or less."
        case "greater_than":
            return f"must be greater than {context['gt']:g}, got {value}. Set a higher number."
        case "less_than":
            return f"must be less than {context['lt']:g}, got {value}. Set a lower number."
    return f"is not valid, got {value}: {reason}. Correct it."


def _path(location: Iterable[Any], tags: Tags) -> str:
    path = ""
    previous: list[Any] = []
    for part in location:
        # Pydantic inserts `existing` and `vpc-service`: `databases.main.existing.route.vpc-service.connector`.
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
    suggestion = f"Did you mean `{close[0]}`? " if close else ""
    return f"{suggestion}The settings here are {_listed(known)}."


def _model_at(location: list[Any], model: type[BaseModel]) -> type[BaseModel]:
    """Returns the model at a location in pydantic's notation, according to the annotations of the models."""
    found: list[type[BaseModel]] = [model]
    for part in location:
        inner = [
            candidate
            for current in found
            for name, field in current.model_fields.items()
            if part in (field.alias, name)
            for candidate in _models_in(field.annotation)
        ]
        tagged = [candidate for candidate in found if part in _tags_of(candidate)]
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
    """Returns the value as YAML writes it, or its type if it is long or can be a secret."""
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    if _SECRETIVE.search(path) or "://" in str(value) or len(str(value)) > _LONGEST_VALUE:
        return "a value that is not shown"
    if value is None or value == "":
        return "no value"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _in_camel_case(message: str, root: type[BaseModel]) -> str:
    """Returns the message of a component with the names of its arguments as in the stack file."""

    def spelled(found: re.Match[str]) -> str:
        return "`" + ".".join(_spelled(part, root) for part in found[1].split(".")) + "`"

    return re.sub(r"`([a-z_.]+)`", spelled, message)


def _spelled(part: Any, root: type[BaseModel]) -> Any:
    """Returns the key of the stack file if a part of a path is the name of a field, else the part."""
    return to_camel(part) if part in _field_names(root) else part


@functools.cache
def _field_names(model: type[BaseModel]) -> frozenset[str]:
    inner = [found for field in model.model_fields.values() for found in _models_in(field.annotation)]
    return frozenset(model.model_fields).union(*(_field_names(found) for found in inner))
