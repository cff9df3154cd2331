"""Docstrings of the arguments that a component's ``TypedDict`` inherits.

Pulumi's analyzer reads the docstrings from the source of one class, and leaves inherited arguments without a
description.
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
        schema: The schema of the package, which is changed in place.
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
    """Returns the classes that a ``TypedDict`` extends. At run time only its source names them."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(shape))).body
    assert isinstance(definition, ast.ClassDef)
    module = vars(sys.modules[shape.__module__])
    named = [module[base.id] for base in definition.bases if isinstance(base, ast.Name)]
    bases = [base for base in named if is_typeddict(base)]
    return [*bases, *(inherited for base in bases for inherited in _bases_of(base))]
