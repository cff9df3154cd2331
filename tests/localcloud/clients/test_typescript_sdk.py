"""Cloudflare's TypeScript SDK, for every endpoint that it knows. Its calls are in the folder `typescript`."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from starlette.routing import Match, Route

from localcloud import node
from localcloud.cloudflare.app import RESOURCES
from localcloud.cloudflare.zones import zone_id_of
from localcloud.state_directory import CHECKOUT
from tests.localcloud.clients.test_python_sdk import NOT_IN_SDK
from tests.localcloud.cloudflare.api import ACCOUNT, TOKEN
from tests.localcloud.cloudflare.conftest import Emulator
from tests.localcloud.cloudflare.pem import create_certificate

FOLDER = Path(__file__).parent / "typescript"
TIMEOUT_SECONDS = 120

pytestmark = pytest.mark.skipif(
    not (FOLDER / "node_modules" / "cloudflare").exists(),
    reason="the packages of the tests are not installed; `make test` installs them",
)


def test_the_calls_have_the_types_of_the_sdk() -> None:
    """The check of the types shows that the calls use the SDK as its authors intend."""
    packages = CHECKOUT / "workers" / "node_modules"
    options = ("--noEmit", "--strict", "--skipLibCheck", "--allowImportingTsExtensions", "--types", "node")
    ended = subprocess.run(
        [
            *(str(node.program()), str(packages / "typescript" / "bin" / "tsc"), *options),
            *("--module", "nodenext", "--target", "es2024", "--typeRoots", str(packages / "@types"), "calls.ts"),
        ],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
    )
    assert (ended.returncode, ended.stdout) == (0, "")


@pytest.fixture(scope="module")
def outcomes(shared: Emulator) -> dict[str, str]:
    """The outcome of each group of calls, `ok` or an error. The emulator still has their records and requests."""
    shared.client.post("/__localcloud/reset").raise_for_status()
    base_url = f"{str(shared.client.base_url).rstrip('/')}/client/v4"
    ended = subprocess.run(
        [str(node.program()), str(FOLDER / "calls.ts"), base_url, ACCOUNT, zone_id_of("example.com")],
        env={
            "PATH": os.environ.get("PATH", os.defpath),
            "CLOUDFLARE_API_TOKEN": TOKEN,
            "CA_CERTIFICATE": create_certificate("a CA", is_ca=True).certificate,
        },
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
    )
    assert ended.returncode == 0, ended.stderr
    found: dict[str, str] = json.loads(ended.stdout)
    return found


def test_all_calls_succeed(outcomes: dict[str, str]) -> None:
    assert {name: error for name, error in outcomes.items() if error != "ok"} == {}
    assert len(outcomes) > 10


def test_the_sdk_calls_every_endpoint_of_the_emulator(outcomes: dict[str, str], shared: Emulator) -> None:
    requests = shared.client.get("/__localcloud/requests").json()["requests"]
    called = {(request["method"], request["path"].removeprefix("/client/v4")) for request in requests}
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
    assert not_called == NOT_IN_SDK
