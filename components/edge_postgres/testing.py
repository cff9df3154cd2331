"""Unit tests of a program: deploys the program in memory with sample answers of vendors, and returns its resources.

    from edge_postgres.testing import deploy

    run = deploy(program, project_file="Pulumi.yaml", config={"accountId": "..."})

    run.one(TYPE).inputs     The inputs as the provider gets them, with numbers as floats and revealed secrets.
    run.one(TYPE).public     The inputs with "[secret]" in place of each secret. Search them for leaks.
    run.one(TYPE).secrets    The paths of secret inputs, such as {"origin.password"}.
    run.one(TYPE).wire       The RegisterResourceRequest, with protect, parent, propertyDependencies, ...
    run.exports["url"]       An Export of the program, with value, known and secret.

    check_cloudflare_inputs(run)    Fails if Cloudflare's provider would reject the inputs of a resource.

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
import yaml
from pulumi.runtime import mocks
from pulumi.runtime.stack import Stack

from edge_postgres.core.cloudflare_inputs import find_input_problems
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.json_types import JsonValue
from edge_postgres.core.recording import Echo, Monitor, Registration

__all__ = [
    "API_KEYS",
    "VENDOR_CALLS",
    "VENDOR_OUTPUTS",
    "Echo",
    "Export",
    "Registration",
    "Run",
    "check_cloudflare_inputs",
    "deploy",
    "rejected",
]

_ANSWERS = json.loads((Path(__file__).parent / "data" / "mock-answers.json").read_text(encoding="utf-8"))
VENDOR_OUTPUTS: Mapping[str, Mapping[str, JsonValue]] = _ANSWERS["outputs"]
"""Computed outputs of resources of the vendors, by type token: an RDS address, a role at Neon, a password."""
VENDOR_CALLS: Mapping[str, Mapping[str, JsonValue]] = _ANSWERS["calls"]
"""Results of functions (invokes) that components call, by token: Cloudflare's IP ranges, a tunnel's token."""
API_KEYS: Mapping[str, str] = {"neon:apiKey": "mock-api-key", "prisma:serviceToken": "mock-service-token"}
"""Configuration that a stack file with these vendors requires. No mock reads it."""


@dataclasses.dataclass(frozen=True)
class Export:
    """One stack output."""

    value: JsonValue
    known: bool
    secret: bool


class Run:
    """The registrations, the result and the exports of a deployment."""

    def __init__(self, monitor: Monitor, answers: mocks.Mocks) -> None:
        self.monitor, self.answers = monitor, answers
        self.result: JsonValue = None
        self.exports: dict[str, Export] = {}

    @property
    def registrations(self) -> list[Registration]:
        """All resources of the deployment. A resource comes after its parent and its dependencies.

        The order of other resources varies from run to run.
        """
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
    project: str | None = None,
    project_file: str | Path | None = None,
    stack: str = "dev",
) -> Run:
    """Deploys a program under Pulumi's mocks.

    Args:
        program: Creates resources. A dictionary that it returns is exported too, in addition to `pulumi.export`.
        outputs: By type token: the computed outputs, or a Python function that returns them for the arguments of the
            mock. They override single outputs of `VENDOR_OUTPUTS`, and are known in a preview too.
        calls: By token of an invoke: the result, or a Python function that returns it for the arguments of the invoke.
            They override single values of `VENDOR_CALLS`.
        answers: Other mocks. They replace ``outputs``, ``calls`` and the answers of the vendors.
        preview: Whether to deploy as `pulumi preview` does, where computed outputs of new resources are unknown.
        config: Configuration of the stack. A key without a colon belongs to the project.
        secret_keys: The keys of ``config`` that are encrypted.
        project: Name of the Pulumi project. Default: the name in ``project_file``, or `shop`.
        project_file: Path of the program's `Pulumi.yaml`, whose `config` has defaults and marks keys as secret.
            Default: ``config`` and ``secret_keys`` are the whole configuration, together with ``API_KEYS``.
        stack: Name of the stack.

    Raises:
        pulumi.RunError: The error of the program, such as ``ValidationError``.
    """

    declared = read_project(Path(project_file)) if project_file else Project("shop", {}, ())
    project = project or declared.name
    config, secret_keys = {**API_KEYS, **declared.defaults, **(config or {})}, (*declared.secret_keys, *secret_keys)
    answers = answers or Echo(_merge({} if preview else VENDOR_OUTPUTS, outputs), _merge(VENDOR_CALLS, calls))
    monitor = Monitor(answers)
    run = Run(monitor, answers)
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}

    loop = _new_loop()
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
        root = pulumi.runtime.get_root_resource()
        assert isinstance(root, Stack)
        for key, value in {**root.outputs, **(run.result if isinstance(run.result, dict) else {})}.items():
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


def _new_loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


def _merge(known: Mapping[str, JsonValue], given: Mapping[str, JsonValue] | None) -> dict[str, JsonValue]:
    """Returns the answers by token. A map replaces single values of a known map, and a function replaces the map."""
    merged = dict(known)
    for token, answer in (given or {}).items():
        before = merged.get(token)
        if isinstance(before, Mapping) and isinstance(answer, Mapping):
            answer = {**before, **answer}
        merged[token] = answer
    return merged


@dataclasses.dataclass(frozen=True)
class Project:
    """The name and the configuration of a `Pulumi.yaml`."""

    name: str
    defaults: Mapping[str, JsonValue]
    secret_keys: Iterable[str]


def read_project(file: Path) -> Project:
    """Reads a `Pulumi.yaml`. Raises `ValidationError` if the file has no name.

    A setting is a value, or a map with `value` or `default`. Source:
    https://www.pulumi.com/docs/iac/concepts/projects/project-file/, read on 2026-11-30.
    """
    content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    if "name" not in content:
        raise ValidationError(str(file), "has no `name`", "Set the path of the `Pulumi.yaml` of the program.")
    settings = {
        key: each if isinstance(each, dict) else {"value": each} for key, each in content.get("config", {}).items()
    }
    values = {key: each.get("value", each.get("default")) for key, each in settings.items()}
    return Project(
        name=content["name"],
        defaults={key: value for key, value in values.items() if value is not None},
        secret_keys=[key for key, each in settings.items() if each.get("secret")],
    )


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


def check_cloudflare_inputs(run: Run) -> None:
    """Checks the inputs of all Cloudflare resources of a deployment as Cloudflare's provider does in a preview.

    Raises:
        AssertionError: An input is unknown, read-only, missing or invalid. The message lists all problems.
    """
    problems = [
        f"{entry.type.rpartition(':')[2]} {entry.name}: {problem}"
        for entry in run.registrations
        for problem in find_input_problems(entry.type, entry.inputs)
    ]
    assert not problems, "\n".join(problems)
