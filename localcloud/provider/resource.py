"""Resource types."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

from edge_postgres.core.cloudflare_inputs import find_problems
from edge_postgres.core.cloudflare_schema import Attribute
from localcloud.provider.diff import Change, Comparison, Kind
from localcloud.provider.errors import InputError
from localcloud.provider.property_map import UNKNOWN, Path, PropertyMap, with_defaults

Client = TypeVar("Client")
Replacement = Literal[True, False, "ifSet"]
"""`ifSet`: a change replaces the resource, unless it removes the input."""


@dataclass(frozen=True, kw_only=True)
class Resource(ABC, Generic[Client]):
    """A resource type: its properties with Pulumi's names, and its operations."""

    type: str
    """Token: `cloudflare:index/workersRoute:WorkersRoute`."""
    outputs: tuple[str, ...] = ()
    """Properties that only the API sets."""
    volatile: tuple[str, ...] = ()
    """Outputs that an update changes."""
    assigned: tuple[str, ...] = ()
    """Inputs that the API sets if the program omits them."""
    unsupported: tuple[str, ...] = ()
    """Inputs of the official provider that the local cloud does not have."""
    replacements: Mapping[str, Replacement] = field(default_factory=dict)
    """Inputs whose change replaces the resource, where the schema differs."""
    sets: frozenset[Path] = frozenset()
    trimmed: frozenset[Path] = frozenset()

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
    def update(self, client: Client, state: PropertyMap, old: PropertyMap, new: PropertyMap) -> PropertyMap:
        """Updates the resource. Returns the new state. ``state`` is the old one. ``old`` and ``new`` are inputs."""

    @abstractmethod
    def delete(self, client: Client, state: PropertyMap) -> None:
        """Deletes the resource. A missing one counts as deleted."""

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
    def defaults(self) -> Mapping[str, Any]:
        """Defaults by dotted pattern. They are set if the object around them exists."""
        found = {".".join(path): each.default for path, each in _attributes(self.schema) if each.default is not None}
        return {path: default for path, default in found.items() if path not in self.unsupported}

    @cached_property
    def sensitive(self) -> frozenset[Path]:
        """Properties that are always secret in the state."""
        return frozenset(path for path, attribute in _attributes(self.schema) if attribute.sensitive)

    @cached_property
    def json_texts(self) -> frozenset[Path]:
        """Strings with JSON."""
        return frozenset(path for path, attribute in _attributes(self.schema) if attribute.type == "json")

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

    def plan(self, inputs: PropertyMap) -> PropertyMap:
        return with_defaults(inputs, self.defaults)

    def preview(self, inputs: PropertyMap, state: PropertyMap | None = None) -> PropertyMap:
        """Returns the expected state after a create, or after an update of ``state``."""
        planned = self.plan(inputs)
        if state is None:
            open_inputs = [name for name in self.assigned if name not in planned]
            return planned | dict.fromkeys((*self.outputs, *open_inputs), UNKNOWN)
        previous = {name: state[name] for name in (*self.outputs, *self.assigned) if name in state}
        return previous | dict.fromkeys(self.volatile, UNKNOWN) | planned

    def changes(self, old: PropertyMap, state: PropertyMap, new: PropertyMap) -> Iterator[tuple[str, Change]]:
        """Yields the properties and changes between the old inputs, or the refreshed state, and the new inputs."""
        old, new = self.plan(old), self.plan(new)
        for name in sorted({*old, *new}):
            found = list(self.comparison.changes(old.get(name), new.get(name), (name,)))
            if not found and name in state and not self.comparison.covers(state[name], new[name], (name,)):
                found = [Change(name, Kind.UPDATE)]
            yield from ((name, change) for change in found)

    def needs_replacement(self, name: str, new: PropertyMap) -> bool:
        replacement = self.replacement(name)
        return name in new if replacement == "ifSet" else replacement

    def normalize(self, now: PropertyMap, before: PropertyMap) -> PropertyMap:
        """Returns the state that was read, in its previous form if both have the same meaning."""
        return {
            name: before[name] if self.comparison.is_same(before.get(name), value, (name,)) else value
            for name, value in now.items()
        }

    def refresh_inputs(self, inputs: PropertyMap, state: PropertyMap) -> PropertyMap:
        """Returns the inputs with the values of the state, without inputs that were never declared."""
        return {
            name: self.comparison.project(value, state[name], (name,))
            for name, value in inputs.items()
            if name in state
        }

    def inputs_of_import(self, state: PropertyMap) -> PropertyMap:
        children = self.schema.children
        return {name: _settable(children[name], state[name]) for name in self.inputs if name in state}

    @property
    def comparison(self) -> Comparison:
        return Comparison(self.sets, self.trimmed, self.json_texts)


def _attributes(schema: Attribute, path: Path = ()) -> Iterator[tuple[Path, Attribute]]:
    """Yields all attributes below an object, with their paths."""
    for name, attribute in schema.children.items():
        below = (*path, name)
        yield below, attribute
        yield from _attributes(attribute, below if attribute.type == "object" else (*below, "*"))


def _settable(attribute: Attribute, value: Any, *, is_element: bool = False) -> Any:
    """Returns the value of an attribute, or an element of a list or map, without what a program cannot set."""
    if isinstance(value, list):
        return [_settable(attribute, element, is_element=True) for element in value]
    if not isinstance(value, dict) or not attribute.children:
        return value
    if attribute.type == "map" and not is_element:
        return {key: _settable(attribute, element, is_element=True) for key, element in value.items()}
    children = {name: child for name, child in attribute.children.items() if child.mode != "read-only"}
    return {name: _settable(children[name], each) for name, each in value.items() if name in children}
