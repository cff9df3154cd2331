"""Records the resources that a stack registers. Its program runs in memory, like a preview.

This needs no account, no engine and no secret. Values of vendors are unknown, as in the preview of a new stack. A
secret is a resource of the recording without a value, and the resources that use the secret depend on it.
"""

import asyncio
import contextlib
import json
import logging
import runpy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import pulumi
from google.protobuf import json_format
from pulumi.runtime import mocks, rpc

from edge_postgres import stack as settings
from edge_postgres.core.urns import STACK
from edge_postgres.stack import configuration
from edge_postgres.testing import API_KEYS
from localcloud.stack_file import PROJECT
from localcloud.state_directory import CHECKOUT

SECRET = "edge-postgres:config:Secret"  # noqa: S105  # a name
"""Type of the resource that represents a secret of the stack file."""

# Results of the provider functions that components call, with three of Cloudflare's ranges and a dummy token.
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "pulumi:pulumi:readStackOutputs": {"outputs": {}},
    "cloudflare:index/getIpRanges:getIpRanges": {
        "ipv4Cidrs": ["173.245.48.0/20", "103.21.244.0/22"],
        "ipv6Cidrs": ["2400:cb00::/32"],
    },
    "cloudflare:index/getZeroTrustTunnelCloudflaredToken:getZeroTrustTunnelCloudflaredToken": {"token": "unknown"},
}


@dataclass(frozen=True)
class Resource:
    """One resource as the program registered it."""

    urn: str
    type: str
    name: str
    parent: str
    """URN of its component, or of the stack."""
    is_component: bool
    secrets: frozenset[str]
    """Paths of the inputs that are secrets: `origin.password`."""
    has_secret_outputs: bool
    """Whether some of its outputs are secrets."""
    waits_for: frozenset[str]
    """URNs of its dependencies."""


@dataclass(frozen=True)
class Recording:
    """The settings of a stack, and the resources that the program registered."""

    stack: settings.Settings
    resources: Mapping[str, Resource]


def record(name: str, config: Mapping[str, Any]) -> Recording:
    """Runs the stack program for the stack ``name``.

    Raises ``pulumi.RunError`` if the stack file has validation errors.
    """
    texts = {**API_KEYS} | {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()
    }
    monitor = _Monitor(_Answers())
    found: dict[str, Any] = {}

    @pulumi.runtime.test
    def program() -> None:
        with patch.object(configuration, "read_secrets", _Secrets), contextlib.chdir(CHECKOUT):
            found.update(runpy.run_path(str(CHECKOUT / "__main__.py"), run_name="__main__"))

    with _own_event_loop():
        pulumi.runtime.set_all_config(texts)
        pulumi.runtime.settings.ROOT.set(None)
        mocks.set_mocks(_Answers(), project=PROJECT, stack=name, preview=True, monitor=monitor)
        program()
    return Recording(found["settings"], monitor.recorded)


@contextlib.contextmanager
def _own_event_loop() -> Iterator[None]:
    # After a failed registration some futures are not awaited, and asyncio would print a traceback for each.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        loop.close()
        asyncio.set_event_loop(None)


@dataclass(frozen=True)
class _Secrets(settings.Secrets):
    """Every secret is set. A component gets an Output without a value."""

    _resources: dict[str, pulumi.CustomResource] = field(default_factory=dict)

    def __contains__(self, path: str) -> bool:
        return True

    def __getitem__(self, path: str) -> str:
        return "postgres://user:password@db.example.com:5432/app"

    def output(self, path: str) -> pulumi.Output[str]:
        resource = self._resources.get(path) or pulumi.CustomResource(SECRET, path)
        self._resources[path] = resource
        return pulumi.Output.secret(resource.id)


class _Answers(mocks.Mocks):
    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        # Ids are known, because the SDK drops the dependencies of a function call with an unknown argument.
        return None if args.typ == SECRET else f"{args.name}-id", args.inputs

    def call(self, args: mocks.MockCallArgs) -> Any:
        return ANSWERS[args.token]


class _Monitor(mocks.MockMonitor):
    """Keeps the registered resources. Several threads register resources; setting a key is atomic."""

    def __init__(self, answers: mocks.Mocks) -> None:
        super().__init__(answers)
        self.recorded: dict[str, Resource] = {}

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The URN as the engine builds it, with the types of all parents except the stack. The mock has one parent."""
        parent_type = parent.split("::")[2] if parent else STACK
        qualified = type_ if parent_type == STACK else f"{parent_type}${type_}"
        return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{qualified}::{name}"

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        if request.type != STACK:
            urn = self.make_urn(request.parent, request.type, request.name)
            inputs = json_format.MessageToDict(request.object)
            self.recorded[urn] = Resource(
                urn=urn,
                type=request.type,
                name=request.name,
                parent=request.parent,
                is_component=not request.custom,
                secrets=frozenset(_secrets(inputs)),
                has_secret_outputs=bool(request.additionalSecretOutputs),
                waits_for=frozenset(request.dependencies),
            )
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]


def _secrets(value: Any, at: tuple[str, ...] = ()) -> Iterator[str]:
    """Paths of the secrets. A named item of a list has its name in the path: `bindings.STRIPE_KEY.text`."""
    if isinstance(value, Mapping):
        if value.get(rpc._special_sig_key) == rpc._special_secret_sig:
            yield ".".join(at)
            return
        children = [(str(key), item) for key, item in value.items()]
    elif isinstance(value, list):
        names = [item.get("name") if isinstance(item, Mapping) else None for item in value]
        children = [
            (name if isinstance(name, str) else str(index), item)
            for index, (name, item) in enumerate(zip(names, value, strict=True))
        ]
    else:
        return
    for key, child in children:
        yield from _secrets(child, (*at, key))
