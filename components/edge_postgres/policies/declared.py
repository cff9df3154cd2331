"""A resource in the form that the policy rules read: plain values, and `UNKNOWN` for a value that is not known yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pulumi_policy import PolicyResource, ResourceValidationArgs
from pulumi_policy.proxy import UnknownValueError

from edge_postgres.core.json_types import Json


class Unknown:
    """Type of `UNKNOWN`, a value that is known only during the update."""


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Resource:
    """One resource. `properties` has its inputs for a `ResourceRule`, and its outputs for a `StackRule`.

    The SDK passes secrets as plain text among the properties, and does not show which of them are secrets. Therefore no
    message contains a value that could be a secret.
    """

    type: str
    name: str
    urn: str
    properties: Json
    protect: bool = False
    delete_before_replace: bool | None = None
    provider: Json = field(default_factory=dict)
    """Configuration of the provider that creates the resource."""
    dependencies: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """URNs of the resources on which each property depends; known only to a rule about the whole stack."""

    @property
    def stack(self) -> str:
        """Name of the stack, from the URN."""
        return self.urn.split("::")[0].rsplit(":", 1)[-1]

    def at(self, path: str) -> Any:
        """Returns the value at a path such as `origin.host`: None if absent, `UNKNOWN` if not known yet."""
        found: Any = self.properties
        for key in path.split("."):
            if not isinstance(found, Mapping):
                return found if found is UNKNOWN else None
            found = found.get(key)
        return found


def read_resource(given: ResourceValidationArgs | PolicyResource) -> Resource:
    """Converts a resource from the form of the SDK to the form that the policy rules read. Returns the result."""
    dependencies = given.property_dependencies if isinstance(given, PolicyResource) else {}
    return Resource(
        type=given.resource_type,
        name=given.name,
        urn=given.urn,
        properties=to_plain(given.props),
        protect=given.opts.protect,
        delete_before_replace=given.opts.delete_before_replace,
        provider=to_plain(given.provider.props) if given.provider else {},
        dependencies={key: frozenset(found.urn for found in resources) for key, resources in dependencies.items()},
    )


def to_plain(value: Any) -> Any:
    """Returns the value as dictionaries and lists, with `UNKNOWN` for each part that is not known yet."""
    if isinstance(value, Mapping):
        return {key: _element(value, key) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_element(value, index) for index in range(len(value))]
    return value


def is_known(value: object) -> bool:
    """Returns whether a value and all of its parts are known."""
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else []
    return value is not UNKNOWN and all(map(is_known, parts))


def entries(value: object) -> list[Any]:
    """Returns the entries of a list, or an empty list if the value is omitted or not known."""
    return value if isinstance(value, list) else []


def items(value: object) -> list[tuple[str, Any]]:
    """Returns the keys and values of a map, or an empty list if the map is omitted or not known."""
    return list(value.items()) if isinstance(value, Mapping) else []


def _element(container: Any, key: str | int) -> object:
    # The SDK raises an error when this code reads a value that is not known yet.
    try:
        return to_plain(container[key])
    except UnknownValueError:
        return UNKNOWN
