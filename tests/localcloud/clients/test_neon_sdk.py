"""Neon's TypeScript SDK and Neon's former client, which call the emulator in the file `typescript/neon.ts`."""

import httpx
import pytest

from localcloud.neon.app import RESOURCES
from tests.localcloud.clients.typescript_calls import FOLDER, call, endpoints_not_called, requires, type_errors
from tests.localcloud.neon.api import KEY

pytestmark = requires("@neon/sdk")

NOT_IN_SDK = {("GET", "/projects/shared")}
"""Endpoints that only `neonctl` calls."""


@pytest.fixture(scope="module")
def outcomes(neon: httpx.Client) -> dict[str, str]:
    """The outcome of each group of calls, `ok` or an error."""
    base_url = str(neon.base_url).rstrip("/")
    found: dict[str, str] = call("neon.ts", base_url, variables={"NEON_API_KEY": KEY})
    return found


def test_the_calls_have_the_types_of_neons_clients() -> None:
    assert type_errors(FOLDER / "neon.ts") == ""


def test_all_calls_succeed(outcomes: dict[str, str]) -> None:
    assert {name: error for name, error in outcomes.items() if error != "ok"} == {}
    assert len(outcomes) == 7


def test_the_clients_call_every_endpoint_of_the_emulator(outcomes: dict[str, str], neon: httpx.Client) -> None:
    assert outcomes
    requests = neon.get("/__localcloud/requests").json()["requests"]
    assert endpoints_not_called(RESOURCES, requests, "/api/v2") == NOT_IN_SDK
