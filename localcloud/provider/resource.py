"""Resource types."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

from edge_postgres.core.cloudflare_inputs import find_problems
from edge_postgres.core.cloudflare_schema import Attribute
from localcloud.provider import plan
from localcloud.provider.diff import FREE, Change, find_changes, is_same, project
from localcloud.provider.errors import InputError
from localcloud.provider.property_map import UNKNOWN, Path, PropertyMap

Client = TypeVar("Client")
Replacement = Literal[True, False, "ifSet"]
"""`ifSet`: a change replaces the resource, unless it removes the input."""


@dataclass(frozen=True, kw_only=True)
class Resource(ABC, Generic[Client]):
    """A resource type: its properties with Pulumi's names, and its operations."""

    type: str
    """Token: `cloudflare:index/workersRoute:WorkersRoute`."""
    unsupported: tuple[str, ...] = ()
    """Inputs of the official provider that the local cloud does not have."""
    replacements: Mapping[str, Replacement] = field(default_factory=dict)
    """Inputs whose change replaces the resource, where the schema differs."""

    @property
    @abstractmethod
    def schema(self) -> Attribute:
        """The attributes of the official provider."""

    @abstractmethod
    def create(self, client: Client, inputs: PropertyMap) -> tuple[str, PropertyMap]:
        """Creates the resource. Returns its id and state."""

    @abstractmethod
    def read(self, client: Client, state: PropertyMap) -> PropertyMap | None:
        """Returns the current state, or None if it does not exist.

        ``state`` has `id` and the fields of an import id.
        """

    @abstractmethod
    def update(self, client: Client, state: PropertyMap, new: PropertyMap) -> PropertyMap:
        """Updates the resource. Returns the new state. ``state`` is the old one, and ``new`` are the inputs."""

    @abstractmethod
    def delete(self, client: Client, state: PropertyMap) -> None:
        """Deletes the resource. Raises ``ProviderError`` if it is missing, as the official plugin does."""

    @abstractmethod
    def parse_import_id(self, import_id: str) -> PropertyMap:
        """Returns the fields of an id of `pulumi import`. Raises ``ProviderError`` if it is invalid."""

    def id_of(self, state: PropertyMap) -> str:
        return str(state["id"])

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Properties that a program may set. Others are rejected."""
        settable = (name for name, attribute in self.schema.children.items() if attribute.mode != "read-only")
        return tuple(name for name in settable if name not in self.unsupported)

    @cached_property
    def sensitive(self) -> frozenset[Path]:
        """Properties that are always secret in the state."""
        return frozenset(path for path, attribute in _attributes(self.schema) if attribute.sensitive)

    def replacement(self, name: str) -> Replacement:
        """Returns whether a change of an input replaces the resource."""
        return self.replacements.get(name, self.schema.children[name].replace)

    def input_errors(self, inputs: PropertyMap) -> Iterator[InputError]:
        """Yields the errors of the inputs: those of the official provider, and inputs that are not supported."""
        yield from (InputError(problem.path, problem.detail) for problem in find_problems(self.schema, inputs))
        for key in inputs:
            if key in self.unsupported:
                yield InputError(
                    key,
                    "is not supported by the local cloud's provider. Remove it, or use the official plugin with "
                    "LOCALCLOUD_PROVIDERS=official.",
                )

    def configured(self, inputs: PropertyMap) -> PropertyMap:
        """Returns the inputs with defaults."""
        return plan.with_defaults(self.schema, inputs)

    def plan(self, inputs: PropertyMap, state: PropertyMap | None = None) -> PropertyMap:
        """Returns the state after a create, or after an update of ``state``. Values of the API are unknown."""
        return plan.plan(self.schema, self.configured(inputs), state)

    def preview(self, inputs: PropertyMap, state: PropertyMap | None = None) -> PropertyMap:
        """Returns what a preview of a create or an update shows."""
        return self.plan(inputs, state) | ({"id": state["id"]} if state and "id" in state else {})

    def changes(self, state: PropertyMap, inputs: PropertyMap) -> Iterator[tuple[str, Change]]:
        """Yields the properties and changes between the state and what the inputs declare."""
        proposed = self.proposed(inputs, state)
        for name, attribute in sorted(self.schema.children.items()):
            for change in find_changes(attribute, state.get(name), proposed.get(name), name):
                yield name, change

    def proposed(self, inputs: PropertyMap, state: PropertyMap) -> PropertyMap:
        return plan.propose(self.schema, self.configured(inputs), state)

    def needs_replacement(self, name: str, state: PropertyMap, inputs: PropertyMap) -> bool:  # noqa: ARG002  # for subclasses
        """Returns whether a changed property replaces the resource."""
        replacement = self.replacement(name)
        return name in inputs if replacement == "ifSet" else replacement

    def normalize(self, now: PropertyMap, before: PropertyMap) -> PropertyMap:
        """Returns the state that was read, in its previous form if both have the same meaning."""
        children = self.schema.children
        return {
            name: before[name] if name in before and is_same(children.get(name, FREE), before[name], value) else value
            for name, value in now.items()
        }

    def refresh_inputs(self, inputs: PropertyMap, state: PropertyMap) -> PropertyMap:
        """Returns the inputs with the values of the state, without inputs that were never declared."""
        refreshed: PropertyMap = project(self.schema, inputs, state)
        return refreshed

    def inputs_of_import(self, state: PropertyMap) -> PropertyMap:
        return {name: value for name, value in settable(self.schema, state).items() if name in self.inputs}


def settable(schema: Attribute, values: PropertyMap) -> PropertyMap:
    """Returns the values of an object that a program can set, at every depth. Unknown ones are omitted in lists."""
    children = {name: child for name, child in schema.children.items() if child.mode != "read-only"}
    return {name: _settable(children[name], value) for name, value in values.items() if name in children}


def _settable(attribute: Attribute, value: Any, *, is_element: bool = False) -> Any:
    if isinstance(value, list):
        found = [_settable(attribute, element, is_element=True) for element in value]
        return [
            {name: each for name, each in element.items() if each is not UNKNOWN}
            if isinstance(element, dict)
            else element
            for element in found
        ]
    if not isinstance(value, dict) or not attribute.children:
        return value
    if attribute.type == "map" and not is_element:
        return {key: _settable(attribute, element, is_element=True) for key, element in value.items()}
    return settable(attribute, value)


def _attributes(schema: Attribute, path: Path = ()) -> Iterator[tuple[Path, Attribute]]:
    """Yields all attributes below an object, with their paths."""
    for name, attribute in schema.children.items():
        below = (*path, name)
        yield below, attribute
        yield from _attributes(attribute, below if attribute.type == "object" else (*below, "*"))
