"""`ApiClient`: the HTTP client of a vendor's management API, with time-outs and safe retries.

The client repeats a request that was certainly not carried out, with growing delays. That is the case if there was no
connection, for status 429 or 503, and for a status by which the vendor reports a lock. The client also repeats a GET
after any temporary error. Any other request without a response raises `AmbiguousOutcome`, because only a lookup of the
object shows whether the API carried out the request. A status such as 500, which does not show the outcome, does too.
"""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

import httpx
import tenacity

from edge_postgres.core.json_types import Json
from edge_postgres.http.errors import AmbiguousOutcome, ApiError
from edge_postgres.http.rules import LOOPBACK_HOSTS

CONNECT_TIMEOUT_SECONDS = 10.0
RESPONSE_TIMEOUT_SECONDS = 60.0
RETRY_SECONDS = 300.0
"""Seconds during which the client repeats one request."""
MAX_DELAY_SECONDS = 20.0
MAX_MESSAGE_LENGTH = 300

Query = Mapping[str, str | int | None]

_RETRYABLE = frozenset({429, 503})
# Cloudflare, which is in front of some APIs, returns 520 to 524 if it has no response of the API:
# https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/ (2026-12-01).
_AMBIGUOUS = frozenset({408, 500, 502, 504, 520, 521, 522, 523, 524})
_RETRYABLE_FOR_GET = _AMBIGUOUS | {425}
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class ApiClient:
    """The client of one vendor's API.

    Args:
        vendor: Name of the vendor in messages, such as `Neon`. The names of its settings begin with it.
        base_url: Address of the API.
        api_key: The API key, which the client sends as a bearer token.
        retryable: Statuses by which the vendor reports that it did nothing because another operation runs.
        retryable_messages: The same for a status with several meanings: by status, a part of the vendor's message.
        retry_seconds: Seconds during which the client repeats one request.
        transport: Replaces the network in tests.
        sleep: Replaces the delays in tests.
    """

    def __init__(
        self,
        vendor: str,
        base_url: str,
        api_key: str,
        *,
        retryable: frozenset[int] = frozenset(),
        retryable_messages: Mapping[int, str] = MappingProxyType({}),
        retry_seconds: float = RETRY_SECONDS,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self.vendor = vendor
        self._retryable = _RETRYABLE | retryable
        self._retryable_messages = retryable_messages
        self._retry_seconds = retry_seconds
        self._sleep = sleep or tenacity.nap.sleep
        self._http = httpx.Client(
            base_url=base_url,
            headers={"authorization": f"Bearer {api_key}", "accept": "application/json"},
            timeout=httpx.Timeout(RESPONSE_TIMEOUT_SECONDS, connect=CONNECT_TIMEOUT_SECONDS),
            transport=transport,
            # An HTTP proxy of the environment cannot reach a server on this machine.
            trust_env=httpx.URL(base_url).host not in LOOPBACK_HOSTS,
        )

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Json | None = None,
        query: Query | None = None,
        missing_ok: bool = False,
    ) -> Json | None:
        """Returns the JSON object of the response. Returns None for an empty response, and for 404 if ``missing_ok``.

        Raises:
            AmbiguousOutcome: The request may have been carried out.
            ApiError: The API rejected the request, every attempt failed, or the response is not a JSON object.
        """
        for attempt in tenacity.Retrying(
            retry=tenacity.retry_if_exception(_is_retryable),
            wait=_RetryDelay(),
            stop=tenacity.stop_after_delay(self._retry_seconds),
            sleep=self._sleep,
            reraise=True,
        ):
            with attempt:
                return self._send(method, path, body, query, missing_ok=missing_ok)
        raise AssertionError("unreachable")

    def _send(self, method: str, path: str, body: Json | None, query: Query | None, *, missing_ok: bool) -> Json | None:
        request = f"{method} {path}"
        try:
            response = self._http.request(method, path, json=body, params=query)
        except _NEVER_SENT as error:
            raise ApiError(
                f"{self.vendor} cannot be reached for {request}: {_describe_missing_connection(error)}. "
                "Check the network, and run `pulumi up` again.",
                retryable=True,
            ) from None
        except httpx.TransportError as error:
            message = (
                f"{self.vendor} did not respond to {request}: {_describe_lost_response(error)}. Run `pulumi up` again."
            )
            if method == "GET":
                raise ApiError(message, retryable=True) from None
            raise self._ambiguous(request, _describe_lost_response(error)) from None
        if missing_ok and response.status_code == 404:
            return None
        if response.is_success:
            return self._parse(request, response)
        raise self._error_of(method, request, response)

    def _parse(self, request: str, response: httpx.Response) -> Json | None:
        if not response.content:
            return None
        parsed = _parse_object(response)
        if parsed is None:
            raise ApiError(
                f"{self.vendor} returned {response.status_code} for {request} without a JSON object. "
                f"Check the address of the API in the component's `api.base_url`, {self.vendor.lower()}:apiBaseUrl or "
                f"{self.vendor.upper()}_API_BASE_URL.",
                status=response.status_code,
            )
        return parsed

    def _error_of(self, method: str, request: str, response: httpx.Response) -> ApiError:
        status = response.status_code
        code, message = _error_details(response)
        if method != "GET" and status in _AMBIGUOUS:
            return self._ambiguous(request, f"status {status}", status=status, code=code, message=message)
        details = ", ".join(part for part in (code, message) if part)
        error = ApiError(
            f"{self.vendor} returned {status} for {request}{f': {details}'.rstrip('.') if details else ''}. "
            f"{_fix_of(status)}",
            status=status,
            code=code,
            message=message,
            retryable=self._is_temporary(status, message) or (method == "GET" and status in _RETRYABLE_FOR_GET),
        )
        error.retry_after_seconds = _retry_after(response)
        return error

    def _is_temporary(self, status: int, message: str) -> bool:
        """Returns whether an error shows that the API did nothing, and may accept the same request later."""
        part = self._retryable_messages.get(status)
        return status in self._retryable or (part is not None and part in message.lower())

    def _ambiguous(
        self, request: str, reason: str, *, status: int | None = None, code: str = "", message: str = ""
    ) -> AmbiguousOutcome:
        return AmbiguousOutcome(
            f"{self.vendor} did not confirm {request} ({reason}), which may have been carried out. "
            "Run `pulumi up` again.",
            status=status,
            code=code,
            message=message,
        )


def _fix_of(status: int) -> str:
    if status in (401, 403):
        return "Check the API key and its permissions."
    if 400 <= status < 500:
        return "Change the setting that the response names. If the response names an object, check that it exists."
    return "Run `pulumi up` again later."


class _RetryDelay(tenacity.wait.wait_base):
    """The delay before a retry: the delay that the API asks for, else a growing random delay; at most 20 s."""

    def __init__(self) -> None:
        self._growing = tenacity.wait_random_exponential(multiplier=0.25, max=MAX_DELAY_SECONDS)

    def __call__(self, retry_state: tenacity.RetryCallState) -> float:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        requested = error.retry_after_seconds if isinstance(error, ApiError) else None
        if requested is None:
            return self._growing(retry_state)
        return min(requested, MAX_DELAY_SECONDS)


def _is_retryable(error: BaseException) -> bool:
    return isinstance(error, ApiError) and error.retryable


# No message contains the message of an httpx error, which can contain sent data.
def _describe_missing_connection(error: httpx.TransportError) -> str:
    """Returns why the client did not connect, so that it sent no request."""
    return "timed out" if isinstance(error, httpx.TimeoutException) else "connection refused, unknown host or TLS error"


def _describe_lost_response(error: httpx.TransportError) -> str:
    """Returns why the client got no response, although it may have sent the request."""
    return "timed out" if isinstance(error, httpx.TimeoutException) else "connection closed"


def _parse_object(response: httpx.Response) -> Json | None:
    """Returns the JSON object in a response; None if the response contains anything else."""
    try:
        parsed = json.loads(response.content)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _error_details(response: httpx.Response) -> tuple[str, str]:
    """Returns the code and the message of an error response: of its top level, its `error`, or its first `errors`."""
    parsed = _parse_object(response) or {}
    errors = parsed.get("errors")
    details = errors[0] if isinstance(errors, list) and errors else parsed.get("error", parsed)
    details = details if isinstance(details, dict) else {}
    code, message = (str(details.get(key) or "") for key in ("code", "message"))
    return code[:MAX_MESSAGE_LENGTH], " ".join(message.split())[:MAX_MESSAGE_LENGTH]


def _retry_after(response: httpx.Response) -> float | None:
    """Returns the seconds in the header `Retry-After`; None without the header, or if it contains a date."""
    text = response.headers.get("retry-after", "")
    return float(text) if text.replace(".", "", 1).isdecimal() else None
