"""The engine's protocol: the calls of `ResourceProvider`, mapped to resource types and properties."""

# ruff: noqa: N802, ARG002  # names and arguments are the protocol's

import functools
import json
import logging
import traceback
from collections.abc import Callable
from typing import Any, Generic

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from localcloud.provider.diff import Kind
from localcloud.provider.errors import ProviderError
from localcloud.provider.ignored import keep_ignored
from localcloud.provider.package import Package
from localcloud.provider.property_map import Path, PropertyMap
from localcloud.provider.resource import Client, Resource
from localcloud.provider.wire import Properties, decode, encode

LOG = logging.getLogger(__name__)
KINDS = {
    (Kind.ADD, False): provider_pb2.PropertyDiff.ADD,
    (Kind.ADD, True): provider_pb2.PropertyDiff.ADD_REPLACE,
    (Kind.DELETE, False): provider_pb2.PropertyDiff.DELETE,
    (Kind.DELETE, True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    (Kind.UPDATE, False): provider_pb2.PropertyDiff.UPDATE,
    (Kind.UPDATE, True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}
# Shorter secrets are not redacted, because they may occur in ordinary words.
REDACTED_FROM_CHARACTERS = 4


def _report_errors(method: Callable[..., Any]) -> Callable[..., Any]:
    """Converts exceptions to one-sentence errors. For a defect only its location is shown, never a value."""

    @functools.wraps(method)
    def wrapper(self: "Servicer[Any]", request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except ProviderError as error:
            context.abort(grpc.StatusCode.UNKNOWN, _redacted(str(error), request, self.package))
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            LOG.error("%s in\n%s", type(error).__name__, "".join(traceback.format_list(frames)))
            where = f"{frames[-1].name}, line {frames[-1].lineno} of {frames[-1].filename.rsplit('/', 1)[-1]}"
            context.abort(
                grpc.StatusCode.INTERNAL,
                f"The local cloud's provider failed in {method.__name__}: {type(error).__name__} in {where}. "
                "This is a defect of the provider.",
            )

    return wrapper


class Servicer(provider_pb2_grpc.ResourceProviderServicer, Generic[Client]):
    """Serves one package. The last configuration applies to all calls, because one process serves one API."""

    def __init__(self, package: Package[Client]) -> None:
        self.package = package
        self._client: Client | None = None

    @_report_errors
    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True, accept_outputs=True)

    @_report_errors
    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=self.package.version)

    @_report_errors
    def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    @_report_errors
    def Cancel(self, request: Any, context: Any) -> Any:
        """Does nothing, because running calls end within their timeouts, and other engines may use this process."""
        return empty_pb2.Empty()

    @_report_errors
    def GetSchema(self, request: Any, context: Any) -> Any:
        schema = {
            "name": self.package.name,
            "version": self.package.version,
            "resources": {token: {} for token in sorted(self.package.resources)},
            "functions": {token: {} for token in sorted(self.package.functions)},
        }
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))

    @_report_errors
    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    @_report_errors
    def DiffConfig(self, request: Any, context: Any) -> Any:
        same = decode(request.old_inputs).values == decode(request.news).values
        kind = provider_pb2.DiffResponse.DIFF_NONE if same else provider_pb2.DiffResponse.DIFF_SOME
        return provider_pb2.DiffResponse(changes=kind)

    @_report_errors
    def Configure(self, request: Any, context: Any) -> Any:
        config = {key: value for key, value in decode(request.args).values.items() if isinstance(value, str)}
        self._client = self.package.connect(config)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, acceptResources=True, acceptOutputs=True, supportsPreview=True
        )

    @_report_errors
    def Check(self, request: Any, context: Any) -> Any:
        inputs = decode(request.news)
        failures = [
            provider_pb2.CheckFailure(property=fault.property, reason=fault.reason)
            for fault in self._resource(request).input_errors(inputs.values)
        ]
        return provider_pb2.CheckResponse(inputs=encode(inputs.values, inputs.secrets), failures=failures)

    @_report_errors
    def Diff(self, request: Any, context: Any) -> Any:
        resource = self._resource(request)
        old, state, new = (decode(part).values for part in (request.old_inputs, request.olds, request.news))
        new = keep_ignored(new, state, request.ignoreChanges)
        changes = list(resource.changes(state, new))
        replaces = [name for name, _ in changes if resource.needs_replacement(name, state, new)]
        some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=some if changes else none,
            diffs=sorted({name for name, _ in changes}),
            replaces=sorted(set(replaces)),
            hasDetailedDiff=True,
            detailedDiff={
                change.path: provider_pb2.PropertyDiff(
                    kind=KINDS[change.kind, name in replaces], inputDiff=name in old or name in new
                )
                for name, change in changes
            },
        )

    @_report_errors
    def Create(self, request: Any, context: Any) -> Any:
        resource = self._resource(request)
        inputs = decode(request.properties)
        if request.preview:
            state = self._encoded(resource, resource.preview(inputs.values), inputs.secrets)
            return provider_pb2.CreateResponse(properties=state)
        id_, state = resource.create(self._connected(), inputs.values)
        return provider_pb2.CreateResponse(id=id_, properties=self._encoded(resource, state, inputs.secrets))

    @_report_errors
    def Read(self, request: Any, context: Any) -> Any:
        resource = self._resource(request)
        state, inputs = decode(request.properties), decode(request.inputs)
        is_import = not state.values
        prior = resource.parse_import_id(request.id) if is_import else state.values | {"id": request.id}
        now = resource.read(self._connected(), prior)
        if now is None:
            return provider_pb2.ReadResponse()
        now = resource.normalize(now, state.values)
        secrets = state.secrets | inputs.secrets
        read = resource.inputs_of_import(now) if not inputs.values else resource.refresh_inputs(inputs.values, now)
        return provider_pb2.ReadResponse(
            id=resource.id_of(now),
            properties=self._encoded(resource, now, secrets),
            inputs=encode(read, secrets | resource.sensitive if is_import else inputs.secrets),
        )

    @_report_errors
    def Update(self, request: Any, context: Any) -> Any:
        resource = self._resource(request)
        state, new = decode(request.olds), decode(request.news)
        declared = keep_ignored(new.values, state.values, request.ignoreChanges)
        if request.preview:
            now = resource.preview(declared, state.values)
        else:
            now = resource.update(self._connected(), state.values | {"id": request.id}, declared)
        return provider_pb2.UpdateResponse(properties=self._encoded(resource, now, new.secrets))

    @_report_errors
    def Delete(self, request: Any, context: Any) -> Any:
        state = decode(request.properties).values | {"id": request.id}
        self._resource(request).delete(self._connected(), state)
        return empty_pb2.Empty()

    @_report_errors
    def Invoke(self, request: Any, context: Any) -> Any:
        function = self.package.function(request.tok)
        arguments = decode(request.args)
        result = function.call(self._connected(), arguments.values)
        return provider_pb2.InvokeResponse(**{"return": encode(result, arguments.secrets | function.sensitive)})

    def _resource(self, request: Any) -> Resource[Client]:
        return self.package.resource(_type_of(request.urn))

    def _connected(self) -> Client:
        """Returns the client. Without a configuration it is created from the environment."""
        client = self.package.connect({}) if self._client is None else self._client
        self._client = client
        return client

    def _encoded(self, resource: Resource[Client], state: PropertyMap, secrets: frozenset[Path]) -> struct_pb2.Struct:
        return encode(state, secrets | resource.sensitive)


def _type_of(urn: str) -> str:
    """Returns the type of a URN: `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def _redacted(message: str, request: Any, package: Package[Any]) -> str:
    """Returns the message without secrets of the request, which the API may have repeated."""
    row = package.resources.get(_type_of(request.urn)) if getattr(request, "urn", "") else None
    structs = [getattr(request, name, None) for name in ("properties", "inputs", "news", "olds", "args")]
    for struct in filter(None, structs):
        properties: Properties = decode(struct)
        for secret in properties.secret_texts(row.sensitive if row else ()):
            if len(secret) >= REDACTED_FROM_CHARACTERS:
                message = message.replace(secret, "[secret]")
    return message
