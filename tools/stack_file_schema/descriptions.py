"""Finds the description of each key: the docstring below the field of the model, or the argument of the component.

The docstrings are read from the sources. Pydantic can read them as well (`use_attribute_docstrings`), but then each
run of a stack program would take longer.
"""

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from tools.stack_file_schema.sources import ARGUMENTS, SHAPES


class Descriptions:
    """Finds the descriptions of keys, by model and key."""

    def __init__(self, components: Mapping[str, Any], keys: frozenset[str]) -> None:
        """Args:
        components: Schema of the Pulumi plugin.
        keys: All keys of a stack file.
        """
        found = {**components["types"], **components["resources"]}
        self._shapes = {token.rpartition(":")[2]: shape for token, shape in found.items()}
        self._keys = keys

    def of(self, model: type[BaseModel], key: str) -> str:
        """Returns the description of a key. Returns an empty string if there is none."""
        text = _field_description(model, key) or self._argument(model.__name__, key)
        return self._for_stack_file(text)

    def _argument(self, model: str, key: str) -> str:
        shape = self._shapes.get(SHAPES.get(model, ""), {})
        properties = shape.get("inputProperties") or shape.get("properties") or {}
        found = properties.get(ARGUMENTS.get(f"{model}.{key}", key), {})
        return " ".join(found.get("description", "").split())

    def _for_stack_file(self, text: str) -> str:
        """Returns a description with the keys of a stack file instead of the names of arguments.

        A link becomes its text and its path. The first letter becomes a capital.
        """
        text = re.sub(r"\[([^]]+)\]\((?:\.\./)*([^)]+)\)", r"\1 (docs/\2)", text)
        text = re.sub(r"`([a-z_]+)`", lambda found: f"`{self._key(found[1])}`", text)
        return text[:1].upper() + text[1:]

    def _key(self, word: str) -> str:
        return camel if (camel := to_camel(word)) in self._keys else word


def models_of(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Returns a model and all models in its fields, by name."""
    found = {model.__name__: model}
    for field in model.model_fields.values():
        for inner in models_in(field.annotation):
            if inner.__name__ not in found:
                found |= models_of(inner)
    return found


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """Yields the models in the type of a field."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from models_in(argument)


def _field_description(model: type[BaseModel], key: str) -> str:
    name = next((name for name, field in model.model_fields.items() if key in (field.alias, name)), "")
    return next((found[name] for cls in model.__mro__ if name in (found := _docstrings_of(cls))), "")


@cache
def _docstrings_of(cls: type) -> Mapping[str, str]:
    """Returns the docstring below each field of a model, by the name of the field."""
    if not issubclass(cls, BaseModel) or cls is BaseModel:
        return {}
    (body,) = (node.body for node in ast.parse(inspect.getsource(cls)).body if isinstance(node, ast.ClassDef))
    found = {}
    for field, text in pairwise(body):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as docstring)):
                found[name] = " ".join(docstring.split())
    return found
