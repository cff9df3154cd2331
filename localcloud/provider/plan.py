"""The plan of a resource: its inputs, the schema's defaults, and values of the state.

Sources: github.com/hashicorp/terraform-plugin-framework v1.19, `internal/fwserver/server_planresourcechange.go`, and
github.com/hashicorp/terraform, `internal/plans/objchange/objchange.go` (ProposedNew), read 2026-11.
"""

import copy
from dataclasses import dataclass
from typing import Any

from edge_postgres.core.cloudflare_schema import Attribute
from localcloud.provider.property_map import UNKNOWN, PropertyMap


def with_defaults(schema: Attribute, inputs: PropertyMap) -> PropertyMap:
    """Returns the inputs with defaults for missing values of existing objects."""
    return _Planner(keeps=True).object(schema, inputs, {})


def propose(schema: Attribute, inputs: PropertyMap, state: PropertyMap) -> PropertyMap:
    """Returns the state that the inputs declare. Computed values that they do not set are those of the state."""
    return _Planner(keeps=True).object(schema, inputs, state)


def plan(schema: Attribute, inputs: PropertyMap, state: PropertyMap | None) -> PropertyMap:
    """Returns the plan of a create or, with a state, of an update. Values that the API sets are unknown."""
    return _Planner(keeps=False).object(schema, inputs, state or {})


@dataclass(frozen=True)
class _Planner:
    keeps: bool
    """Whether computed values keep the value of the state. Otherwise only those do that the schema marks."""

    def object(self, schema: Attribute, config: PropertyMap, prior: PropertyMap) -> PropertyMap:
        planned = {
            name: self._value(child, config.get(name), prior.get(name), config)
            for name, child in schema.children.items()
        }
        return {name: value for name, value in planned.items() if value is not None}

    def _value(self, attribute: Attribute, config: Any, prior: Any, parent: PropertyMap) -> Any:
        if attribute.mode == "read-only":
            # The plan modifiers of hashes compute some of these from the inputs.
            return self._computed(attribute, prior) if config is None else config
        if config is None and attribute.default is not None:
            config = copy.deepcopy(attribute.default)
        if config is None:
            is_computed = attribute.mode == "optional+computed" and _holds(attribute, parent)
            return self._computed(attribute, prior) if is_computed else None
        return self._set(attribute, config, prior) if attribute.children else config

    def _computed(self, attribute: Attribute, prior: Any) -> Any:
        if self.keeps or (attribute.kept and prior is not None):
            return prior
        return UNKNOWN

    def _set(self, attribute: Attribute, config: Any, prior: Any) -> Any:
        """Returns a configured object, or list, set or map of objects."""
        if isinstance(config, dict) and attribute.type == "map":
            by_key = prior if isinstance(prior, dict) else {}
            return {key: self._element(attribute, each, by_key.get(key)) for key, each in config.items()}
        if isinstance(config, list):
            before = prior if isinstance(prior, list) else []
            if attribute.type == "set":
                return [self._element(attribute, each, self._same(attribute, each, before)) for each in config]
            aligned = [*before, *([None] * len(config))]
            return [self._element(attribute, each, aligned[index]) for index, each in enumerate(config)]
        return self._element(attribute, config, prior)

    def _element(self, attribute: Attribute, config: Any, prior: Any) -> Any:
        if not isinstance(config, dict):
            return config
        return self.object(attribute, config, prior if isinstance(prior, dict) else {})

    def _same(self, attribute: Attribute, config: Any, before: list[Any]) -> Any:
        """Returns the element of a set that differs only in values that the configuration does not set."""
        same = _Planner(keeps=True)
        return next((each for each in before if same._element(attribute, config, each) == each), None)


def _holds(attribute: Attribute, parent: PropertyMap) -> bool:
    return all(parent.get(name) in choices for name, choices in attribute.computed_if.items())
