"""Resources that the components bring their own providers for: Neon's, Prisma's, roles and databases of Postgres.

In a Python program the engine runs them by the program's own Python. A program in another language has none with these
modules, so there the plugin serves them itself, under the type that they have everywhere.
"""

import asyncio
import base64
import io
import pickle
from collections.abc import Mapping
from typing import Any

from google.protobuf.struct_pb2 import Struct
from pulumi.dynamic import Config, ConfigureRequest, ResourceProvider
from pulumi.runtime import proto as wire
from pulumi.runtime import rpc

PACKAGE = "pulumi-python"
"""The package of their types."""

PROVIDER = "__provider"
"""The property by which such a resource names its provider."""

HOME = "edge_postgres."
"""Where those providers are."""

SETTINGS = {
    "neonApiKey": "neon:apiKey",
    "neonApiBaseUrl": "neon:apiBaseUrl",
    "prismaServiceToken": "prisma:serviceToken",
    "prismaApiBaseUrl": "prisma:apiBaseUrl",
}
"""What the plugin is configured with, `edge-postgres:neonApiKey`, and what that is called in a Python program."""

Properties = dict[str, Any]


class Kept(pickle.Unpickler):
    """Reads a provider as states keep it: by the path of its class, which is one of ours."""

    def find_class(self, module: str, name: str) -> Any:
        if not module.startswith(HOME):
            raise pickle.UnpicklingError(f"{module}.{name} is no provider of this package")
        return super().find_class(module, name)


class OwnResources:
    """What the engine asks of them, answered by their providers."""

    def __init__(self) -> None:
        self._config: dict[str, str] = {}
        self._providers: dict[str, ResourceProvider] = {}

    def configure(self, settings: Struct) -> None:
        values, _ = opened(settings)
        self._config = {SETTINGS[key]: str(value) for key, value in values.items() if key in SETTINGS}
        self._providers.clear()

    def check(self, request: wire.CheckRequest) -> wire.CheckResponse:
        (olds, _), (news, secret) = opened(request.olds), opened(request.news)
        result = self._provider(news, olds).check(olds, news)
        failures = [wire.CheckFailure(property=each.property, reason=each.reason) for each in result.failures]
        inputs = {**result.inputs, PROVIDER: news[PROVIDER]}
        return wire.CheckResponse(inputs=closed(inputs, secret), failures=failures)

    def diff(self, request: wire.DiffRequest) -> wire.DiffResponse:
        (olds, _), (news, _) = opened(request.olds), opened(request.news)
        result = self._provider(news, olds).diff(request.id, olds, news)
        return wire.DiffResponse(
            changes=wire.DiffResponse.DIFF_SOME if result.changes else wire.DiffResponse.DIFF_NONE,
            replaces=result.replaces or [],
            deleteBeforeReplace=bool(result.delete_before_replace),
        )

    def create(self, request: wire.CreateRequest) -> wire.CreateResponse:
        props, secret = opened(request.properties)
        result = self._provider(props).create(props)
        outs = {**(result.outs or {}), PROVIDER: props[PROVIDER]}
        return wire.CreateResponse(id=result.id, properties=closed(outs, secret))

    def read(self, request: wire.ReadRequest) -> wire.ReadResponse:
        (inputs, secret_inputs), (props, secret) = opened(request.inputs), opened(request.properties)
        result = self._provider(props, inputs).read(request.id, props or inputs)
        kept = {PROVIDER: (props or inputs)[PROVIDER]}
        return wire.ReadResponse(
            id=result.id or "",  # none: it is gone
            properties=closed({**(result.outs or {}), **kept}, secret | secret_inputs),
            inputs=closed({**(inputs if result.inputs is None else result.inputs), **kept}, secret | secret_inputs),
        )

    def update(self, request: wire.UpdateRequest) -> wire.UpdateResponse:
        (olds, _), (news, secret) = opened(request.olds), opened(request.news)
        result = self._provider(news).update(request.id, olds, news)
        return wire.UpdateResponse(properties=closed({**(result.outs or {}), PROVIDER: news[PROVIDER]}, secret))

    def delete(self, request: wire.DeleteRequest) -> None:
        props, _ = opened(request.properties)
        self._provider(props).delete(request.id, props)

    def _provider(self, *properties: Mapping[str, Any]) -> ResourceProvider:
        """The one that the first of these names; in a preview only the old ones may name it."""
        kept = next(name for each in properties if isinstance(name := each.get(PROVIDER), str))
        if kept not in self._providers:
            provider: ResourceProvider = Kept(io.BytesIO(base64.b64decode(kept))).load()
            provider.configure(ConfigureRequest(Config(self._config, "edge-postgres")))
            self._providers[kept] = provider
        return self._providers[kept]


def opened(sent: Struct) -> tuple[Properties, set[str]]:
    """The values, and the names of those that are secrets."""
    values = rpc.deserialize_properties(sent, keep_unknowns=True)
    secret = {key for key, value in values.items() if rpc.is_rpc_secret(value)}
    return {key: rpc.unwrap_rpc_secret(value) for key, value in values.items()}, secret


def closed(values: Mapping[str, Any], secret: set[str]) -> Struct:
    """The values for the wire; those named are secrets there."""
    marked = {key: rpc.wrap_rpc_secret(value) if key in secret else value for key, value in values.items()}
    return asyncio.run(rpc.serialize_properties(marked, {}))
