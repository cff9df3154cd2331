"""The project's own Workers, as built, in the real runtime, bound to a database."""

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.credentials import Credentials
from localcloud.home import CHECKOUT
from localcloud.ports import Ports
from localcloud.runtime import WorkerRuntime

DIST = CHECKOUT / "workers" / "dist"
BUNDLES = ("drizzle", "kysely", "pg", "postgres", "prisma")
"""The Workers whose database is behind Hyperdrive."""

Regime = tuple[str, Sequence[str]]
# Node compatibility by flag, by date, and none.
BY_FLAG: Regime = ("2026-08-01", ("nodejs_compat",))
BY_DATE: Regime = ("2026-11-01", ())
WITHOUT: Regime = ("2026-08-01", ())


class Ask:
    """Asks a bundle, bound to a database through Hyperdrive, for a path."""

    def __init__(self, runtime: WorkerRuntime) -> None:
        self.runtime = runtime
        self._bound: tuple[str, Regime] | None = None

    def __call__(
        self, bundle: str, url: str, path: str = "/", regime: Regime = BY_DATE, method: str = "GET", json: Any = None
    ) -> httpx.Response:
        # All of them at once: it is the start of the runtime that takes time.
        if self._bound != (url, regime):
            self.put(*(worker(each, url, regime) for each in BUNDLES))
            self._bound = (url, regime)
        address = f"http://127.0.0.1:{Ports(self.runtime.home).of('workers')}{path}"
        return httpx.request(method, address, json=json, headers={"host": f"{bundle}.localhost"}, timeout=30)

    def put(self, *workers: dict[str, Any]) -> None:
        """Has the runtime run these, and no others."""
        self._bound = None
        control = f"http://127.0.0.1:{Ports(self.runtime.home).of('workers-control')}/workers"
        token = {"authorization": f"Bearer {Credentials.of(self.runtime.home).runtime_token}"}
        httpx.put(control, json={"workers": workers}, headers=token, timeout=60).raise_for_status()

    def log(self) -> str:
        """What the Workers wrote so far."""
        return self.runtime.home.log(self.runtime.name).read_text()


@pytest.fixture(scope="module")
def ask(runtime: WorkerRuntime) -> Iterator[Ask]:
    ask = Ask(runtime)
    yield ask
    ask.put()


def worker(bundle: str, url: str, regime: Regime) -> dict[str, Any]:
    """A bundle as the runtime takes it."""
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


def modules(bundle: str) -> list[dict[str, str]]:
    """The script, and the WASM module beside it where it has one."""
    wasm = DIST / f"{bundle}.wasm"
    script = module(DIST / f"{bundle}.js", "worker.js", "application/javascript+module")
    return [script, module(wasm, wasm.name, "application/wasm")] if wasm.exists() else [script]


def module(file: Path, name: str, content_type: str) -> dict[str, str]:
    return {"name": name, "contentType": content_type, "contentBase64": base64.b64encode(file.read_bytes()).decode()}
