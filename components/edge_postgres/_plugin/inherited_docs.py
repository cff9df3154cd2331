"""Adds the docstrings of inherited arguments to the schema.

Pulumi's analyzer reads only the source of a component's own ``TypedDict``. Without this module, the arguments that the
``TypedDict`` inherits would have no description in the schema.
"""

import ast
import inspect
import sys
import textwrap
from collections.abc import Mapping
from typing import is_typeddict

import pulumi
from pulumi.provider.experimental.analyzer import Analyzer
from pulumi.provider.experimental.util import camel_case

from edge_postgres.core.json_types import Json


def add_inherited_docs(schema: Json, components: Mapping[str, type[pulumi.ComponentResource]]) -> None:
    """Adds the docstrings of inherited arguments to a schema.

    Args:
        schema: The schema of the package. The function changes it in place.
        components: The components by their tokens.
    """
    analyzer = Analyzer(schema["name"])
    for token, component in components.items():
        properties = schema["resources"][token]["inputProperties"]
        for base in _bases_of(inspect.get_annotations(component.__init__)["args"]):
            for argument in inspect.get_annotations(base):
                description = analyzer.get_docstring(base, argument)
                if description is not None:
                    properties[camel_case(argument)].setdefault("description", description)


def _bases_of(shape: type) -> list[type]:
    """Returns the base classes of a ``TypedDict`` from its source, because Python does not keep them at run time."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(shape))).body
    assert isinstance(definition, ast.ClassDef)
    module = vars(sys.modules[shape.__module__])
    named = [module[base.id] for base in definition.bases if isinstance(base, ast.Name)]
    bases = [base for base in named if is_typeddict(base)]
    return [*bases, *(inherited for base in bases for inherited in _bases_of(base))]
