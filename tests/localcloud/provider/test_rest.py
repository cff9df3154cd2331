"""Retries of the HTTP client, as in the official plugin."""

import httpx
import pytest

from localcloud.ports import free_port
from localcloud.provider.errors import ProviderError
from localcloud.provider.rest import CLOCK, DEFAULT_CLOCK, RETRIES, Api, retry_delay
from tests.localcloud.provider.cases import ACCOUNT, ZONE, A, Z, token_of
from tests.localcloud.provider.conftest import TOKEN, rejected
from tests.localcloud.provider.engine import Engine
from tests.localcloud.provider.fake_api import Answer, FakeApi, error_answer

ROUTE, CRON = token_of("WorkersRoute"), token_of("WorkersCronTrigger")
TUNNEL = token_of("ZeroTrustTunnelCloudflared")
ROUTES = f"POST {Z}/workers/routes"
ROUTE_INPUTS = {"zoneId": ZONE, "pattern": "example.com/*"}
LOST = Answer(is_lost=True)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
def test_a_temporary_error_is_retried(engine: Engine, api: FakeApi, status: int):
    api.script(ROUTES, error_answer(status, 1, "busy"))
    assert engine.create(ROUTE, ROUTE_INPUTS).id
    assert api.lines == [ROUTES, ROUTES]


def test_the_last_error_is_reported_after_ten_retries(engine: Engine, api: FakeApi):
    api.script(ROUTES, *[error_answer(503, 10013, f"answer {number}") for number in range(20)])
    with rejected("10013 answer 10"):
        engine.create(ROUTE, ROUTE_INPUTS)
    assert len(api.requests) == 1 + RETRIES == 11


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


def test_a_create_whose_response_was_lost_is_repeated(engine: Engine, api: FakeApi):
    api.script(ROUTES, LOST)
    engine.create(ROUTE, ROUTE_INPUTS)
    assert api.lines == [ROUTES, ROUTES]


def test_a_merge_patch_whose_response_was_lost_is_repeated(engine: Engine, api: FakeApi):
    deployed = engine.create(TUNNEL, {"accountId": ACCOUNT, "name": "db"})
    patch = f"PATCH {A}/cfd_tunnel/{deployed.id}"
    api.script(patch, LOST)
    engine.update(deployed, {"accountId": ACCOUNT, "name": "renamed"})
    assert api.lines[1:] == [patch, patch]


def test_the_error_after_many_lost_responses_warns_of_an_effect(engine: Engine, api: FakeApi):
    api.script(ROUTES, *[LOST] * 20)
    with rejected(ROUTES, "the response was lost", "may have had an effect"):
        engine.create(ROUTE, ROUTE_INPUTS)
    assert len(api.requests) == 1 + RETRIES


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


def test_a_delete_whose_response_was_lost_is_repeated_and_fails(engine: Engine, api: FakeApi):
    deployed = engine.create(ROUTE, ROUTE_INPUTS)
    line = f"DELETE {Z}/workers/routes/{deployed.id}"
    api.script(line, LOST)
    api.stored.clear()
    with rejected(f"{line}: 10007"):
        engine.delete(deployed)
    assert api.lines[1:] == [line, line]


def test_the_error_about_a_missing_server_names_the_address(engine: Engine):
    address = f"http://127.0.0.1:{free_port()}"
    engine.configure(apiToken=TOKEN, baseUrl=address)
    with rejected(address, "Start the local cloud"):
        engine.create(ROUTE, ROUTE_INPUTS)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"retry-after": "2"}, 2.0), ({"retry-after-ms": "250"}, 0.25), ({"retry-after": "3600"}, 3600.0)],
)
def test_the_delay_that_the_api_requests_has_no_limit(headers: dict[str, str], seconds: float):
    assert retry_delay(httpx.Response(429, headers=headers), 0) == seconds


def test_the_api_may_request_a_time_instead_of_a_delay():
    past = httpx.Response(429, headers={"retry-after": "Fri, 21 Nov 2025 10:00:00 GMT"})
    future = httpx.Response(429, headers={"retry-after": "Fri, 21 Nov 2225 10:00:00 GMT"})
    assert retry_delay(past, 0) == 0
    assert retry_delay(future, 0) > 3600


@pytest.mark.parametrize("answer", [httpx.Response(429, headers={"retry-after": "soon"}), ProviderError("lost")])
@pytest.mark.parametrize(("retry", "seconds"), [(0, 2.0), (1, 4.0), (3, 16.0), (4, 30.0), (9, 30.0)])
def test_the_delay_doubles_from_two_to_thirty_seconds_with_some_jitter(
    answer: httpx.Response | ProviderError, retry: int, seconds: float
):
    assert seconds * 0.75 <= retry_delay(answer, retry) <= seconds


@pytest.mark.parametrize(("value", "clock"), [("", DEFAULT_CLOCK), ("1", 1.0), ("0", 0.0)])
def test_waits_are_a_hundred_times_shorter_unless_a_variable_sets_their_factor(
    monkeypatch: pytest.MonkeyPatch, value: str, clock: float
):
    monkeypatch.setenv(CLOCK, value)
    assert Api.connect("http://127.0.0.1", TOKEN).clock == clock
    assert DEFAULT_CLOCK == 0.01


def test_a_factor_that_is_no_number_is_rejected(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(CLOCK, "fast")
    with pytest.raises(ProviderError, match=f"{CLOCK} must be a number"):
        Api.connect("http://127.0.0.1", TOKEN)


@pytest.mark.parametrize("path", ["", "/", "/client/v4", "/client/v4/"])
def test_a_base_url_may_have_a_path_and_a_slash_at_the_end(engine: Engine, api: FakeApi, path: str):
    engine.configure(apiToken=TOKEN, baseUrl=api.address + path)
    engine.create(ROUTE, ROUTE_INPUTS)
    assert api.last.line.endswith(f"{Z}/workers/routes")


def test_the_token_is_only_in_the_header(engine: Engine, api: FakeApi):
    engine.create(ROUTE, ROUTE_INPUTS)
    assert api.last.headers["authorization"] == f"Bearer {TOKEN}"
