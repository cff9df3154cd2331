"""Mocks that record what a program registers, for `edge_postgres.testing`."""

import dataclasses
from collections.abc import Mapping

import pulumi
from google.protobuf import json_format
from pulumi.runtime import mocks

from edge_postgres.core.json_types import JsonValue
from edge_postgres.core.urns import STACK, child_urn
from edge_postgres.core.wire import SECRET, SIGNATURE, conceal, is_secret, reveal, secret_paths


@dataclasses.dataclass(frozen=True)
class Registration:
    """One resource as the program registered it."""

    type: str
    name: str
    urn: str
    inputs: dict[str, JsonValue]
    public: dict[str, JsonValue]
    secrets: set[str]
    wire: JsonValue


READ_STACK_OUTPUTS = "pulumi:pulumi:readStackOutputs"
"""The engine's function that returns the outputs of a stack."""


class Echo(mocks.Mocks):
    """Mocks that return a resource's inputs as its outputs, together with the outputs in ``outputs`` for its type."""

    def __init__(self, outputs: Mapping[str, JsonValue], calls: Mapping[str, JsonValue]) -> None:
        self.outputs, self.calls = outputs, calls
        self.called: list[tuple[str, dict[str, JsonValue]]] = []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, JsonValue]]:
        computed = self.outputs.get(args.typ) or {}
        computed = computed(args) if callable(computed) else computed
        # In a preview, the engine does not know the id of a new resource either.
        has_id = args.custom and not pulumi.runtime.is_dry_run()
        return (f"{args.name}-id" if has_id else None), {**args.inputs, **computed}

    def call(self, args: mocks.MockCallArgs) -> JsonValue:
        self.called.append((args.token, args.args))
        if args.token not in self.calls:
            if args.token == READ_STACK_OUTPUTS:
                return {"outputs": {}}  # a stack without a previous update
            raise KeyError(f"deploy(calls=...) has no answer for the function {args.token}")
        answer = self.calls[args.token]
        return answer(args.args) if callable(answer) else answer


class Monitor(mocks.MockMonitor):
    """Records the request for each resource, rejects duplicate URNs, and marks additional secret outputs.

    The base class does none of the three.
    """

    def __init__(self, answers: mocks.Mocks) -> None:
        super().__init__(answers)
        self.by_urn: dict[str, Registration] = {}
        self.component_outputs: dict[str, dict[str, JsonValue]] = {}

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """Returns a URN with the types of all parents, as the engine does. The base class adds that of one parent."""
        stack = f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{STACK}::"
        return child_urn(parent or stack, type_, name)

    def RegisterResource(self, request: JsonValue) -> JsonValue:  # noqa: N802
        if request.type == STACK:
            return super().RegisterResource(request)  # type: ignore[no-untyped-call]
        wire = json_format.MessageToDict(request.object)
        entry = Registration(
            type=request.type,
            name=request.name,
            urn=self.make_urn(request.parent, request.type, request.name),
            inputs=reveal(wire),
            public=conceal(wire),
            secrets=secret_paths(wire),
            wire=request,
        )
        # Several threads register resources, and setdefault is atomic.
        if self.by_urn.setdefault(entry.urn, entry) is not entry:
            raise Exception(f"duplicate resource URN {entry.urn}")
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        state = json_format.MessageToDict(response.object)
        for key in request.additionalSecretOutputs:
            if key in state and not is_secret(state[key]):
                response.object.update({key: {SIGNATURE: SECRET, "value": state[key]}})
        return response

    def RegisterResourceOutputs(self, request: JsonValue) -> JsonValue:  # noqa: N802
        self.component_outputs[request.urn] = json_format.MessageToDict(request.outputs)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]
