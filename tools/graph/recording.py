"""What a stack would register: its program runs in memory, as a preview, and nobody is asked.

No account, no engine, no secret is needed. What only a vendor could tell is unknown, as in a preview of a new stack,
and so is every secret: it is a resource of the recording, without a value, and what takes it depends on it.
"""

import asyncio
import contextlib
import json
import logging
import runpy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import pulumi
from google.protobuf import json_format
from pulumi.runtime import mocks, rpc

import settings
from localcloud.stack_file import PROJECT
from localcloud.state_directory import CHECKOUT

SECRET = "edge-postgres:config:Secret"  # noqa: S105  # a name
"""Type of what stands for a secret of the stack file."""
STACK = "pulumi:pulumi:Stack"

# What the functions answer that a component asks. Three ranges stand for all of Cloudflare's, a word for a token.
ANSWERS: Mapping[str, Mapping[str, Any]] = {
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
    """Urn of the component that made it; that of the stack for what nobody made."""
    is_component: bool
    secrets: frozenset[str]
    """Paths of the inputs that are secrets: `origin.password`."""
    tells_secrets: bool
    """Whether there are secrets among its outputs."""
    waits_for: frozenset[str]
    """Urns."""


@dataclass(frozen=True)
class Recording:
    """A stack file, as the program read it, and what the program registered."""

    stack: settings.Settings
    resources: Mapping[str, Resource]


def recorded(name: str, config: Mapping[str, Any]) -> Recording:
    """Runs the stack program for the stack ``name``.

    Raises ``pulumi.RunError`` where the stack file is faulty, as ``pulumi preview`` would.
    """
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    monitor = _Monitor(_Answers())
    found: dict[str, Any] = {}

    @pulumi.runtime.test
    def program() -> None:
        with patch.object(settings, "Secrets", _Secrets), contextlib.chdir(CHECKOUT):
            found.update(runpy.run_path(str(CHECKOUT / "__main__.py"), run_name="__main__"))

    with _own_event_loop():
        pulumi.runtime.set_all_config(texts)
        pulumi.runtime.settings.ROOT.set(None)
        mocks.set_mocks(_Answers(), project=PROJECT, stack=name, preview=True, monitor=monitor)
        program()
    return Recording(found["stack"], monitor.recorded)


@contextlib.contextmanager
def _own_event_loop() -> Iterator[None]:
    # A failed registration leaves futures that nobody awaits; asyncio would print a traceback for each.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        loop.close()
        asyncio.set_event_loop(None)


class _All(frozenset[str]):
    """Every path there is."""

    def __contains__(self, _: object) -> bool:
        return True


class _Secrets(settings.Secrets):
    """Secrets that are set, all of them, and have no value."""

    def __init__(self) -> None:
        self.names, self.encrypted = _All(), True
        self._made: dict[str, pulumi.CustomResource] = {}

    def __getitem__(self, path: str) -> pulumi.Output[str]:
        if path not in self._made:
            self._made[path] = pulumi.CustomResource(SECRET, path)
        return pulumi.Output.secret(self._made[path].id)


class _Answers(mocks.Mocks):
    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        # Ids are told: the SDK forgets what a function depends on when it is asked with an unknown one.
        return None if args.typ == SECRET else f"{args.name}-id", args.inputs

    def call(self, args: mocks.MockCallArgs) -> Any:
        return ANSWERS[args.token]


class _Monitor(mocks.MockMonitor):
    """Keeps what is registered. Registrations arrive on several threads; setting a key is one step."""

    def __init__(self, answers: mocks.Mocks) -> None:
        super().__init__(answers)
        self.recorded: dict[str, Resource] = {}

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The engine's rule: the types of all parents but the stack. The mock monitor keeps one parent only."""
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
                tells_secrets=bool(request.additionalSecretOutputs),
                waits_for=frozenset(request.dependencies),
            )
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]


def _secrets(value: Any, at: tuple[str, ...] = ()) -> Iterator[str]:
    """Where the secrets are. What has a name in a list goes by its name: `bindings.STRIPE_KEY.text`."""
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
