"""Calls a provider over gRPC and stores states as Pulumi's engine does."""

from dataclasses import dataclass, field
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from localcloud.provider.property_map import PropertyMap
from localcloud.provider.wire import decode, encode

SOME = provider_pb2.DiffResponse.DIFF_SOME


def secret(value: Any) -> "Secret":
    return Secret(value)


@dataclass(frozen=True)
class Secret:
    value: Any


@dataclass(frozen=True)
class Deployed:
    """A resource in the engine's state."""

    urn: str
    id: str
    wire_inputs: Any
    wire_state: Any

    @property
    def inputs(self) -> PropertyMap:
        return decode(self.wire_inputs).values

    @property
    def state(self) -> PropertyMap:
        return decode(self.wire_state).values

    @property
    def secrets(self) -> set[str]:
        return {".".join(path) for path in decode(self.wire_state).secrets}

    @property
    def secret_inputs(self) -> set[str]:
        return {".".join(path) for path in decode(self.wire_inputs).secrets}


@dataclass(frozen=True)
class Differences:
    changes: bool
    replaces: list[str]
    detailed: dict[str, str]


@dataclass(frozen=True)
class Engine:
    provider: Any = field(repr=False)

    @classmethod
    def attach(cls, port: int) -> "Engine":
        return cls(provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel(f"127.0.0.1:{port}")))

    def configure(self, **config: str) -> None:
        self.provider.Configure(provider_pb2.ConfigureRequest(args=encode(config), acceptSecrets=True))

    def failures(self, token: str, inputs: PropertyMap) -> dict[str, str]:
        answer = self.provider.Check(provider_pb2.CheckRequest(urn=urn_of(token), news=wired(inputs)))
        return {failure.property: failure.reason for failure in answer.failures}

    def create(self, token: str, inputs: PropertyMap, *, preview: bool = False) -> Deployed:
        checked = self._checked(urn_of(token), inputs)
        answer = self.provider.Create(
            provider_pb2.CreateRequest(urn=urn_of(token), properties=checked, preview=preview)
        )
        return Deployed(urn_of(token), answer.id, checked, answer.properties)

    def diff(self, old: Deployed, inputs: PropertyMap) -> Differences:
        answer = self.provider.Diff(
            provider_pb2.DiffRequest(
                urn=old.urn,
                id=old.id,
                olds=old.wire_state,
                old_inputs=old.wire_inputs,
                news=self._checked(old.urn, inputs),
            )
        )
        kinds = {path: provider_pb2.PropertyDiff.Kind.Name(found.kind) for path, found in answer.detailedDiff.items()}
        return Differences(answer.changes == SOME, list(answer.replaces), kinds)

    def update(
        self, old: Deployed, inputs: PropertyMap, *, preview: bool = False, ignored: tuple[str, ...] = ()
    ) -> Deployed:
        checked = self._checked(old.urn, inputs)
        answer = self.provider.Update(
            provider_pb2.UpdateRequest(
                urn=old.urn,
                id=old.id,
                olds=old.wire_state,
                old_inputs=old.wire_inputs,
                news=checked,
                preview=preview,
                ignoreChanges=ignored,
            )
        )
        return Deployed(old.urn, old.id, checked, answer.properties)

    def refresh(self, old: Deployed) -> Deployed | None:
        """Refreshes a resource. Returns None if it was deleted."""
        return self._read(old.urn, old.id, properties=old.wire_state, inputs=old.wire_inputs)

    def import_(self, token: str, import_id: str) -> Deployed | None:
        return self._read(urn_of(token), import_id)

    def delete(self, old: Deployed) -> None:
        self.provider.Delete(
            provider_pb2.DeleteRequest(urn=old.urn, id=old.id, properties=old.wire_state, old_inputs=old.wire_inputs)
        )

    def invoke(self, token: str, arguments: PropertyMap) -> Any:
        answer = self.provider.Invoke(provider_pb2.InvokeRequest(tok=token, args=wired(arguments)))
        return decode(getattr(answer, "return"))

    def _checked(self, urn: str, inputs: PropertyMap) -> Any:
        answer = self.provider.Check(provider_pb2.CheckRequest(urn=urn, news=wired(inputs)))
        assert not answer.failures, answer.failures
        return answer.inputs

    def _read(self, urn: str, id_: str, **known: Any) -> Deployed | None:
        answer = self.provider.Read(provider_pb2.ReadRequest(urn=urn, id=id_, **known))
        return Deployed(urn, answer.id, answer.inputs, answer.properties) if answer.id else None


def urn_of(token: str) -> str:
    return f"urn:pulumi:test::project::pkg:index:Parent${token}::name"


def wired(inputs: PropertyMap) -> Any:
    secrets: set[tuple[str, ...]] = set()
    return encode(_revealed(inputs, (), secrets), secrets)


def _revealed(value: Any, path: tuple[str, ...], secrets: set[tuple[str, ...]]) -> Any:
    if isinstance(value, Secret):
        secrets.add(path)
        return _revealed(value.value, path, secrets)
    if isinstance(value, dict):
        return {key: _revealed(item, (*path, key), secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [_revealed(item, (*path, "*"), secrets) for item in value]
    return value


def message_of(error: grpc.RpcError) -> str:
    return str(error.details())
