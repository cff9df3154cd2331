"""The resources of an exported state, with decrypted values and their paths in the stack file."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from edge_postgres.core.json_types import Json, JsonValue
from edge_postgres.stack.drift.api import DriftError

# Source: `SigKey` and `SecretSig` in `sdk/go/common/resource/properties.go` of github.com/pulumi/pulumi at v3.259.0.
_SIGNATURE, _SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
_SECTIONS = {
    "edge-postgres:index:Worker": "workers",
    "edge-postgres:index:WorkerRollout": "workers",
    "edge-postgres:index:PagesProject": "pages",
}
"""Sections of the stack file by component. The stack program names a component by its key in the section."""


@dataclass(frozen=True)
class Resource:
    """A resource of the state. ``inputs`` and ``outputs`` have Pulumi's names, and can contain secrets."""

    urn: str
    id: str
    parent: str
    provider: str
    modified: str
    inputs: Json = field(repr=False)
    outputs: Json = field(repr=False)

    @property
    def type(self) -> str:
        """The type token, such as `cloudflare:index/workersScript:WorkersScript`."""
        return _type_and_name(self.urn)[0]

    @property
    def path(self) -> str:
        """Path of the component in the stack file; type and name of a resource outside of the components."""
        type_, name = _type_and_name(self.parent) if self.parent else ("", "")
        if type_ in _SECTIONS:
            return f"{_SECTIONS[type_]}.{name}"
        type_, name = _type_and_name(self.urn)
        return f"{type_.rpartition(':')[2]} `{name}`"


@dataclass(frozen=True)
class State:
    """All resources of a stack."""

    resources: list[Resource]

    def of_type(self, type_: str) -> Iterator[Resource]:
        """Yields the resources with a type token."""
        yield from (each for each in self.resources if each.type == type_)

    def provider_of(self, resource: Resource) -> Json:
        """Returns the configuration of the provider with which the engine refreshes a resource. It can have secrets."""
        urn = resource.provider.rpartition("::")[0]
        return next((each.inputs for each in self.resources if each.urn == urn), {})

    def name_of(self, id_: JsonValue) -> str:
        """Returns the name of the Hyperdrive configuration with an ID; empty if the stack has no such configuration."""
        found = self.of_type("cloudflare:index/hyperdriveConfig:HyperdriveConfig")
        return next((str(each.inputs.get("name", "")) for each in found if each.id == id_), "")


def read_state(export: Json) -> State:
    """Returns the resources of an export, without those that wait for their deletion.

    Args:
        export: Output of `pulumi stack export --show-secrets`.

    Raises:
        DriftError: The state has encrypted values.
    """
    resources = (export.get("deployment") or {}).get("resources") or []
    return State([_read(each) for each in resources if not each.get("delete") and not each.get("external")])


def _read(record: Mapping[str, JsonValue]) -> Resource:
    return Resource(
        record["urn"],
        record.get("id", ""),
        record.get("parent", ""),
        record.get("provider", ""),
        record.get("modified", ""),
        _decrypted(record.get("inputs") or {}),
        _decrypted(record.get("outputs") or {}),
    )


def _decrypted(value: JsonValue) -> JsonValue:
    """Returns a value with the plain text of its secrets."""
    if isinstance(value, list):
        return [_decrypted(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get(_SIGNATURE) == _SECRET:
        if "plaintext" not in value:
            raise DriftError("The state has encrypted values. Run `pulumi stack export --show-secrets`.")
        return _decrypted(json.loads(value["plaintext"]))
    return {key: _decrypted(each) for key, each in value.items()}


def _type_and_name(urn: str) -> tuple[str, str]:
    *_, types, name = urn.split("::", 3)
    return types.rpartition("$")[2], name
