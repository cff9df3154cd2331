"""Serves the resources with dynamic providers: resources at Neon, at Prisma and on Postgres servers.

In a Python program the engine runs these providers in the program's own Python. A program in another language has no
Python with these modules. For such a program the plugin itself serves the resources, under the type that they have in
every language.
"""

import asyncio
import base64
import io
import pickle
from collections.abc import Mapping

from google.protobuf.struct_pb2 import Struct
from pulumi.dynamic import Config, ConfigureRequest, ResourceProvider
from pulumi.runtime import proto as wire
from pulumi.runtime import rpc

from edge_postgres.core.json_types import Json
from edge_postgres.core.wire import SECRET, SIGNATURE

PACKAGE = "pulumi-python"
"""The package in the type tokens of dynamic resources."""

PROVIDER = "__provider"
"""The property that contains the pickled provider of a resource."""

STATE_PATHS = frozenset(
    {
        "edge_postgres.origins.neon.providers.BranchProvider",
        "edge_postgres.origins.neon.providers.DatabaseProvider",
        "edge_postgres.origins.neon.providers.DefaultBranchProvider",
        "edge_postgres.origins.neon.providers.ProjectProvider",
        "edge_postgres.origins.neon.providers.RoleProvider",
        "edge_postgres.origins.prisma.providers.ConnectionProvider",
        "edge_postgres.origins.prisma.providers.DatabaseProvider",
        "edge_postgres.origins.prisma.providers.ProjectProvider",
        "edge_postgres.postgres.providers.PostgresDatabaseProvider",
        "edge_postgres.postgres.providers.PostgresRoleProvider",
    }
)
"""The paths of all dynamic providers. The state of users' stacks contains them, so they never change."""

SETTINGS = {
    "neonApiKey": "neon:apiKey",
    "neonApiBaseUrl": "neon:apiBaseUrl",
    "prismaServiceToken": "prisma:serviceToken",
    "prismaApiBaseUrl": "prisma:apiBaseUrl",
}
"""Settings of the plugin (`edge-postgres:neonApiKey`), and their names in the configuration of a Python program."""


class ProviderUnpickler(pickle.Unpickler):
    """Loads a provider from the state. It loads no other class and no function."""

    def find_class(self, module: str, name: str) -> type[ResourceProvider]:
        """Returns the class of a provider. Raises `UnpicklingError` for every other path."""
        if f"{module}.{name}" not in STATE_PATHS:
            raise pickle.UnpicklingError(f"{module}.{name} is not a dynamic provider of this package")
        found: type[ResourceProvider] = super().find_class(module, name)
        return found


class OwnResources:
    """Answers the engine's calls for dynamic resources with the dynamic provider of each resource."""

    def __init__(self) -> None:
        self._config: dict[str, str] = {}
        self._providers: dict[str, ResourceProvider] = {}

    def configure(self, settings: Struct) -> None:
        values, _ = deserialize(settings)
        self._config = {SETTINGS[key]: str(value) for key, value in values.items() if key in SETTINGS}
        self._providers.clear()

    def check(self, request: wire.CheckRequest) -> wire.CheckResponse:
        (olds, _), (news, secret) = deserialize(request.olds), deserialize(request.news)
        result = self._load_provider(news, olds).check(olds, news)
        failures = [wire.CheckFailure(property=each.property, reason=each.reason) for each in result.failures]
        inputs = {**result.inputs, PROVIDER: news[PROVIDER]}
        return wire.CheckResponse(inputs=serialize(inputs, secret), failures=failures)

    def diff(self, request: wire.DiffRequest) -> wire.DiffResponse:
        (olds, _), (news, _) = deserialize(request.olds), deserialize(request.news)
        result = self._load_provider(news, olds).diff(request.id, olds, news)
        return wire.DiffResponse(
            changes=wire.DiffResponse.DIFF_SOME if result.changes else wire.DiffResponse.DIFF_NONE,
            replaces=result.replaces or [],
            deleteBeforeReplace=bool(result.delete_before_replace),
        )

    def create(self, request: wire.CreateRequest) -> wire.CreateResponse:
        props, secret = deserialize(request.properties)
        result = self._load_provider(props).create(props)
        outs = {**(result.outs or {}), PROVIDER: props[PROVIDER]}
        return wire.CreateResponse(id=result.id, properties=serialize(outs, secret))

    def read(self, request: wire.ReadRequest) -> wire.ReadResponse:
        (inputs, secret_inputs), (props, secret) = deserialize(request.inputs), deserialize(request.properties)
        result = self._load_provider(props, inputs).read(request.id, props or inputs)
        provider = {PROVIDER: (props or inputs)[PROVIDER]}
        new_inputs = inputs if result.inputs is None else result.inputs
        return wire.ReadResponse(
            id=result.id or "",  # An empty ID reports that the resource does not exist.
            properties=serialize({**(result.outs or {}), **provider}, secret | secret_inputs),
            inputs=serialize({**new_inputs, **provider}, secret | secret_inputs),
        )

    def update(self, request: wire.UpdateRequest) -> wire.UpdateResponse:
        (olds, _), (news, secret) = deserialize(request.olds), deserialize(request.news)
        result = self._load_provider(news).update(request.id, olds, news)
        outs = {**(result.outs or {}), PROVIDER: news[PROVIDER]}
        return wire.UpdateResponse(properties=serialize(outs, secret))

    def delete(self, request: wire.DeleteRequest) -> None:
        props, _ = deserialize(request.properties)
        self._load_provider(props).delete(request.id, props)

    def _load_provider(self, *properties: Json) -> ResourceProvider:
        """Returns the provider from the first of the properties that contain one.

        In a preview, the new properties can lack the provider, and the old properties have it.
        """
        pickled = next(value for each in properties if isinstance(value := each.get(PROVIDER), str))
        if pickled not in self._providers:
            provider: ResourceProvider = ProviderUnpickler(io.BytesIO(base64.b64decode(pickled))).load()
            provider.configure(ConfigureRequest(Config(self._config, "edge-postgres")))
            self._providers[pickled] = provider
        return self._providers[pickled]


def deserialize(sent: Struct) -> tuple[Json, set[str]]:
    """Returns the values of a message, and the names of the secrets among the values."""
    values: Json = {}
    secret: set[str] = set()
    for key, value in sent.items():
        # The SDK would replace an unknown value in the envelope of a secret with None (`rpc.py` of pulumi 3.259.0).
        is_secret = isinstance(value, Struct) and SIGNATURE in value and value[SIGNATURE] == SECRET
        found = rpc.deserialize_property(value["value"] if is_secret else value, keep_unknowns=True)
        if is_secret or rpc.is_rpc_secret(found):
            secret.add(key)
        if found is not None:
            values[key] = rpc.unwrap_rpc_secret(found)
    return values, secret


def serialize(values: Mapping[str, object], secret: set[str]) -> Struct:
    """Returns the values as a message, in which the values with the names in `secret` are secrets."""
    marked = {key: rpc.wrap_rpc_secret(value) if key in secret else value for key, value in values.items()}
    return asyncio.run(rpc.serialize_properties(marked, {}))
