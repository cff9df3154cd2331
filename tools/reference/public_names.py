"""Generates the list of public names: `components/edge_postgres/data/public-names.json`.

A name is public if a Python program, a program in another language, or a stack file can contain it. A release copies
the lists into `released.json`, except for the names that the released schema of the plugin already has.
"""

import ast
import enum
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, is_typeddict

import edge_postgres
from edge_postgres import testing
from tools.stack_file_schema import generator

Json = Mapping[str, Any]


def list_names(plugin: Json, stack_file: Json) -> dict[str, list[str]]:
    """Returns the sorted public names by kind of program: `plugin`, `python` and `stackFile`.

    Args:
        plugin: The schema of the plugin.
        stack_file: The JSON schema of the stack file.
    """
    names = {"plugin": plugin_names(plugin), "python": python_names(), "stackFile": stack_file_names(stack_file)}
    return {kind: sorted(set(found)) for kind, found in names.items()}


def plugin_names(schema: Json) -> Iterator[str]:
    """Yields the package, its tokens, inputs, outputs, properties and enum values: `TOKEN.inputs.accountId`."""
    yield schema["name"]
    for token, found in {**schema["resources"], **schema["types"]}.items():
        yield token
        outputs = "outputs" if token in schema["resources"] else "properties"
        yield from (f"{token}.inputs.{key}" for key in found.get("inputProperties", {}))
        yield from (f"{token}.{outputs}.{key}" for key in found.get("properties", {}))
        yield from (f"{token}.{each['name']} = {each['value']}" for each in found.get("enum", ()))


def python_names() -> Iterator[str]:
    """Yields the names in `edge_postgres` and `edge_postgres.testing`: `edge_postgres.Driver.PG = pg`."""
    for module in (edge_postgres, testing):
        for name in module.__all__:
            yield f"{module.__name__}.{name}"
            yield from names_in(f"{module.__name__}.{name}", getattr(module, name))


def names_in(path: str, found: object) -> Iterator[str]:
    """Yields the names below a public name: parameters, keys, enum values, attributes and methods."""
    if inspect.isfunction(found):
        yield from (f"{path}({parameter})" for parameter in inspect.signature(found).parameters if parameter != "self")
    elif inspect.isclass(found) and issubclass(found, enum.Enum):
        yield from (f"{path}.{each.name} = {each.value}" for each in found)
    elif is_typeddict(found):
        yield from (f"{path}.{key}" for key in found.__annotations__)
    elif inspect.isclass(found):
        yield from (f"{path}.{name}" for name in attributes(found))
        for name, method in vars(found).items():
            if inspect.isfunction(method) and is_public(name):
                yield f"{path}.{name}"
                yield from names_in(f"{path}.{name}", method)


def attributes(cls: type) -> Iterator[str]:
    """Yields the public attributes of a class: declared ones, properties, and those that `__init__` sets."""
    yield from (name for name in inspect.get_annotations(cls) if is_public(name))
    yield from (name for name, each in vars(cls).items() if isinstance(each, property) and is_public(name))
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(cls)))):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self":
            yield from (name for name in (node.attr,) if is_public(name))


def is_public(name: str) -> bool:
    return not name.startswith("_")


def stack_file_names(schema: Json) -> Iterator[str]:
    """Yields the settings and their values: `databases.*[provider=neon].compute.size`, `plan = free`."""
    for name, found in generator.settings_of(schema):
        yield name
        yield from settings_in(name, found, schema["definitions"])


def settings_in(path: str, found: Json, definitions: Json) -> Iterator[str]:
    """Yields the settings below a setting. `*` is a name that the user chooses, and `[]` is an item of a list."""
    if "$ref" in found:
        yield from settings_in(path, definitions[found["$ref"].rpartition("/")[2]], definitions)
    yield from (
        f"{path} = {value}" for value in (*found.get("enum", ()), *([found["const"]] if "const" in found else ()))
    )
    for key, inner in found.get("properties", {}).items():
        yield f"{path}.{key}"
        yield from settings_in(f"{path}.{key}", inner, definitions)
    for part in (part for kind in ("allOf", "anyOf", "oneOf") for part in found.get(kind, ())):
        conditions = part.get("if", {}).get("properties", {})
        chosen = "".join(f"[{key}={each['const']}]" for key, each in conditions.items() if "const" in each)
        yield from settings_in(f"{path}{chosen}", part.get("then", part), definitions)
    for suffix, kind in ((".*", "additionalProperties"), ("[]", "items")):
        if isinstance(found.get(kind), Mapping):
            yield from settings_in(f"{path}{suffix}", found[kind], definitions)
