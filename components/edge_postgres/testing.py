"""Unit tests of a program: deploys the program in memory with sample answers of vendors, and returns its resources.

    from edge_postgres.testing import deploy

    run = deploy(program, config={"accountId": "..."})

    run.one(TYPE).inputs     The inputs with camelCase keys, numbers as floats, and revealed secrets.
    run.one(TYPE).public     The inputs with "[secret]" in place of each secret. Search them for leaks.
    run.one(TYPE).secrets    The paths of secret inputs, such as {"origin.password"}.
    run.one(TYPE).wire       The RegisterResourceRequest, with protect, parent, propertyDependencies, ...
    run.exports["url"]       An Export with value, known and secret.

Deploy first, assert afterwards. ``deploy`` raises each error of the program, including errors in an ``apply``. No
engine, no account and no provider plugin is needed.
"""

import asyncio
import contextlib
import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pulumi
from google.protobuf import json_format
from pulumi.runtime import mocks

from edge_postgres.core.json_types import JsonValue
from edge_postgres.core.wire import SECRET, SIGNATURE, conceal, is_secret, reveal, secret_paths

STACK = "pulumi:pulumi:Stack"

_ANSWERS = json.loads((Path(__file__).parent / "data" / "mock-answers.json").read_text(encoding="utf-8"))
VENDOR_OUTPUTS: Mapping[str, Mapping[str, JsonValue]] = _ANSWERS["outputs"]
"""Computed outputs of resources of the vendors, by type token: an RDS address, a role at Neon, a password."""
VENDOR_CALLS: Mapping[str, Mapping[str, JsonValue]] = _ANSWERS["calls"]
"""Results of functions (invokes) that components call, by token: Cloudflare's IP ranges, a tunnel's token."""


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


@dataclasses.dataclass(frozen=True)
class Export:
    """One stack output."""

    value: JsonValue
    known: bool
    secret: bool


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
        """Returns a URN with the types of all parents except the stack, as the engine does.

        The base class adds the type of one parent only.
        """
        parent_type = parent.split("::")[2] if parent else STACK
        qualified = type_ if parent_type == STACK else f"{parent_type}${type_}"
        return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{qualified}::{name}"

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


class Run:
    """The registrations, the result and the exports of a deployment."""

    def __init__(self, monitor: Monitor, answers: mocks.Mocks) -> None:
        self.monitor, self.answers = monitor, answers
        self.result: JsonValue = None
        self.exports: dict[str, Export] = {}

    @property
    def registrations(self) -> list[Registration]:
        """All resources of the deployment, in the order of their registration."""
        return list(self.monitor.by_urn.values())

    def all(self, type_: str) -> list[Registration]:
        """Returns all resources of a type."""
        return [entry for entry in self.registrations if entry.type == type_]

    def one(self, type_: str) -> Registration:
        """Returns the only resource of a type. Raises `ValueError` if there is none or more than one."""
        (entry,) = self.all(type_)
        return entry


def deploy(
    program: Callable[[], JsonValue],
    *,
    outputs: Mapping[str, JsonValue] | None = None,
    calls: Mapping[str, JsonValue] | None = None,
    answers: mocks.Mocks | None = None,
    preview: bool = False,
    config: Mapping[str, JsonValue] | None = None,
    secret_keys: Iterable[str] = (),
    project: str = "shop",
    stack: str = "dev",
) -> Run:
    """Deploys a program under Pulumi's mocks.

    Args:
        program: Creates resources. If it returns a dictionary, the dictionary has the exports.
        outputs: By type token: the computed outputs, or a Python function that returns them for the arguments of the
            mock. They override `VENDOR_OUTPUTS`.
        calls: By token of an invoke: the result, or a Python function that returns it for the arguments of the invoke.
            They override `VENDOR_CALLS`.
        answers: Other mocks. They replace ``outputs``, ``calls`` and the answers of the vendors.
        preview: Whether to deploy as `pulumi preview` does, where the outputs of new resources are unknown.
        config: Configuration of the stack. A key without a colon belongs to the project.
        secret_keys: The keys of ``config`` that are encrypted.
        project: Name of the Pulumi project.
        stack: Name of the stack.

    Raises:
        pulumi.RunError: The error of the program, such as ``ValidationError``.
    """

    known = {} if preview else VENDOR_OUTPUTS
    answers = answers or Echo({**known, **(outputs or {})}, {**VENDOR_CALLS, **(calls or {})})
    monitor = Monitor(answers)
    run = Run(monitor, answers)
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in (config or {}).items()}

    loop = asyncio.new_event_loop()
    # No code awaits some futures of a failed registration, so asyncio would print their tracebacks.
    loop.set_exception_handler(lambda *_: None)
    asyncio.set_event_loop(loop)
    with_project = {key: key if ":" in key else f"{project}:{key}" for key in (*texts, *secret_keys)}
    pulumi.runtime.set_all_config(
        {with_project[key]: text for key, text in texts.items()}, [with_project[key] for key in secret_keys]
    )
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
    try:
        yield
    except pulumi.RunError as error:
        text = str(error)
        assert [word for word in words if word not in text] == [], text
    else:
        raise AssertionError("the program was expected to fail, and succeeded")
