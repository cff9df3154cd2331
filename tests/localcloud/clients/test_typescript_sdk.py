"""Cloudflare's TypeScript SDK, for every endpoint that it knows. Its calls are in the folder `typescript`."""

from collections.abc import Iterator

import pytest

from localcloud.cloudflare.app import RESOURCES
from localcloud.cloudflare.zones import zone_id_of
from tests.localcloud.clients.test_python_sdk import NOT_IN_SDK
from tests.localcloud.clients.typescript_calls import FOLDER, call, endpoints_not_called, requires, type_errors
from tests.localcloud.cloudflare.api import ACCOUNT, TOKEN
from tests.localcloud.cloudflare.conftest import Emulator
from tests.localcloud.cloudflare.pem import create_certificate

pytestmark = requires("cloudflare")


def test_the_calls_have_the_types_of_the_sdk() -> None:
    assert type_errors(FOLDER / "calls.ts") == ""


@pytest.fixture(scope="module")
def outcomes(shared: Emulator) -> Iterator[dict[str, str]]:
    """The outcome of each group of calls, `ok` or an error. The emulator still has their requests."""
    shared.client.post("/__localcloud/reset").raise_for_status()
    base_url = f"{str(shared.client.base_url).rstrip('/')}/client/v4"
    certificate = create_certificate("a CA", is_ca=True).certificate
    variables = {"CLOUDFLARE_API_TOKEN": TOKEN, "CA_CERTIFICATE": certificate}
    yield call("calls.ts", base_url, ACCOUNT, zone_id_of("example.com"), variables=variables)
    shared.client.post("/__localcloud/reset").raise_for_status()


def test_all_calls_succeed(outcomes: dict[str, str]) -> None:
    assert {name: error for name, error in outcomes.items() if error != "ok"} == {}
    assert len(outcomes) > 10


def test_the_sdk_calls_every_endpoint_of_the_emulator(outcomes: dict[str, str], shared: Emulator) -> None:
    assert outcomes
    requests = shared.client.get("/__localcloud/requests").json()["requests"]
    assert endpoints_not_called(RESOURCES, requests, "/client/v4") == NOT_IN_SDK
