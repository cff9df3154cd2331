"""Retries as the official plugin makes them."""

from collections.abc import Iterator

import httpx
import pytest
import stamina

from localcloud.ports import free_port
from localcloud.provider.rest import ATTEMPTS, PATIENCE, asked_pause
from tests.localcloud.provider.cases import ACCOUNT, ZONE, A, Z, token_of
from tests.localcloud.provider.conftest import TOKEN, refused
from tests.localcloud.provider.engine import Engine
from tests.localcloud.provider.fake_api import Answer, FakeApi, refusal

ROUTE, CRON = token_of("WorkersRoute"), token_of("WorkersCronTrigger")
ROUTES = f"POST {Z}/workers/routes"
ROUTE_INPUTS = {"zoneId": ZONE, "pattern": "example.com/*"}
LOST = Answer(is_lost=True)


@pytest.fixture(autouse=True)
def _without_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=ATTEMPTS, cap=True):
        yield


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
def test_a_passing_failure_is_tried_again(engine: Engine, api: FakeApi, status: int):
    api.script(ROUTES, refusal(status, 1, "busy"))
    assert engine.create(ROUTE, ROUTE_INPUTS).id
    assert api.lines == [ROUTES, ROUTES]


def test_the_last_answer_is_told_after_a_few_attempts(engine: Engine, api: FakeApi):
    api.script(ROUTES, *[refusal(503, 10013, f"answer {number}") for number in range(1, 9)])
    with refused(f"10013 answer {ATTEMPTS}"):
        engine.create(ROUTE, ROUTE_INPUTS)
    assert len(api.requests) == ATTEMPTS


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_rejection_is_not_tried_again(engine: Engine, api: FakeApi, status: int):
    api.script(ROUTES, refusal(status, 1, "no"))
    with refused("1 no"):
        engine.create(ROUTE, ROUTE_INPUTS)
    assert len(api.requests) == 1


@pytest.mark.parametrize("status", [409, 429, 500])
def test_an_answer_that_says_so_is_final(engine: Engine, api: FakeApi, status: int):
    api.script(ROUTES, refusal(status, 1, "final", x_should_retry="false"))
    with refused("1 final"):
        engine.create(ROUTE, ROUTE_INPUTS)
    assert len(api.requests) == 1


def test_a_create_whose_answer_was_lost_is_not_done_twice(engine: Engine, api: FakeApi):
    api.script(ROUTES, LOST)
    with refused(ROUTES, "the answer was lost", "may have been done"):
        engine.create(ROUTE, ROUTE_INPUTS)
    assert len(api.requests) == 1


def test_a_put_whose_answer_was_lost_is_sent_again(engine: Engine, api: FakeApi):
    schedules = f"PUT {A}/workers/scripts/api/schedules"
    api.script(schedules, LOST)
    engine.create(CRON, {"accountId": ACCOUNT, "scriptName": "api", "schedules": []})
    assert api.lines == [schedules, schedules]


def test_an_upload_is_whole_when_it_is_sent_again(engine: Engine, api: FakeApi):
    api.script(f"PUT {A}/workers/scripts/api", refusal(429, 1, "slow down"))
    engine.create(
        token_of("WorkersScript"), {"accountId": ACCOUNT, "scriptName": "api", "content": "x", "mainModule": "m.js"}
    )
    assert [len(request.parts) for request in api.requests] == [2, 2]
    assert api.requests[0].parts == api.requests[1].parts


def test_a_delete_that_was_done_before_its_answer_was_lost_succeeds(engine: Engine, api: FakeApi):
    deployed = engine.create(ROUTE, ROUTE_INPUTS)
    api.script(f"DELETE {Z}/workers/routes/{deployed.id}", LOST)
    api.stored.clear()
    engine.delete(deployed)


def test_where_nothing_listens_the_address_is_told(engine: Engine):
    address = f"http://127.0.0.1:{free_port()}"
    engine.configure(apiToken=TOKEN, baseUrl=address)
    with refused(address, "Start the local cloud"):
        engine.create(ROUTE, ROUTE_INPUTS)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "2"}, 2.0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after": "3600"}, PATIENCE.total_seconds()),
    ],
)
def test_a_pause_that_the_api_asks_for_is_kept_up_to_a_limit(headers: dict[str, str], seconds: float):
    pause = asked_pause(httpx.Response(429, headers=headers))
    assert pause
    assert pause.total_seconds() == seconds


@pytest.mark.parametrize("headers", [{}, {"retry-after": "Fri, 21 Nov 2026 10:00:00 GMT"}])
def test_without_a_number_the_pause_is_ours(headers: dict[str, str]):
    assert asked_pause(httpx.Response(429, headers=headers)) is None


@pytest.mark.parametrize("path", ["", "/", "/client/v4", "/client/v4/"])
def test_a_base_url_may_have_a_path_and_a_slash_at_the_end(engine: Engine, api: FakeApi, path: str):
    engine.configure(apiToken=TOKEN, baseUrl=api.address + path)
    engine.create(ROUTE, ROUTE_INPUTS)
    assert api.last.line.endswith(f"{Z}/workers/routes")


def test_the_token_travels_in_the_header_alone(engine: Engine, api: FakeApi):
    engine.create(ROUTE, ROUTE_INPUTS)
    assert api.last.headers["authorization"] == f"Bearer {TOKEN}"
