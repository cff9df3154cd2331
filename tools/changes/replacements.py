"""The inputs whose change replaces a resource, for resources that the local cloud cannot deploy.

Cloudflare: `components/edge_postgres/data/cloudflare-schema.json`. Dynamic providers: their method `diff`. AWS, Google
and `random`: `replacements.yaml`, which has its sources.
"""

import base64
import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pulumi.dynamic import ResourceProvider

from edge_postgres._plugin.own_resources import PROVIDER, ProviderUnpickler
from edge_postgres.core.cloudflare_schema import find_schema
from tools import stack_yaml

FILE = Path(__file__).resolve().parent / "replacements.yaml"
ALL = "*"
"""Stands for all inputs of a type."""

Inputs = Mapping[str, Any]


def replacing_inputs(type_: str, before: Inputs, after: Inputs) -> set[str]:
    """Returns the names of the changed inputs that replace a resource.

    Raises ``KeyError`` for a type whose replacements are unknown.
    """
    changed = changed_inputs(before, after)
    if PROVIDER in after:
        # The signature of `ResourceProvider.diff` is not typed.
        return set(_provider(after[PROVIDER]).diff("id", dict(before), dict(after)).replaces or ())
    known = keys_of(type_)
    return changed if ALL in known else changed & known


def changed_inputs(before: Inputs, after: Inputs) -> set[str]:
    """Returns the names of the inputs that differ."""
    return {key for key in {*before, *after} if before.get(key) != after.get(key) and key != PROVIDER}


@cache
def keys_of(type_: str) -> frozenset[str]:
    """Returns the names of the inputs whose change replaces a resource of a type. Empty for a dynamic resource."""
    if type_.startswith("pulumi-python:"):
        return frozenset()
    if schema := find_schema(type_):
        return frozenset(key for key, attribute in schema.children.items() if attribute.replace)
    return frozenset(_read()[type_])


def _provider(pickled: str) -> ResourceProvider:
    provider: ResourceProvider = ProviderUnpickler(io.BytesIO(base64.b64decode(pickled))).load()
    return provider


@cache
def _read() -> dict[str, list[str]]:
    content: dict[str, list[str]] = stack_yaml.read(FILE)["types"]
    return content
