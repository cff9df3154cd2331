"""What a type token stands for."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from localcloud.provider.diff import Change, Comparison, Kind
from localcloud.provider.errors import Fault
from localcloud.provider.tree import UNKNOWN, Path, Tree, with_defaults

Client = TypeVar("Client")


@dataclass(frozen=True, kw_only=True)
class Resource(ABC, Generic[Client]):
    """One type: its properties, by the names that Pulumi uses, and what can be done with it."""

    type: str
    """Token: `cloudflare:index/workersRoute:WorkersRoute`."""
    inputs: tuple[str, ...]
    """What a program may set. Anything else is refused, not dropped."""
    required: tuple[str, ...]
    outputs: tuple[str, ...] = ()
    """What the API alone sets."""
    volatile: tuple[str, ...] = ()
    """Those of the outputs that an update changes."""
    assigned: tuple[str, ...] = ()
    """Inputs that the API sets where the program leaves them out."""
    replaces: tuple[str, ...] = ()
    """A change of these needs another resource."""
    replaces_if_set: tuple[str, ...] = ()
    """The same, but to leave one out afterwards does not."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """By dotted pattern; set where the block around them is there."""
    sensitive: frozenset[Path] = frozenset()
    """Secret in the state, whatever the program says."""
    sets: frozenset[Path] = frozenset()
    trimmed: frozenset[Path] = frozenset()

    @abstractmethod
    def create(self, client: Client, inputs: Tree) -> tuple[str, Tree]:
        """Id and state of the new one."""

    @abstractmethod
    def read(self, client: Client, state: Tree) -> Tree | None:
        """The state as it is now; None when it is gone. ``state`` holds `id` and at least what the import id told."""

    @abstractmethod
    def update(self, client: Client, state: Tree, old: Tree, new: Tree) -> Tree:
        """The new state. ``state`` is the old one with `id`, ``old`` and ``new`` are inputs."""

    @abstractmethod
    def delete(self, client: Client, state: Tree) -> None:
        """What is gone already counts as deleted."""

    @abstractmethod
    def imported(self, import_id: str) -> Tree:
        """What an id that a user gives to `import` tells. Raises ``ProviderError`` when it has another form."""

    def id_of(self, state: Tree) -> str:
        return str(state["id"])

    def faults(self, inputs: Tree) -> Iterator[Fault]:
        name = self.type.rsplit(":", 1)[1]
        for key in self.required:
            if key not in inputs:
                yield Fault(key, f"`{key}` is missing; {name} needs it. Give it.")
        for key in inputs:
            if key not in self.inputs:
                yield Fault(
                    key,
                    f"`{key}` of {name} is not known to the local cloud's provider. Leave it out, or run the official "
                    "plugin with LOCALCLOUD_PROVIDERS=official.",
                )

    def planned(self, inputs: Tree) -> Tree:
        return with_defaults(inputs, self.defaults)

    def previewed(self, inputs: Tree, state: Tree | None = None) -> Tree:
        """The state that a create, or an update of ``state``, will probably lead to."""
        planned = self.planned(inputs)
        if state is None:
            open_inputs = [name for name in self.assigned if name not in planned]
            return planned | dict.fromkeys((*self.outputs, *open_inputs), UNKNOWN)
        kept = {name: state[name] for name in (*self.outputs, *self.assigned) if name in state}
        return kept | dict.fromkeys(self.volatile, UNKNOWN) | planned

    def changes(self, old: Tree, state: Tree, new: Tree) -> Iterator[tuple[str, Change]]:
        """What differs between the new inputs and the old ones or, after a refresh, the state: property and change."""
        old, new = self.planned(old), self.planned(new)
        for name in sorted({*old, *new}):
            found = list(self.comparison.changes(old.get(name), new.get(name), (name,)))
            if not found and name in state and not self.comparison.covers(state[name], new[name], (name,)):
                found = [Change(name, Kind.UPDATE)]
            yield from ((name, change) for change in found)

    def needs_replacement(self, name: str, new: Tree) -> bool:
        return name in self.replaces or (name in self.replaces_if_set and name in new)

    def settled(self, now: Tree, before: Tree) -> Tree:
        """The state that was read, in the form it had before where both mean the same."""
        return {
            name: before[name] if self.comparison.is_same(before.get(name), value, (name,)) else value
            for name, value in now.items()
        }

    def refreshed_inputs(self, inputs: Tree, state: Tree) -> Tree:
        """The inputs as the state now has them: what was never declared stays out."""
        return {
            name: self.comparison.projected(value, state[name], (name,))
            for name, value in inputs.items()
            if name in state
        }

    def imported_inputs(self, state: Tree) -> Tree:
        return {name: state[name] for name in self.inputs if name in state}

    @property
    def comparison(self) -> Comparison:
        return Comparison(self.sets, self.trimmed)
