"""A resource as rules see it: plain values, and a mark where one is not known yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pulumi_policy import PolicyResource, ResourceValidationArgs
from pulumi_policy.proxy import UnknownValueError


class Unknown:
    """A value that only the update will know."""


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Resource:
    """One resource: its inputs where it is looked at alone, its outputs where the whole stack is.

    Secrets are among the properties in plain text, and nothing tells them from the rest: no value is ever shown that
    could be one.
    """

    type: str
    name: str
    urn: str
    properties: Mapping[str, Any]
    protect: bool = False
    delete_before_replace: bool | None = None
    provider: Mapping[str, Any] = field(default_factory=dict)
    """Configuration of the provider that makes it."""
    made_from: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """URNs of the resources that a property comes from; known for whole stacks only."""

    @property
    def stack(self) -> str:
        """Name of the stack."""
        return self.urn.split("::")[0].rsplit(":", 1)[-1]

    def at(self, path: str) -> Any:
        """What stands at a path, `origin.host`: None where nothing does, ``UNKNOWN`` where a part is not known."""
        found: Any = self.properties
        for key in path.split("."):
            if not isinstance(found, Mapping):
                return found if found is UNKNOWN else None
            found = found.get(key)
        return found


def declared(given: ResourceValidationArgs | PolicyResource) -> Resource:
    """A resource as the engine tells it."""
    return Resource(
        type=given.resource_type,
        name=given.name,
        urn=given.urn,
        properties=plain(given.props),
        protect=given.opts.protect,
        delete_before_replace=given.opts.delete_before_replace,
        provider=plain(given.provider.props) if given.provider else {},
        made_from={
            key: frozenset(found.urn for found in resources)
            for key, resources in getattr(given, "property_dependencies", {}).items()
        },
    )


def plain(value: Any) -> Any:
    """The value as dictionaries and lists, with ``UNKNOWN`` in the place of what is not known."""
    if isinstance(value, Mapping):
        return {key: _element(value, key) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_element(value, index) for index in range(len(value))]
    return value


def is_known(value: Any) -> bool:
    """Whether a value is known with all that is in it."""
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else []
    return value is not UNKNOWN and all(map(is_known, parts))


def entries(value: Any) -> list[Any]:
    """The entries of a list; none where it is left out or not known."""
    return value if isinstance(value, list) else []


def items(value: Any) -> list[tuple[str, Any]]:
    """The entries of a map; none where it is left out or not known."""
    return list(value.items()) if isinstance(value, Mapping) else []


def _element(container: Any, key: Any) -> Any:
    # The SDK raises wherever a value is read that is not known.
    try:
        return plain(container[key])
    except UnknownValueError:
        return UNKNOWN
