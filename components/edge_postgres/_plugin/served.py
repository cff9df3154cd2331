"""The gRPC service of the plugin: construction of components, and providers of their dynamic resources."""
# ruff: noqa: N802 - gRPC names the methods

import asyncio
import functools
import json
import re
from collections.abc import Callable
from typing import TypeVar, cast

import grpc
import pulumi
from google.protobuf.empty_pb2 import Empty
from pulumi.provider.experimental.analyzer import ComponentDefinition, PropertyDefinition, TypeDefinition
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.provider import ConstructResult
from pulumi.provider.server import ComponentInitError, ProviderServicer
from pulumi.resource import DependencyProviderResource
from pulumi.runtime import proto as wire
from pulumi.runtime.proto.provider_pb2_grpc import add_ResourceProviderServicer_to_server

from edge_postgres._plugin.inherited_docs import add_inherited_docs
from edge_postgres._plugin.own_resources import PACKAGE, OwnResources
from edge_postgres.core.args import snake_case
from edge_postgres.core.errors import SPELLING
from edge_postgres.core.json_types import Json
from edge_postgres.core.wire import reveal
from edge_postgres.origin.contract import PostgresOrigin

Context = grpc.aio.ServicerContext[object, object]
Request = TypeVar("Request")
Response = TypeVar("Response")

MAX_MESSAGE_BYTES = 400 * 1024 * 1024
"""The engine's limit for the size of a gRPC message."""


class Components(ComponentProvider):
    """Provider of the components. It also registers as the provider of the components' dynamic resources."""

    reference = ""
    """URN and ID of the plugin's provider resource in the engine."""

    def __init__(self, components: list[type[pulumi.ComponentResource]], name: str, version: str) -> None:
        super().__init__(components, name, version=version)
        schema = json.loads(self.schema or "")
        # Without this option, Pulumi's generator for Go refers to a type that it does not generate if an object is only
        # the value of a plain map (pkg/v3 v3.259.0, `SecretsStore.secrets`). No program in Go would compile.
        schema["language"]["go"]["generateExtraInputTypes"] = True
        add_inherited_docs(schema, {f"{name}:index:{component.__name__}": component for component in components})
        self.schema = json.dumps(schema)

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: pulumi.Inputs,
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """Creates a component. The plugin itself is the provider of the component's dynamic resources."""
        itself = DependencyProviderResource(self.reference)
        itself.package = PACKAGE
        own = pulumi.ResourceOptions(providers=[itself])
        SPELLING.set(self.spell)
        try:
            return super().construct(name, resource_type, inputs, pulumi.ResourceOptions.merge(options, own))
        except ComponentInitError as error:
            if isinstance(error.inner, pulumi.RunError):
                # The SDK would show a traceback. The message of a validation error is complete without it.
                raise pulumi.InputPropertiesError(str(error.inner), []) from None
            raise

    def spell(self, message: str) -> str:
        """Returns a message in which the names of arguments are in camel case, as in the schema."""
        return re.sub(r"(?<=[`.])[a-z]+(?:_[a-z0-9]+)+\b", lambda name: self._spelled.get(name[0], name[0]), message)

    @functools.cached_property
    def _spelled(self) -> dict[str, str]:
        """The names of arguments and fields in the schema, by their name in Python."""
        shapes = [each["inputProperties"] for each in json.loads(self.schema or "")["resources"].values()]
        shapes += [each.get("properties", {}) for each in json.loads(self.schema or "")["types"].values()]
        return {snake_case(name): name for shape in shapes for name in shape}

    def map_input_properties(
        self,
        inputs: pulumi.Inputs,
        properties: dict[str, PropertyDefinition],
        mapping: dict[str, str],
        component_name: str,
        property_path: str,
    ) -> pulumi.Inputs:
        """Returns arguments with the names and types of Python.

        An origin can be an Output as a whole, which the component takes apart. Another object, or a plain value, must
        not be an Output, because the SDK would drop it silently or pass it on without a conversion.
        """
        whole: object = inputs
        if isinstance(whole, pulumi.Output):
            # An origin in a map, such as a slot.
            return cast("pulumi.Inputs", pulumi.Output.secret(whole.apply(reveal)))
        origins: dict[str, pulumi.Output[object]] = {}
        for name, value in inputs.items() if isinstance(inputs, dict) else ():
            declared = properties.get(name)
            if declared is None or not isinstance(value, pulumi.Output):
                continue
            if self._is_origin(declared):
                # The SDK leaves secrets within an Output in their envelopes.
                origins[name] = pulumi.Output.secret(value.apply(reveal))
            elif declared.plain or self._shape(declared):
                raise pulumi.InputPropertyError(
                    f"{property_path}.{name}" if property_path else name,
                    "must not be an Output as a whole. Set a plain value. The fields of an object can be Outputs.",
                )
        others = {name: value for name, value in inputs.items() if name not in origins}
        declared_others = {name: declared for name, declared in properties.items() if name not in origins}
        mapped = super().map_input_properties(others, declared_others, mapping, component_name, property_path)
        return {**mapped, **{mapping[name]: value for name, value in origins.items()}}

    def get_state(self, instance: pulumi.ComponentResource, component_def: ComponentDefinition) -> Json:
        """Returns the outputs of a component.

        Converts the keys of objects in maps, which the SDK leaves in Python's form. Each origin becomes one Output,
        because the SDK for YAML loses the fields of an object that are Outputs themselves.
        """
        state = super().get_state(instance, component_def)
        for name, output in component_def.outputs.items():
            inner = output.additional_properties
            if name in state and inner and (shape := self._shape(inner)):
                state[name] = {key: self.map_complex_output(each, shape) for key, each in state[name].items()}
                if self._is_origin(inner):
                    state[name] = {key: pulumi.Output.from_input(each) for key, each in state[name].items()}
            elif name in state and self._is_origin(output):
                state[name] = pulumi.Output.from_input(state[name])
        return state

    def _is_origin(self, declared: PropertyDefinition) -> bool:
        shape = self._shape(declared)
        return shape is not None and shape.name == PostgresOrigin.__name__

    def _shape(self, declared: PropertyDefinition) -> TypeDefinition | None:
        """Returns the definition of an object type; None for an enum and other types."""
        found = self.get_type_definition(declared) if declared.ref else None
        return found if found and not found.enum else None


class Servicer(ProviderServicer):
    """The service of the SDK, with the operations of dynamic resources."""

    def __init__(self, components: Components, engine_address: str) -> None:
        super().__init__(components, [], engine_address)
        self.components = components
        self.own = OwnResources()

    async def Configure(self, request: wire.ConfigureRequest, context: Context) -> wire.ConfigureResponse:
        self.components.reference = f"{request.urn}::{request.id}"
        self.own.configure(request.args)
        return await super().Configure(request, context)

    async def Check(self, request: wire.CheckRequest, context: Context) -> wire.CheckResponse:
        return await answer_request(self.own.check, request, context)

    async def Diff(self, request: wire.DiffRequest, context: Context) -> wire.DiffResponse:
        return await answer_request(self.own.diff, request, context)

    async def Create(self, request: wire.CreateRequest, context: Context) -> wire.CreateResponse:
        return await answer_request(self.own.create, request, context)

    async def Read(self, request: wire.ReadRequest, context: Context) -> wire.ReadResponse:
        return await answer_request(self.own.read, request, context)

    async def Update(self, request: wire.UpdateRequest, context: Context) -> wire.UpdateResponse:
        return await answer_request(self.own.update, request, context)

    async def Delete(self, request: wire.DeleteRequest, context: Context) -> Empty:
        await answer_request(self.own.delete, request, context)
        return Empty()


async def answer_request(answer: Callable[[Request], Response], request: Request, context: Context) -> Response:
    """Runs an operation in a thread and returns its answer. The engine receives errors without a traceback."""
    try:
        return await asyncio.to_thread(answer, request)
    except Exception as error:
        await context.abort(grpc.StatusCode.UNKNOWN, str(error) or type(error).__name__)
        raise


async def serve(components: Components, engine_address: str) -> None:
    """Serves the components until the process ends. The engine reads the server's port from stdout."""
    sizes = [
        ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
        ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ]
    server = grpc.aio.server(options=sizes)
    add_ResourceProviderServicer_to_server(Servicer(components, engine_address), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)  # noqa: T201
    await server.wait_for_termination()
