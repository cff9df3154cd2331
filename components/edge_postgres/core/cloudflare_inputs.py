"""Checks the inputs of Cloudflare's resources as the official provider does in a preview.

Sources of the headlines: terraform-plugin-framework 1.19 (`internal/fwserver/attribute_validation.go`),
terraform-plugin-framework-validators and terraform-plugin-framework-jsontypes, read 2026-11.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pulumi.runtime import rpc

from edge_postgres.core.args import did_you_mean
from edge_postgres.core.cloudflare_schema import Attribute, Conditions, binding_schema, find_schema
from edge_postgres.core.json_types import JsonInput, JsonValue

READ_ONLY = "Invalid Configuration for Read-Only Attribute"
REQUIRED = "Missing Configuration for Required Attribute"
CHOICE = "Invalid Attribute Value Match"
VALUE = "Invalid Attribute Value"
COMBINATION = "Invalid Attribute Combination"
JSON_TEXT = "Invalid JSON String Value"
INHERIT = "inherit"
_INHERITED = (
    "must not be inherit, because Cloudflare omits the binding without an error if the previous version has no such "
    "binding"
)
_FIX_OF_INHERITED = "Set the type and the fields of the binding, or keep bindings of its type with `keep_bindings`."
_DROPPED = "is unknown to the provider, which drops it without a message"


@dataclass(frozen=True)
class InputProblem:
    """A violated rule. Its text contains no string of the inputs, which could be a secret."""

    path: str
    """Path in Pulumi's notation: `bindings[0].text`. Empty for the whole resource."""
    headline: str
    """The official provider's name of the error. Empty for a value that it drops without a message."""
    problem: str
    fix: str

    def __str__(self) -> str:
        return f"{self.path}: {self.detail}" if self.path else self.detail

    @property
    def detail(self) -> str:
        """The message without its path."""
        headline = f" ({self.headline})" if self.headline else ""
        return f"{self.problem}{headline}. {self.fix}"


def find_input_problems(type_: str, inputs: JsonInput) -> list[InputProblem]:
    """Returns all problems of a resource's inputs, at every depth.

    Args:
        type_: Type token: `cloudflare:index/workersRoute:WorkersRoute`. A type without a schema has no problems.
        inputs: Inputs with Pulumi's names. A value that is not a JSON value, and the engine's text for an unknown
            value, are accepted wherever a value is expected.
    """
    schema = find_schema(type_)
    return find_problems(schema, inputs) if schema else []


def find_problems(schema: Attribute, inputs: JsonInput) -> list[InputProblem]:
    """Returns all problems of the inputs of an object with this schema. See `find_input_problems`."""
    return list(_Check(inputs).problems_of_object(schema, inputs, ""))


def find_binding_problems(fields: JsonInput) -> list[InputProblem]:
    """Returns the problems of a Worker's binding: its type and other fields with the API's names, without `name`."""
    return find_inherited_bindings(fields) or find_problems(binding_schema(), fields)


def find_inherited_bindings(value: JsonValue, path: str = "") -> list[InputProblem]:
    """Returns a problem for each binding with the type `inherit` in a binding or in arguments of a resource.

    Cloudflare omits such a binding if the previous version does not have it, except with `bindings_inherit=strict`:
    https://developers.cloudflare.com/workers/configuration/multipart-upload-metadata/ (read 2026-11-30).
    """
    if isinstance(value, list | tuple):
        items = [(f"{path}[{index}]", item) for index, item in enumerate(value)]
    elif isinstance(value, Mapping):
        if value.get("type") == INHERIT:
            return [InputProblem(_join(path, "type"), "", _INHERITED, _FIX_OF_INHERITED)]
        items = [(_join(path, str(key)), item) for key, item in value.items()]
    else:
        return []
    return [problem for at, item in items for problem in find_inherited_bindings(item, at)]


def _is_unknown(value: JsonValue) -> bool:
    """Returns whether a value is computed later."""
    return value == rpc.UNKNOWN or not isinstance(value, str | bool | int | float | list | Mapping | None)


@dataclass(frozen=True)
class _Check:
    resource: JsonInput

    def problems_of_object(self, schema: Attribute, value: JsonInput, path: str) -> Iterator[InputProblem]:
        for name, attribute in schema.children.items():
            if value.get(name) is None and (
                attribute.mode == "required" or self._holds(attribute.required_if, value, default=False)
            ):
                yield InputProblem(_join(path, name), REQUIRED, "is required", "Set it.")
        yield from _group_problems(schema, value, path)
        for name, given in value.items():
            at = _join(path, name)
            if given is None:
                continue
            if name not in schema.children:
                yield InputProblem(at, "", _DROPPED, _fix_of_unknown(name, schema.children))
            else:
                yield from self._combinations(schema.children[name], value, at)
                yield from self._problems(schema.children[name], given, at)

    def _problems(self, attribute: Attribute, value: JsonValue, path: str) -> Iterator[InputProblem]:
        if attribute.mode == "read-only":
            yield InputProblem(path, READ_ONLY, "is read-only", "Remove it.")
        elif _is_unknown(value):
            return
        elif attribute.type == "object":
            yield from self._element_problems(attribute, value, path)
        elif attribute.type in ("list", "set"):
            if not isinstance(value, list):
                yield InputProblem(path, VALUE, "must be a list", "Set a list.")
                return
            for index, element in enumerate(value):
                yield from self._element_problems(attribute, element, f"{path}[{index}]")
        elif attribute.type == "map":
            if not isinstance(value, Mapping):
                yield InputProblem(path, VALUE, "must be a map", "Set a map.")
                return
            for key, element in value.items():
                yield from self._element_problems(attribute, element, _join(path, key))
        else:
            yield from _scalar_problems(attribute, value, path)

    def _element_problems(self, attribute: Attribute, value: JsonValue, path: str) -> Iterator[InputProblem]:
        """Yields the problems of an object, or of an element of a list, set or map."""
        if _is_unknown(value) or value is None:
            return
        if not (attribute.children or attribute.empty_objects or attribute.type == "object"):
            yield from _scalar_problems(attribute, value, path)
        elif isinstance(value, Mapping):
            yield from self.problems_of_object(attribute, value, path)
        else:
            yield InputProblem(path, VALUE, "must be an object", "Set an object.")

    def _combinations(self, attribute: Attribute, value: JsonInput, path: str) -> Iterator[InputProblem]:
        for name in attribute.requires:
            if self._other(name, value) is None:
                yield InputProblem(path, COMBINATION, f"also requires `{name.strip('/')}`", "Set both, or none.")
        for name, choices in attribute.only_if.items():
            if not self._holds({name: choices}, value, default=True):
                allowed = ", ".join(f"`{choice}`" for choice in choices if choice is not None)
                problem = f"can only be set if `{name.strip('/')}` is one of {allowed}"
                yield InputProblem(path, COMBINATION, problem, "Remove it.")

    def _holds(self, conditions: Conditions, value: JsonInput, *, default: bool) -> bool:
        """Returns whether all conditions hold. The default is the result without conditions and for unknown values."""
        found = [(self._other(name, value), choices) for name, choices in conditions.items()]
        if not found or any(_is_unknown(other) for other, _ in found):
            return default
        return all(other in choices for other, choices in found)

    def _other(self, name: str, value: JsonInput) -> JsonValue:
        return self.resource.get(name[1:]) if name.startswith("/") else value.get(name)


def _group_problems(schema: Attribute, value: JsonInput, path: str) -> Iterator[InputProblem]:
    def given(group: tuple[str, ...]) -> list[str]:
        return [name for name in group if value.get(name) is not None]

    for group in (*schema.at_least_one_of, *schema.exactly_one_of):
        if not given(group):
            yield InputProblem(path, COMBINATION, f"must have one of {_names(group)}", "Set one.")
    for group in (*schema.conflicts, *schema.exactly_one_of):
        if len(given(group)) > 1 and not any(_is_unknown(value[name]) for name in given(group)):
            problem = f"cannot be combined with {_names(given(group)[:-1])}"
            yield InputProblem(_join(path, given(group)[-1]), COMBINATION, problem, "Remove one.")


def _scalar_problems(attribute: Attribute, value: JsonValue, path: str) -> Iterator[InputProblem]:
    if attribute.type == "any":
        return
    if isinstance(value, list | Mapping):
        yield InputProblem(path, VALUE, "must be a single value", "Set one value.")
    elif attribute.type == "json" and not _is_json_text(value):
        yield InputProblem(path, JSON_TEXT, "must be a string with JSON", "Write the value as JSON in a string.")
    elif attribute.choices and str(value).lower() not in [choice.lower() for choice in attribute.all_choices]:
        yield InputProblem(path, CHOICE, f"must be one of {_names(attribute.all_choices)}", "Set one of them.")
    elif attribute.pattern and not re.fullmatch(attribute.pattern, str(value)):
        yield InputProblem(path, VALUE, "must be a duration such as `24h`", "Use the units h, m, s, ms, us and ns.")
    elif isinstance(value, int | float):
        if attribute.minimum is not None and value < attribute.minimum:
            problem = f"must be at least {attribute.minimum}, got {value:g}"
            yield InputProblem(path, VALUE, problem, f"Set {attribute.minimum} or more.")
        if attribute.maximum is not None and value > attribute.maximum:
            problem = f"must be at most {attribute.maximum}, got {value:g}"
            yield InputProblem(path, VALUE, problem, f"Set {attribute.maximum} or less.")


def _is_json_text(value: JsonValue) -> bool:
    try:
        json.loads(value)
    except (TypeError, ValueError):
        return False
    return True


def _fix_of_unknown(name: str, children: Mapping[str, Attribute]) -> str:
    known = sorted(child for child, attribute in children.items() if attribute.mode != "read-only")
    return did_you_mean(name, known) or f"Use one of {_names(known)}."


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
