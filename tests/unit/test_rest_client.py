"""`ApiClient`: repeated requests, and messages without data of a request."""

from collections.abc import Iterable
from typing import Any

import httpx
import pytest

from edge_postgres.http.client import MAX_DELAY_SECONDS, ApiClient
from edge_postgres.http.errors import AmbiguousOutcome, ApiError
from edge_postgres.http.provider import ApiProvider
from edge_postgres.origins.neon.providers import NeonProvider
from edge_postgres.origins.prisma.providers import PrismaProvider

KEY = "sentinel-key"
BODY = {"password": "sentinel-password"}

Answer = httpx.Response | Exception


class Vendor:
    """Returns its responses in turn, then the last one for ever, and records the requests."""

    def __init__(self, answers: Iterable[Answer]) -> None:
        self.answers, self.requests, self.pauses = list(answers), [], []  # type: ignore[var-annotated]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def api(self, retry_seconds: float = 300) -> ApiClient:
        return ApiClient(
            "Neon",
            "https://console.example/api/v2",
            KEY,
            retryable=frozenset({423}),
            retry_seconds=retry_seconds,
            transport=httpx.MockTransport(self),
            sleep=self.pauses.append,
        )


def response(status: int, content: Any = None, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"ok": True} if content is None else content, headers=headers)


def timed_out() -> Exception:
    return httpx.ReadTimeout("sentinel-password in a message of the library")


def refused() -> Exception:
    return httpx.ConnectError("connection refused")


def test_a_request_goes_to_the_address_with_the_key_and_json() -> None:
    vendor = Vendor([response(200)])
    assert vendor.api().call("POST", "/projects", body={"a": 1}, query={"q": "x"}) == {"ok": True}
    (request,) = vendor.requests
    assert str(request.url) == "https://console.example/api/v2/projects?q=x"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.content == b'{"a":1}'


@pytest.mark.parametrize("status", [429, 503, 423])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_a_request_that_was_not_carried_out_is_repeated(method: str, status: int) -> None:
    vendor = Vendor([response(status), response(status), response(200)])
    assert vendor.api().call(method, "/projects") == {"ok": True}
    assert len(vendor.requests) == 3


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refused_connection_is_tried_again(method: str) -> None:
    vendor = Vendor([refused(), response(200)])
    assert vendor.api().call(method, "/projects") == {"ok": True}


@pytest.mark.parametrize("answer", [*map(response, (408, 500, 502, 504, 520, 524)), timed_out()])
def test_a_get_is_repeated_after_a_temporary_error(answer: Answer) -> None:
    vendor = Vendor([answer, response(200)])
    assert vendor.api().call("GET", "/projects") == {"ok": True}


@pytest.mark.parametrize("answer", [*map(response, (408, 500, 502, 504, 520, 524)), timed_out()])
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_request_that_may_have_been_carried_out_is_not_repeated(method: str, answer: Answer) -> None:
    vendor = Vendor([answer, response(200)])
    with pytest.raises(
        AmbiguousOutcome, match=f"Neon did not confirm {method} /projects .*which may have been carried out"
    ):
        vendor.api().call(method, "/projects")
    assert len(vendor.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 422])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_rejected_request_is_an_error_at_once(method: str, status: int) -> None:
    vendor = Vendor([response(status, {"code": "BAD", "message": "no such\nregion."})])
    with pytest.raises(ApiError) as raised:
        vendor.api().call(method, "/projects")
    message, _, fix = str(raised.value).partition(": BAD, no such region. ")
    assert message == f"Neon returned {status} for {method} /projects"
    assert fix.startswith(
        "Check the API key" if status in (401, 403) else "Change the setting" if status < 500 else "Run"
    )
    assert (raised.value.status, raised.value.code, raised.value.message) == (status, "BAD", "no such region.")
    assert len(vendor.requests) == 1


def test_an_error_below_the_key_error_is_read() -> None:
    vendor = Vendor([response(409, {"error": {"code": "taken", "message": "logicalId is taken"}})])
    with pytest.raises(ApiError, match="409 for POST /projects: taken, logicalId is taken"):
        vendor.api().call("POST", "/projects")


@pytest.mark.parametrize("content", [["a"], "text", {"error": "text"}, {}])
def test_an_error_in_another_form_is_reported_by_its_status(content: Any) -> None:
    with pytest.raises(ApiError, match=r"^Neon returned 400 for POST /projects\. Change the setting"):
        Vendor([response(400, content)]).api().call("POST", "/projects")


def test_the_delay_grows_and_is_bounded() -> None:
    vendor = Vendor([*(response(503) for _ in range(40)), response(200)])
    vendor.api().call("GET", "/projects")
    assert 0 < max(vendor.pauses) <= MAX_DELAY_SECONDS
    assert sum(vendor.pauses[:3]) < sum(vendor.pauses[-3:])


@pytest.mark.parametrize(("header", "kept"), [("2", 2.0), ("0.5", 0.5), ("86400", MAX_DELAY_SECONDS)])
def test_the_delay_that_the_api_asks_for_is_bounded(header: str, kept: float) -> None:
    vendor = Vendor([response(429, **{"retry-after": header}), response(200)])
    vendor.api().call("GET", "/projects")
    assert vendor.pauses == [kept]


def test_a_delay_that_is_not_a_number_is_ignored() -> None:
    vendor = Vendor([response(429, **{"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}), response(200)])
    assert vendor.api().call("GET", "/projects") == {"ok": True}


def test_retries_end_at_the_deadline() -> None:
    vendor = Vendor([response(503)])
    with pytest.raises(ApiError, match="Neon returned 503 for POST /projects"):
        vendor.api(retry_seconds=0).call("POST", "/projects")


def test_an_empty_response_is_none() -> None:
    assert Vendor([httpx.Response(204)]).api().call("DELETE", "/projects/x") is None


def test_a_missing_object_can_be_none() -> None:
    assert Vendor([response(404)]).api().call("GET", "/projects/x", missing_ok=True) is None


@pytest.mark.parametrize("content", [b"<html>", b"[1]"])
def test_a_response_that_is_not_a_json_object_is_an_error(content: bytes) -> None:
    with pytest.raises(ApiError, match="200 for GET /projects without a JSON object") as raised:
        Vendor([httpx.Response(200, content=content)]).api().call("GET", "/projects")
    settings = NeonProvider.api_settings
    assert f"{settings.url_setting} or {settings.url_variable}." in str(raised.value)


@pytest.mark.parametrize("provider", [NeonProvider, PrismaProvider])
def test_the_client_can_derive_the_names_of_a_vendors_settings(provider: type[ApiProvider]) -> None:
    settings = provider.api_settings
    assert settings.url_setting == f"{settings.vendor.lower()}:apiBaseUrl"
    assert settings.url_variable == f"{settings.vendor.upper()}_API_BASE_URL"


@pytest.mark.parametrize("answer", [response(400), response(500), timed_out(), refused()])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_error_contains_the_request(method: str, answer: Answer) -> None:
    with pytest.raises(ApiError) as raised:
        Vendor([answer]).api(retry_seconds=0).call(method, "/projects", body=BODY, query=BODY)
    assert "sentinel" not in f"{raised.value!s}{raised.value!r}"
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_a_long_message_is_truncated() -> None:
    with pytest.raises(ApiError) as raised:
        Vendor([response(400, {"message": "x" * 5000})]).api().call("GET", "/projects")
    assert len(str(raised.value)) < 500
