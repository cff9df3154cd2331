"""`Api`: a vendor's REST API, with time-outs, and with repeats where they are safe.

A request that was surely not carried out is made again, with growing pauses: no connection, 429, 503, and what the
vendor calls a lock. A GET is made again after any passing fault. Anything else whose answer is lost is a
``LostAnswer``: only a look tells whether it was carried out.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import tenacity

from edge_postgres.http.credentials import LOOPBACK
from edge_postgres.http.errors import ApiError, LostAnswer

CONNECT_TIMEOUT_SECONDS = 10.0
ANSWER_TIMEOUT_SECONDS = 60.0
PATIENCE_SECONDS = 300.0
"""How long one request is made again."""
LONGEST_PAUSE_SECONDS = 20.0
LONGEST_WORDS = 300

_NOT_DONE = frozenset({429, 503})
_PASSING_FOR_GET = frozenset({408, 425, 500, 502, 504})
_LOST = frozenset({500, 502, 504})
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

Json = dict[str, Any]


class Api:
    """One vendor's API.

    ``locked`` are the statuses by which the vendor says that something else is at work and nothing was done.
    ``transport`` and ``pause`` are for tests.
    """

    def __init__(
        self,
        vendor: str,
        base_url: str,
        key: str,
        *,
        locked: frozenset[int] = frozenset(),
        patience_seconds: float = PATIENCE_SECONDS,
        transport: httpx.BaseTransport | None = None,
        pause: Callable[[float], None] | None = None,
    ) -> None:
        self.vendor = vendor
        self._not_done = _NOT_DONE | locked
        self._patience_seconds = patience_seconds
        self._pause = pause or tenacity.nap.sleep
        self._http = httpx.Client(
            base_url=base_url,
            headers={"authorization": f"Bearer {key}", "accept": "application/json"},
            timeout=httpx.Timeout(ANSWER_TIMEOUT_SECONDS, connect=CONNECT_TIMEOUT_SECONDS),
            transport=transport,
            # A proxy for the Internet knows nothing of this machine.
            trust_env=httpx.URL(base_url).host not in LOOPBACK,
        )

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        missing_ok: bool = False,
    ) -> Json | None:
        """The answer's JSON object; None for an empty one, and for 404 where ``missing_ok``.

        Raises ``ApiError``, or ``LostAnswer`` where the request may have been carried out.
        """
        for attempt in tenacity.Retrying(
            retry=tenacity.retry_if_exception(_is_passing),
            wait=_Pause(),
            stop=tenacity.stop_after_delay(self._patience_seconds),
            sleep=self._pause,
            reraise=True,
        ):
            with attempt:
                return self._once(method, path, body, query, missing_ok=missing_ok)
        raise AssertionError("unreachable")

    def _once(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        query: Mapping[str, Any] | None,
        *,
        missing_ok: bool,
    ) -> Json | None:
        asked = f"{method} {path}"
        try:
            answer = self._http.request(method, path, json=body, params=query)
        except _NEVER_SENT as error:
            raise ApiError(f"{self.vendor} cannot be reached for {asked}: {_fault(error)}.", passing=True) from None
        except httpx.TransportError as error:
            if method == "GET":
                raise ApiError(f"{self.vendor} did not answer {asked}: {_fault(error)}.", passing=True) from None
            raise LostAnswer(_lost(self.vendor, asked, _fault(error))) from None
        if missing_ok and answer.status_code == 404:
            return None
        if answer.is_success:
            return self._read(asked, answer)
        raise self._refused(asked, method, answer)

    def _read(self, asked: str, answer: httpx.Response) -> Json | None:
        if not answer.content:
            return None
        try:
            read = answer.json()
        except ValueError:
            read = None
        if not isinstance(read, dict):
            raise ApiError(
                f"{self.vendor} answered {answer.status_code} to {asked} with something other than a JSON object.",
                status=answer.status_code,
            )
        return read

    def _refused(self, asked: str, method: str, answer: httpx.Response) -> ApiError:
        status = answer.status_code
        code, told = _words(answer)
        said = ": " + ", ".join(word for word in (code, told) if word) if code or told else ""
        sentence = f"{self.vendor} answered {status} to {asked}{said.rstrip('.')}."
        if method != "GET" and status in _LOST:
            return LostAnswer(_lost(self.vendor, asked, f"status {status}"), status=status, code=code, told=told)
        passing = status in self._not_done or (method == "GET" and status in _PASSING_FOR_GET)
        error = ApiError(sentence, status=status, code=code, told=told, passing=passing)
        error.retry_after_seconds = _retry_after(answer)
        return error


class _Pause(tenacity.wait.wait_base):
    """Grows, with jitter; as long as the API asks for, within bounds."""

    def __init__(self) -> None:
        self._growing = tenacity.wait_random_exponential(multiplier=0.25, max=LONGEST_PAUSE_SECONDS)

    def __call__(self, retry_state: tenacity.RetryCallState) -> float:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        asked_for = error.retry_after_seconds if isinstance(error, ApiError) else None
        if asked_for is None:
            return self._growing(retry_state)
        return min(asked_for, LONGEST_PAUSE_SECONDS)


def _is_passing(error: BaseException) -> bool:
    return isinstance(error, ApiError) and error.passing


def _lost(vendor: str, asked: str, fault: str) -> str:
    return f"{vendor} gave no answer to {asked} ({fault}); it may have been carried out."


def _fault(error: httpx.TransportError) -> str:
    """The kind of a network's fault. The library's own text is left out: it can hold what was sent."""
    if isinstance(error, httpx.TimeoutException):
        return "timed out"
    return "connection refused or no such host" if isinstance(error, httpx.ConnectError) else "connection broken off"


def _words(answer: httpx.Response) -> tuple[str, str]:
    """Code and message of an error: `{code, message}`, or the same below `error`."""
    try:
        read = json.loads(answer.content)
    except ValueError:
        return "", ""
    read = read.get("error", read) if isinstance(read, dict) else {}
    read = read if isinstance(read, dict) else {}
    code, told = (str(read.get(key) or "") for key in ("code", "message"))
    return code[:LONGEST_WORDS], " ".join(told.split())[:LONGEST_WORDS]


def _retry_after(answer: httpx.Response) -> float | None:
    text = answer.headers.get("retry-after", "")
    return float(text) if text.replace(".", "", 1).isdecimal() else None
