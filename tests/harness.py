"""Deploys a Pulumi program in memory and keeps its registrations as plain values.

    run = deploy(program, outputs={TYPE: {...}}, config={...})

    run.one(TYPE).inputs     The inputs with camelCase keys, numbers as floats, and revealed secrets.
    run.one(TYPE).public     The inputs with "[secret]" in place of each secret. Search them for leaks.
    run.one(TYPE).secrets    The paths of secret inputs, such as {"origin.password"}.
    run.one(TYPE).wire       The RegisterResourceRequest, with protect, parent, propertyDependencies, ...
    run.exports["url"]       An Export with value, known and secret.

Deploy first, assert afterwards. ``deploy`` raises each error of the program, including errors in an ``apply``.
"""

import asyncio
import contextlib
import dataclasses
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pulumi
import pytest
from google.protobuf import json_format
from pulumi.runtime import mocks, rpc

SIGNATURE, SECRET = rpc._special_sig_key, rpc._special_secret_sig
STACK = "pulumi:pulumi:Stack"

# No code awaits some futures of a failed registration, so asyncio would print their tracebacks.
logging.getLogger("asyncio").setLevel(logging.CRITICAL)


def _is_secret(value: Any) -> bool:
    return isinstance(value, dict) and value.get(SIGNATURE) == SECRET


def _unwrapped(value: Any, secret: Callable[[Any], Any]) -> Any:
    """Returns the value with ``secret(inner)`` in place of every secret envelope."""
    if _is_secret(value):
        return secret(value["value"])
    if isinstance(value, dict):
        return {key: _unwrapped(item, secret) for key, item in value.items()}
    if isinstance(value, list):
        return [_unwrapped(item, secret) for item in value]
    return value


def reveal(value: Any) -> Any:
    """Returns the value without secret envelopes."""
    return _unwrapped(value, reveal)


def conceal(value: Any) -> Any:
    """Returns the value with ``[secret]`` in place of every secret envelope."""
    return _unwrapped(value, lambda _: "[secret]")


def secret_paths(value: Any, at: str = "") -> set[str]:
    """Returns the paths of the secret envelopes, such as ``origin.password`` and ``bindings[1].text``."""
    if _is_secret(value):
        return {at}
    if isinstance(value, dict):
        children = [(f"{at}.{key}" if at else key, item) for key, item in value.items()]
    elif isinstance(value, list):
        children = [(f"{at}[{index}]", item) for index, item in enumerate(value)]
    else:
        children = []
    return {path for child_at, item in children for path in secret_paths(item, child_at)}


@dataclasses.dataclass(frozen=True)
class Registration:
    """One resource as the program registered it."""

    type: str
    name: str
    urn: str
    inputs: dict[str, Any]
    public: dict[str, Any]
    secrets: set[str]
    wire: Any


@dataclasses.dataclass(frozen=True)
class Export:
    """One stack output."""

    value: Any
    known: bool
    secret: bool


class Echo(mocks.Mocks):
    """Returns the inputs as state, with the computed outputs that the test has for the type."""

    def __init__(self, outputs: Mapping[str, Any] | None, calls: Mapping[str, Any] | None) -> None:
        self.outputs, self.calls = outputs or {}, calls or {}
        self.called: list[tuple[str, dict[str, Any]]] = []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        computed = self.outputs.get(args.typ) or {}
        computed = computed(args) if callable(computed) else computed
        # In a preview, the engine does not know the id of a new resource either.
        has_id = args.custom and not pulumi.runtime.is_dry_run()
        return (f"{args.name}-id" if has_id else None), {**args.inputs, **computed}

    def call(self, args: mocks.MockCallArgs) -> Any:
        self.called.append((args.token, args.args))
        answer = self.calls[args.token]
        return answer(args.args) if callable(answer) else answer


class Monitor(mocks.MockMonitor):
    """Records every request, rejects duplicate URNs, and marks additional secret outputs. The mock monitor does not."""

    def __init__(self, answers: mocks.Mocks) -> None:
        super().__init__(answers)
        self.by_urn: dict[str, Registration] = {}
        self.component_outputs: dict[str, dict[str, Any]] = {}

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """Adds the types of all parents except the stack, as the engine does. The mock monitor adds one parent only."""
        parent_type = parent.split("::")[2] if parent else STACK
        qualified = type_ if parent_type == STACK else f"{parent_type}${type_}"
        return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{qualified}::{name}"

    def RegisterResource(self, request: Any) -> Any:
        if request.type == STACK:
            return super().RegisterResource(request)
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
        response = super().RegisterResource(request)
        state = json_format.MessageToDict(response.object)
        for key in request.additionalSecretOutputs:
            if key in state and not _is_secret(state[key]):
                response.object.update({key: {SIGNATURE: SECRET, "value": state[key]}})
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:
        self.component_outputs[request.urn] = json_format.MessageToDict(request.outputs)
        return super().RegisterResourceOutputs(request)


class Run:
    """The registrations, the result and the exports of a deployment."""

    def __init__(self, monitor: Monitor, answers: mocks.Mocks) -> None:
        self.monitor, self.answers = monitor, answers
        self.result: Any = None
        self.exports: dict[str, Export] = {}

    @property
    def registrations(self) -> list[Registration]:
        return list(self.monitor.by_urn.values())

    def all(self, type_: str) -> list[Registration]:
        return [entry for entry in self.registrations if entry.type == type_]

    def one(self, type_: str) -> Registration:
        (entry,) = self.all(type_)
        return entry


def deploy(
    program: Callable[[], Any],
    *,
    outputs: Mapping[str, Any] | None = None,
    calls: Mapping[str, Any] | None = None,
    answers: mocks.Mocks | None = None,
    preview: bool = False,
    config: Mapping[str, Any] | None = None,
    secret_keys: Iterable[str] = (),
    project: str = "edge-postgres",
    stack: str = "dev",
) -> Run:
    """Runs ``program`` under mocks. If it returns a dictionary, the dictionary has the exports.

    ``outputs`` maps a type token to computed outputs, or to a function of the mock's arguments.
    ``calls`` maps an invoke token to its answer. ``answers`` are other mocks, which replace both.
    Keys of ``config`` without a colon belong to the project.
    """

    def full(key: str) -> str:
        return key if ":" in key else f"{project}:{key}"

    answers = answers or Echo(outputs, calls)
    monitor = Monitor(answers)
    run = Run(monitor, answers)
    texts = {full(key): value if isinstance(value, str) else json.dumps(value) for key, value in (config or {}).items()}

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    pulumi.runtime.set_all_config(texts, [full(key) for key in secret_keys])
    # set_mocks creates a root stack only if none exists. An old root stack keeps the previous project and stack.
    pulumi.runtime.settings.ROOT.set(None)
    mocks.set_mocks(answers, project=project, stack=stack, preview=preview, monitor=monitor)

    @pulumi.runtime.test
    async def body() -> None:
        run.result = program()
        for key, value in run.result.items() if isinstance(run.result, dict) else ():
            output = pulumi.Output.from_input(value)
            run.exports[key] = Export(
                value=await output.future(with_unknowns=True),
                known=await output.is_known(),
                secret=await output.is_secret(),
            )

    try:
        body()
        return run
    finally:
        loop.close()
        asyncio.set_event_loop(None)


@contextlib.contextmanager
def rejected(*words: str) -> Iterator[None]:
    """Expects a validation error from the block, with a message that contains all of ``words``."""
    with pytest.raises(pulumi.RunError) as error:
        yield
    text = str(error.value)
    assert [word for word in words if word not in text] == [], text
