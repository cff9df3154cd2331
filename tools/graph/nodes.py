"""Selects the boxes, nodes and dependencies of a recording that are drawn.

Several resources of one kind in one box are one node, unless they have secrets. A box with many nodes shows those with
a secret or with an arrow out of the box, and folds the others into one node. A component that creates a single resource
inside another component has no box.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from edge_postgres.stack.origins import Database
from tools.graph.recording import SECRET, Recording, Resource

LOCK = "🔒"
OUTSIDE = ""
MOST = 6
"""Maximum number of nodes in a box without folding."""
_ENVELOPES = ("text", "value")
"""Last parts of the path of a secret that do not describe it: `bindings.STRIPE_KEY.text`."""


@dataclass(frozen=True)
class Node:
    """A shape of the diagram: a secret, a resource, several resources of one kind, or the folded rest of a box."""

    name: str
    label: tuple[str, ...]
    """Lines of its label."""
    kind: str
    box: str
    """URN of its component, or empty."""
    urns: frozenset[str]
    has_secret: bool = False


class Picture:
    """The boxes and nodes of a recording."""

    def __init__(self, recording: Recording) -> None:
        self.resources = recording.resources
        self._children: dict[str, list[str]] = defaultdict(list)
        for found in self.resources.values():
            self._children[found.parent].append(found.urn)
        self._owners = _owners(recording)
        nodes = sorted(self._all_nodes(), key=lambda node: (node.kind, node.name))
        node_of = {urn: node for node in nodes for urn in node.urns}
        self.before: dict[Node, set[Node]] = {
            node: {node_of[first] for urn in node.urns for first in self.resources[urn].waits_for if first in node_of}
            - {node}
            for node in nodes
        }
        """The nodes that each node depends on, including folded ones."""
        self.folded = self._folded_nodes()
        """The folded nodes by their boxes."""
        self.nodes = [node for node in nodes if node not in self.folded.get(node.box, ())]

    def boxes_in(self, box: str) -> list[Resource]:
        """The boxes inside a box."""
        own = (found for found in self.resources.values() if found.is_component and self._box(found.urn) == found.urn)
        inside = (found for found in own if self._box(found.parent) == box)
        return sorted(inside, key=lambda found: (kind_of(found), found.name))

    def _box(self, urn: str) -> str:
        """The box of the resources of a component."""
        found = self.resources.get(urn)
        if found is None:
            return OUTSIDE
        return self._box(found.parent) if found.parent in self.resources and len(self._children[urn]) == 1 else urn

    def _all_nodes(self) -> Iterator[Node]:
        secret_sources = {
            first
            for taker in self.resources.values()
            if taker.secrets
            for first in taker.waits_for
            if first in self.resources and self.resources[first].has_secret_outputs
        }
        alike: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        for found in self.resources.values():
            kind, box, urns = kind_of(found), self._box(found.parent), frozenset({found.urn})
            if found.type == SECRET:
                yield Node(found.name, (f"{LOCK} {found.name}",), SECRET, self._box_of_secret(found), urns, True)
            elif found.secrets or found.urn in secret_sources:
                names = sorted({_name_at(path) for path in found.secrets})
                marked = (found.name, f"{LOCK} {', '.join(names)}") if names else (f"{found.name} {LOCK}",)
                yield Node(found.name, (kind, *marked), kind, box, urns, True)
            elif not found.is_component:
                alike[box, kind].append(found)
        for (box, kind), some in alike.items():
            first = min(some, key=lambda one: one.name)
            second_line = first.name if len(some) == 1 else "several"
            yield Node(first.name, (kind, second_line), kind, box, frozenset(one.urn for one in some))

    def _box_of_secret(self, secret: Resource) -> str:
        """The component with this secret as an argument, or else the only component that depends on it."""
        takers = {self._box(one.parent) for one in self.resources.values() if secret.urn in one.waits_for}
        alone = takers.pop() if len(takers) == 1 else OUTSIDE
        return self._box(self._owners[secret.name]) if secret.name in self._owners else alone

    def _folded_nodes(self) -> dict[str, list[Node]]:
        inside: dict[str, list[Node]] = defaultdict(list)
        for node in self.before:
            inside[node.box].append(node)
        arrows = ((first, last) for last, firsts in self.before.items() for first in firsts)
        across = {node for first, last in arrows if first.box != last.box for node in (first, last)}
        return {
            box: [node for node in nodes if not node.has_secret and node not in across]
            for box, nodes in inside.items()
            if len(nodes) > MOST
        }


def kind_of(found: Resource) -> str:
    """The last part of its type, such as `HyperdriveConfig`."""
    return found.type.rpartition(":")[2]


def _name_at(path: str) -> str:
    parts = path.split(".")
    return parts[-2] if len(parts) > 1 and parts[-1] in _ENVELOPES else parts[-1]


def _owners(recording: Recording) -> Mapping[str, str]:
    """URN of the component with the secret as an argument, by the path of the secret."""
    urns = {(kind_of(one), one.name): one.urn for one in recording.resources.values() if one.is_component}
    return {
        path: urns[component, name]
        for name, found in recording.stack.databases.items()
        for component, path in _secret_paths(
            found, next(kind for kind, at in urns if at == name and "Postgres" in kind)
        )
        if path is not None and (component, name) in urns
    }


def _secret_paths(found: Database, component: str) -> Iterator[tuple[str, str | None]]:
    """Component and path of each secret in the settings of a database; ``component`` is that of the database."""
    settings = found.model_dump(include={name for name in type(found).model_fields if name.endswith("_secret")})
    yield from ((component, path) for path in settings.values())
    if found.credentials:
        roles = (role for role in (found.credentials.a, found.credentials.b) if role)
        yield "DatabaseRoles", found.credentials.admin_password_secret
        yield from (("DatabaseRoles", role.password_secret) for role in roles)
    if found.hyperdrive and found.hyperdrive.tls:
        yield "OriginCertificates", found.hyperdrive.tls.client_key_secret
