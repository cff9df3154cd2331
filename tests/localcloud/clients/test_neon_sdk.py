"""Neon's TypeScript SDK and Neon's former client, which call the emulator in the file `typescript/neon.ts`."""

import json
import os
import subprocess
from collections.abc import Iterator

import httpx
import pytest
from starlette.routing import Match, Route

from localcloud import node
from localcloud.neon.app import RESOURCES
from localcloud.postgres import Postgres
from localcloud.state_directory import CHECKOUT
from tests.localcloud.clients.test_typescript_sdk import FOLDER, TIMEOUT_SECONDS
from tests.localcloud.neon.api import KEY
from tests.localcloud.neon.conftest import started

pytestmark = pytest.mark.skipif(
    not (FOLDER / "node_modules" / "@neon" / "sdk").exists(),
    reason="the packages of the tests are not installed; `make test` installs them",
)


@pytest.fixture(scope="module")
def emulator(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with started(postgres, tmp_path_factory.mktemp("neon")) as client:
        yield client
        client.post("/__localcloud/reset").raise_for_status()


@pytest.fixture(scope="module")
def outcomes(emulator: httpx.Client) -> dict[str, str]:
    """The outcome of each group of calls, `ok` or an error."""
    ended = subprocess.run(
        [str(node.program()), str(FOLDER / "neon.ts"), str(emulator.base_url).rstrip("/")],
        env={"PATH": os.environ.get("PATH", os.defpath), "NEON_API_KEY": KEY},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
    )
    assert ended.returncode == 0, ended.stderr
    found: dict[str, str] = json.loads(ended.stdout)
    return found


def test_the_calls_have_the_types_of_neons_clients() -> None:
    packages = CHECKOUT / "workers" / "node_modules"
    options = ("--noEmit", "--strict", "--skipLibCheck", "--allowImportingTsExtensions", "--types", "node")
    ended = subprocess.run(
        [
            *(str(node.program()), str(packages / "typescript" / "bin" / "tsc"), *options),
            *("--module", "nodenext", "--target", "es2024", "--typeRoots", str(packages / "@types"), "neon.ts"),
        ],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
    )
    assert (ended.returncode, ended.stdout) == (0, "")


def test_all_calls_succeed(outcomes: dict[str, str]) -> None:
    assert {name: error for name, error in outcomes.items() if error != "ok"} == {}
    assert len(outcomes) == 7


def test_the_clients_call_every_endpoint_of_the_emulator(outcomes: dict[str, str], emulator: httpx.Client) -> None:
    assert outcomes
    requests = emulator.get("/__localcloud/requests").json()["requests"]
    called = {(request["method"], request["path"].removeprefix("/api/v2")) for request in requests}
    not_called = {
        (method, route.path)
        for route in RESOURCES
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
        if not any(
            route.matches({"type": "http", "method": method, "path": path})[0] is Match.FULL
            for called_method, path in called
            if called_method == method
        )
    }
    assert not_called == set()
