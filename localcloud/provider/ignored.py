"""Ignored changes: the inputs of a resource with the state's values of ignored properties.

The engine keeps the old inputs of ignored properties. For a property that no input sets, the provider keeps the value
of the state.

Source: github.com/pulumi/pulumi-terraform-bridge, `pf/tfbridge/ignore_changes.go` (applyIgnoreChanges), read on
2026-11-30.
"""

import re
from collections.abc import Sequence
from typing import Any

from localcloud.provider.property_map import PropertyMap

ALL = "*"


def keep_ignored(inputs: PropertyMap, state: PropertyMap, paths: Sequence[str]) -> PropertyMap:
    """Returns the inputs. Those at ignored paths have the values of the state, or are removed if it has none.

    A path has Pulumi's notation, such as `bindings[0].text`, `config.ingresses[*].path` or `vars["a.b"]`. A path whose
    containers are not in both has no effect.
    """
    for path in paths:
        inputs = _kept(parse_path(path), state, inputs)
    return inputs


def parse_path(path: str) -> list[str | int]:
    """Returns the keys and indexes of a path."""
    steps = re.findall(r'\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\[(\*)\]|([^.\[\]]+)', path)
    return [int(index) if index else key.replace('\\"', '"') or every or name for key, index, every, name in steps]


def _kept(path: Sequence[str | int], state: Any, inputs: Any) -> Any:
    step, *rest = path
    if isinstance(state, list) and isinstance(inputs, list):
        indexes = range(len(inputs)) if step == ALL else [step] if isinstance(step, int) else []
        changed = list(inputs)
        for index in indexes:
            if index < min(len(state), len(inputs)):
                changed[index] = _kept(rest, state[index], inputs[index]) if rest else state[index]
        return changed
    if not isinstance(state, dict) or not isinstance(inputs, dict):
        return inputs
    changed_map = dict(inputs)
    for key in {*state, *inputs} if step == ALL else [step]:
        if rest and key in state and key in inputs:
            changed_map[key] = _kept(rest, state[key], inputs[key])
        elif not rest and key in state:
            changed_map[key] = state[key]
        elif not rest:
            changed_map.pop(key, None)
    return changed_map
