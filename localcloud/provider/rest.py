"""An HTTP client of Cloudflare's API, with the retries of the official plugin."""

import datetime
import re
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any

import httpx
import stamina

from localcloud.provider.encoders import serialize
from localcloud.provider.errors import ProviderError
from localcloud.provider.hints import HINTS

# github.com/cloudflare/cloudflare-go, option/requestoption.go and internal/requestconfig, 2026-01.
RETRIED = frozenset({408, 409, 429})
# The plugin has 3 attempts (github.com/cloudflare/workers-sdk/issues/15642, a log of 2026-09).
ATTEMPTS = 3
MAX_DELAY = datetime.timedelta(seconds=10)
# Creating a Hyperdrive configuration waits for the database, and an upload waits for the runtime.
TIMEOUT_SECONDS = 60.0
REPEATABLE = frozenset({"GET", "PUT", "DELETE"})
# github.com/cloudflare/terraform-provider-cloudflare, internal/provider.go at v5.22.0.
TOKEN = re.compile(r"[0-9A-Za-z\-_]{40,80}")


class ApiError(ProviderError):
    """The API returned an error. The message contains the method and the path of the request, never its body."""

    def __init__(self, method: str, path: str, status: int, errors: list[tuple[int | None, str]]) -> None:
        self.status = status
        self.codes = frozenset(code for code, _ in errors)
        no_retry = "; ".join(f"{code or status} {message}" for code, message in errors) or str(status)
        hints = [HINTS[code] for code, _ in errors if code in HINTS]
        super().__init__(" ".join([f"{method} {path}: {no_retry}", *hints]))


class _RetryableError(Exception):
    def __init__(self, reason: ProviderError, delay: datetime.timedelta | None = None) -> None:
        self.reason, self.delay = reason, delay
        super().__init__(str(reason))


@dataclass(frozen=True)
class Api:
    """A client of the API. Raises ``ApiError`` for a status of 400 or above."""

    client: httpx.Client

    @classmethod
    def connect(cls, base_url: str, token: str, transport: httpx.BaseTransport | None = None) -> "Api":
        return cls(
            httpx.Client(
                base_url=base_url,
                headers={"Authorization": f"Bearer {token}", "User-Agent": "edge-postgres-localcloud-provider"},
                timeout=TIMEOUT_SECONDS,
                transport=transport,
                # A proxy cannot reach the local cloud on this machine.
                trust_env=False,
            )
        )

    def result(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """Sends a request. Returns the `result` of the response, or None for a response without content."""
        if body is not None:
            options |= {"content": serialize(body), "headers": {"Content-Type": "application/json"}}
        answer = self.send(method, path, **options)
        if not answer.content:
            return None
        try:
            return answer.json()["result"]
        except (JSONDecodeError, KeyError, TypeError) as error:
            raise ProviderError(f"{method} {path}: the response is not JSON with a `result`.") from error

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Sends a request. Retries after 408, 409, 429, 500 and above, and after failed connections.

        After a lost response it retries only requests that can be repeated without a second effect.
        """
        try:
            for attempt in stamina.retry_context(
                on=_retry_delay, attempts=ATTEMPTS, timeout=None, wait_initial=0.2, wait_max=2.0, wait_jitter=0.1
            ):
                with attempt:
                    return self._send_once(method, path, options)
        except _RetryableError as last:
            raise last.reason from None
        raise AssertionError("stamina ends with a response or an exception")

    def _send_once(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        try:
            answer = self.client.request(method, path, **options)
        except httpx.ConnectError:
            raise _RetryableError(
                ProviderError(f"{method} {path}: no server at {self.client.base_url}. Start the local cloud.")
            ) from None
        except httpx.TransportError as error:
            lost = ProviderError(
                f"{method} {path}: the response was lost ({type(error).__name__}). The request may have had an effect: "
                "check the account before you try again."
            )
            raise _RetryableError(lost) if method in REPEATABLE else lost from None
        if answer.is_success:
            return answer
        api_error = ApiError(method, path, answer.status_code, _errors(answer))
        raise _RetryableError(api_error, requested_delay(answer)) if _is_retried(answer) else api_error


def _is_retried(answer: httpx.Response) -> bool:
    no_retry = answer.headers.get("x-should-retry")
    if no_retry in ("true", "false"):
        return bool(no_retry == "true")
    return answer.status_code in RETRIED or answer.status_code >= 500


def requested_delay(answer: httpx.Response) -> datetime.timedelta | None:
    """Returns the delay that the API requests, up to the maximum, or None."""
    for header, unit in (("retry-after-ms", "milliseconds"), ("retry-after", "seconds")):
        try:
            return min(datetime.timedelta(**{unit: float(answer.headers[header])}), MAX_DELAY)
        except (KeyError, ValueError, OverflowError):
            continue
    return None


def _retry_delay(error: Exception) -> bool | datetime.timedelta:
    if not isinstance(error, _RetryableError):
        return False
    return True if error.delay is None else error.delay


def _errors(answer: httpx.Response) -> list[tuple[int | None, str]]:
    try:
        return [(error.get("code"), str(error.get("message", ""))) for error in answer.json()["errors"]]
    except (JSONDecodeError, KeyError, TypeError, AttributeError):
        return []
