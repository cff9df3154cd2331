"""Resource types."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from localcloud.provider.diff import Change, Comparison, Kind
from localcloud.provider.errors import InputError
from localcloud.provider.property_map import UNKNOWN, Path, PropertyMap, with_defaults

Client = TypeVar("Client")


@dataclass(frozen=True, kw_only=True)
class Resource(ABC, Generic[Client]):
    """A resource type: its properties with Pulumi's names, and its operations."""

    type: str
    """Token: `cloudflare:index/workersRoute:WorkersRoute`."""
    inputs: tuple[str, ...]
    """Properties that a program may set. Others are rejected."""
    required: tuple[str, ...]
    outputs: tuple[str, ...] = ()
    """Properties that only the API sets."""
    volatile: tuple[str, ...] = ()
    """Outputs that an update changes."""
    assigned: tuple[str, ...] = ()
    """Inputs that the API sets if the program omits them."""
    replaces: tuple[str, ...] = ()
    """Inputs whose change replaces the resource."""
    replaces_if_set: tuple[str, ...] = ()
    """Inputs whose change replaces the resource, unless they are removed."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Defaults by dotted pattern. They are set if the object around them exists."""
    sensitive: frozenset[Path] = frozenset()
    """Properties that are always secret in the state."""
    sets: frozenset[Path] = frozenset()
    trimmed: frozenset[Path] = frozenset()

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

    def input_errors(self, inputs: PropertyMap) -> Iterator[InputError]:
        name = self.type.rsplit(":", 1)[1]
        for key in self.required:
            if key not in inputs:
                yield InputError(key, f"`{key}` of {name} is required. Set it.")
        for key in inputs:
            if key not in self.inputs:
                yield InputError(
                    key,
                    f"`{key}` of {name} is not supported by the local cloud's provider. Remove it, or use the official "
                    "plugin with LOCALCLOUD_PROVIDERS=official.",
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
        return name in self.replaces or (name in self.replaces_if_set and name in new)

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
        return {name: state[name] for name in self.inputs if name in state}

    @property
    def comparison(self) -> Comparison:
        return Comparison(self.sets, self.trimmed)
