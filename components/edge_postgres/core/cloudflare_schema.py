"""The inputs that Cloudflare's provider accepts, from `data/cloudflare-schema.json`.

The file has the schema of the official provider, github.com/cloudflare/terraform-provider-cloudflare, with the names of
Pulumi. `python -m tools.provider_schema` generates it. It is read when a schema is first used.
"""

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from edge_postgres.core.json_types import Json, JsonValue

_FILE = Path(__file__).resolve().parents[1] / "data" / "cloudflare-schema.json"

Groups = tuple[tuple[str, ...], ...]
Conditions = Mapping[str, tuple[JsonValue, ...]]
"""The values that another attribute must have. The name is one of the same object, or `/name` of the resource."""


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """An attribute of a resource, or the resource itself as an object."""

    mode: Literal["required", "optional", "optional+computed", "read-only"]
    type: Literal["string", "number", "bool", "json", "any", "object", "list", "set", "map"]
    """`json`: a string with JSON. `any`: a value whose type is free."""
    newer: bool = False
    """Whether only the Python SDK has the attribute, because the provider's schema is older."""
    api: str = ""
    """The name in the API's JSON, if it is not the name in snake_case."""
    no_refresh: bool = False
    """Whether a read keeps the value of the state."""
    kept: bool = False
    """Whether an update that does not set the attribute keeps its value."""
    sensitive: bool = False
    replace: Literal[True, False, "ifSet"] = False
    """Whether a change replaces the resource. `ifSet`: unless the attribute is removed."""
    default: JsonValue = None
    choices: tuple[str, ...] = ()
    """The valid values, in any case of letters. For a list: the valid elements."""
    newer_choices: tuple[str, ...] = ()
    """Valid values that only the Python SDK documents."""
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    requires: tuple[str, ...] = ()
    """Attributes that must be set if this one is set."""
    only_if: Conditions = field(default_factory=dict)
    """Conditions under which the attribute can be set."""
    required_if: Conditions = field(default_factory=dict)
    computed_if: Conditions = field(default_factory=dict)
    """Conditions under which the API sets an optional and computed attribute."""
    at_least_one_of: Groups = ()
    """Groups of attributes of this object, or of each element. At least one attribute of a group must be set."""
    exactly_one_of: Groups = ()
    conflicts: Groups = ()
    """Groups of which at most one attribute can be set."""
    undeclared: Mapping[str, JsonValue] = field(default_factory=dict)
    """The legal answers of the API if a request does not set the attribute: `omitted`, `default` or `empty`, with the
    value of each."""
    normalized: bool = False
    """Whether the provider treats these answers as no value. Otherwise they are an update in each run."""
    hidden_default: JsonValue = None
    """A value that the API may omit although a request sets it."""
    empty_objects: bool = False
    """Whether the elements of the list, set or map are objects without attributes."""
    children: dict[str, "Attribute"] = field(default_factory=dict)
    """The attributes of an object, or of the elements of a list, set or map of objects."""

    @property
    def all_choices(self) -> tuple[str, ...]:
        """The valid values, including newer ones."""
        return (*self.choices, *self.newer_choices)


@functools.cache
def find_schema(type_: str) -> Attribute | None:
    """Returns the schema of a resource by its type token. None for a type that the data does not have."""
    rows = _read_data()["resources"].get(type_)
    return _build_resource(rows) if rows else None


@functools.cache
def binding_schema() -> Attribute:
    """Returns the schema of a Worker's binding with the API's names, such as `key_base64`, and without the name."""
    script = find_schema("cloudflare:index/workersScript:WorkersScript")
    assert script is not None
    children = _in_snake_case(script.children["bindings"]).children
    return Attribute(mode="required", type="object", children={n: a for n, a in children.items() if n != "name"})


@functools.cache
def migrations_schema() -> Attribute:
    """Returns the schema of a Worker's migrations of Durable Objects with the API's names, such as `new_tag`."""
    script = find_schema("cloudflare:index/workersScript:WorkersScript")
    assert script is not None
    return _in_snake_case(script.children["migrations"])


@functools.cache
def _read_data() -> Json:
    data: Json = json.loads(_FILE.read_text(encoding="utf-8"))
    return data


def _build_resource(rows: Mapping[str, Json]) -> Attribute:
    built = {"": _build(rows.get("", {"mode": "required", "type": "object"}))}
    for path, row in rows.items():
        if path:
            container, _, name = path.rpartition(".")
            built[path] = built[re.sub(r"(\[\]|\.\*)$", "", container)].children[name] = _build(row)
    return built[""]


def _build(row: Json) -> Attribute:
    return Attribute(**{_snake_case(key): value for key, value in row.items()})


def _in_snake_case(attribute: Attribute) -> Attribute:
    children = {_snake_case(name): _in_snake_case(child) for name, child in attribute.children.items()}
    return replace(attribute, children=children)


def _snake_case(name: str) -> str:
    return re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name)
