"""Retries of the HTTP client, as in the official plugin."""

from collections.abc import Iterator

import httpx
import pytest
import stamina

from localcloud.ports import free_port
from localcloud.provider.rest import ATTEMPTS, MAX_DELAY, requested_delay
from tests.localcloud.provider.cases import ACCOUNT, ZONE, A, Z, token_of
from tests.localcloud.provider.conftest import TOKEN, rejected
from tests.localcloud.provider.engine import Engine
from tests.localcloud.provider.fake_api import Answer, FakeApi, error_answer

ROUTE, CRON = token_of("WorkersRoute"), token_of("WorkersCronTrigger")
ROUTES = f"POST {Z}/workers/routes"
ROUTE_INPUTS = {"zoneId": ZONE, "pattern": "example.com/*"}
LOST = Answer(is_lost=True)


@pytest.fixture(autouse=True)
def _without_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=ATTEMPTS, cap=True):
        yield


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
def test_a_temporary_error_is_retried(engine: Engine, api: FakeApi, status: int):
    api.script(ROUTES, error_answer(status, 1, "busy"))
    assert engine.create(ROUTE, ROUTE_INPUTS).id
    assert api.lines == [ROUTES, ROUTES]


def test_the_last_error_is_reported_after_some_attempts(engine: Engine, api: FakeApi):
    api.script(ROUTES, *[error_answer(503, 10013, f"answer {number}") for number in range(1, 9)])
    with rejected(f"10013 answer {ATTEMPTS}"):
        engine.create(ROUTE, ROUTE_INPUTS)
    assert len(api.requests) == ATTEMPTS


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_rejected_request_is_not_retried(engine: Engine, api: FakeApi, status: int):
    api.script(ROUTES, error_answer(status, 1, "no"))
    with rejected("1 no"):
        engine.create(ROUTE, ROUTE_INPUTS)
    assert len(api.requests) == 1


@pytest.mark.parametrize("status", [409, 429, 500])
def test_a_response_that_forbids_a_retry_is_final(engine: Engine, api: FakeApi, status: int):
    api.script(ROUTES, error_answer(status, 1, "final", x_should_retry="false"))
    with rejected("1 final"):
        engine.create(ROUTE, ROUTE_INPUTS)
    assert len(api.requests) == 1


def test_a_create_whose_response_was_lost_is_not_repeated(engine: Engine, api: FakeApi):
    api.script(ROUTES, LOST)
    with rejected(ROUTES, "the response was lost", "may have had an effect"):
        engine.create(ROUTE, ROUTE_INPUTS)
    assert len(api.requests) == 1


def test_a_put_whose_response_was_lost_is_repeated(engine: Engine, api: FakeApi):
    schedules = f"PUT {A}/workers/scripts/api/schedules"
    api.script(schedules, LOST)
    engine.create(CRON, {"accountId": ACCOUNT, "scriptName": "api", "schedules": []})
    assert api.lines == [schedules, schedules]


def test_a_repeated_upload_is_complete(engine: Engine, api: FakeApi):
    api.script(f"PUT {A}/workers/scripts/api", error_answer(429, 1, "slow down"))
    engine.create(
        token_of("WorkersScript"), {"accountId": ACCOUNT, "scriptName": "api", "content": "x", "mainModule": "m.js"}
    )
    assert [len(request.parts) for request in api.requests] == [2, 2]
    assert api.requests[0].parts == api.requests[1].parts


def test_a_delete_whose_response_was_lost_succeeds(engine: Engine, api: FakeApi):
    deployed = engine.create(ROUTE, ROUTE_INPUTS)
    api.script(f"DELETE {Z}/workers/routes/{deployed.id}", LOST)
    api.stored.clear()
    engine.delete(deployed)


def test_the_error_about_a_missing_server_names_the_address(engine: Engine):
    address = f"http://127.0.0.1:{free_port()}"
    engine.configure(apiToken=TOKEN, baseUrl=address)
    with rejected(address, "Start the local cloud"):
        engine.create(ROUTE, ROUTE_INPUTS)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "2"}, 2.0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after": "3600"}, MAX_DELAY.total_seconds()),
    ],
)
def test_the_requested_retry_delay_is_respected_up_to_a_maximum(headers: dict[str, str], seconds: float):
    delay = requested_delay(httpx.Response(429, headers=headers))
    assert delay
    assert delay.total_seconds() == seconds


@pytest.mark.parametrize("headers", [{}, {"retry-after": "Fri, 21 Nov 2026 10:00:00 GMT"}])
def test_without_a_valid_delay_the_default_is_used(headers: dict[str, str]):
    assert requested_delay(httpx.Response(429, headers=headers)) is None


@pytest.mark.parametrize("path", ["", "/", "/client/v4", "/client/v4/"])
def test_a_base_url_may_have_a_path_and_a_slash_at_the_end(engine: Engine, api: FakeApi, path: str):
    engine.configure(apiToken=TOKEN, baseUrl=api.address + path)
    engine.create(ROUTE, ROUTE_INPUTS)
    assert api.last.line.endswith(f"{Z}/workers/routes")


def test_the_token_is_only_in_the_header(engine: Engine, api: FakeApi):
    engine.create(ROUTE, ROUTE_INPUTS)
    assert api.last.headers["authorization"] == f"Bearer {TOKEN}"
