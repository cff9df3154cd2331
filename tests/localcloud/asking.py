"""Runs the project's built Workers in the real runtime, bound to a database."""

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.credentials import Credentials
from localcloud.ports import Ports
from localcloud.runtime import WorkerRuntime
from localcloud.state_directory import CHECKOUT
from tests.localcloud.logs import log_of, wait_for_log

DIST = CHECKOUT / "workers" / "dist"
BUNDLES = ("drizzle", "kysely", "pg", "postgres", "prisma")
"""The Workers that connect to their database through Hyperdrive."""
COPIES = tuple(f"copy/{bundle}" for bundle in BUNDLES)
"""The same drivers, each as one file. They need a token."""
TOKEN = "a token of a test"

Regime = tuple[str, Sequence[str]]
# Node.js compatibility by flag, by date, and without.
BY_FLAG: Regime = ("2026-08-01", ("nodejs_compat",))
BY_DATE: Regime = ("2026-11-01", ())
WITHOUT: Regime = ("2026-08-01", ())


class Ask:
    """Sends a request to a bundle that is bound to a database through Hyperdrive."""

    def __init__(self, runtime: WorkerRuntime) -> None:
        self.runtime = runtime
        self._bound: tuple[str, Regime] | None = None

    def __call__(
        self, bundle: str, url: str, path: str = "/", regime: Regime = BY_DATE, method: str = "GET", json: Any = None
    ) -> httpx.Response:
        # Deploys all at once, because each deployment restarts the runtime, which takes time.
        if self._bound != (url, regime):
            self.put(*(worker(each, url, regime) for each in BUNDLES))
            self._bound = (url, regime)
        address = f"http://127.0.0.1:{Ports(self.runtime.state_directory).of('workers')}{path}"
        return httpx.request(
            method, address, json=json, headers={"host": f"{bundle}.localhost"}, timeout=30, verify=False
        )

    def put(self, *workers: dict[str, Any]) -> None:
        """Replaces all Workers of the runtime."""
        self._bound = None
        control = f"http://127.0.0.1:{Ports(self.runtime.state_directory).of('workers-control')}/workers"
        token = {"authorization": f"Bearer {Credentials.of(self.runtime.state_directory).runtime_token}"}
        httpx.put(control, json={"workers": workers}, headers=token, timeout=60, verify=False).raise_for_status()

    def wait_for_log(self, text: str, after: int = 0) -> str:
        """Returns the log of the Workers from the position ``after`` on, as soon as a line of it contains ``text``."""
        return wait_for_log(self.runtime, text, after)

    def log_size(self) -> int:
        """Returns the number of characters in the log of the Workers."""
        return len(log_of(self.runtime))


@pytest.fixture(scope="module")
def ask(runtime: WorkerRuntime) -> Iterator[Ask]:
    ask = Ask(runtime)
    yield ask
    ask.put()


def worker(bundle: str, url: str, regime: Regime) -> dict[str, Any]:
    """Returns a bundle in the format of the runtime's control API."""
    return {
        "name": bundle,
        "mainModule": "worker.js",
        "modules": modules(bundle),
        "compatibilityDate": regime[0],
        "compatibilityFlags": list(regime[1]),
        "bindings": [{"type": "hyperdrive", "name": "HYPERDRIVE", "connectionString": url}],
        "hosts": [f"{bundle}.localhost"],
        "crons": [],
    }


def one_file(bundle: str, url: str) -> dict[str, Any]:
    """Returns a bundle of one file, which has a host of a zone and a token."""
    token = {"type": "secret_text", "name": "API_TOKEN", "text": TOKEN}
    deployed = worker(bundle, url, BY_DATE)
    name = bundle.replace("/", "-")
    return {**deployed, "name": name, "hosts": [f"{name}.example.com"], "bindings": [*deployed["bindings"], token]}


def modules(bundle: str) -> list[dict[str, str]]:
    """Returns the script, and its WASM module if it has one."""
    wasm = DIST / f"{bundle}.wasm"
    script = module(DIST / f"{bundle}.js", "worker.js", "application/javascript+module")
    return [script, module(wasm, wasm.name, "application/wasm")] if wasm.exists() else [script]


def module(file: Path, name: str, content_type: str) -> dict[str, str]:
    return {"name": name, "contentType": content_type, "contentBase64": base64.b64encode(file.read_bytes()).decode()}
