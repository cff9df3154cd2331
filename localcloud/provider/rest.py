"""Cloudflare's API over HTTP: the envelope, its errors, and retries as the official plugin makes them."""

import datetime
import re
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any

import httpx
import stamina

from localcloud.provider.encoders import serialized
from localcloud.provider.errors import ProviderError
from localcloud.provider.hints import HINTS

# github.com/cloudflare/cloudflare-go, option/requestoption.go and internal/requestconfig, 2026-01.
RETRIED = frozenset({408, 409, 429})
# The plugin makes 3 (github.com/cloudflare/workers-sdk/issues/15642, a log of 2026-09).
ATTEMPTS = 3
PATIENCE = datetime.timedelta(seconds=10)
# A create of Hyperdrive waits for a connection to the database, an upload for the runtime.
TIMEOUT_SECONDS = 60.0
REPEATABLE = frozenset({"GET", "PUT", "DELETE"})
# github.com/cloudflare/terraform-provider-cloudflare, internal/provider.go at v5.22.0.
TOKEN = re.compile(r"[0-9A-Za-z\-_]{40,80}")


class ApiError(ProviderError):
    """The API said no. The text holds the request's method and path, never its body."""

    def __init__(self, method: str, path: str, status: int, errors: list[tuple[int | None, str]]) -> None:
        self.status = status
        self.codes = frozenset(code for code, _ in errors)
        told = "; ".join(f"{code or status} {message}" for code, message in errors) or str(status)
        hints = [HINTS[code] for code, _ in errors if code in HINTS]
        super().__init__(" ".join([f"{method} {path}: {told}", *hints]))


class _TryAgain(Exception):
    def __init__(self, reason: ProviderError, pause: datetime.timedelta | None = None) -> None:
        self.reason, self.pause = reason, pause
        super().__init__(str(reason))


@dataclass(frozen=True)
class Api:
    """One account's API. Raises ``ApiError`` for an answer of 400 and above."""

    client: httpx.Client

    @classmethod
    def connect(cls, base_url: str, token: str, transport: httpx.BaseTransport | None = None) -> "Api":
        return cls(
            httpx.Client(
                base_url=base_url,
                headers={"Authorization": f"Bearer {token}", "User-Agent": "edge-postgres-localcloud-provider"},
                timeout=TIMEOUT_SECONDS,
                transport=transport,
                # The local cloud is on this machine, whatever proxy leads out of it.
                trust_env=False,
            )
        )

    def result(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """What the envelope holds; None for an answer without content."""
        if body is not None:
            options |= {"content": serialized(body), "headers": {"Content-Type": "application/json"}}
        answer = self.send(method, path, **options)
        if not answer.content:
            return None
        try:
            return answer.json()["result"]
        except (JSONDecodeError, KeyError, TypeError) as error:
            raise ProviderError(f"{method} {path}: the answer is not JSON with a `result`.") from error

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Sends, and sends again after 408, 409, 429, 500 and above, or where no connection came about.

        A lost answer is asked for again only where that cannot do the work twice.
        """
        try:
            for attempt in stamina.retry_context(
                on=_pause, attempts=ATTEMPTS, timeout=None, wait_initial=0.2, wait_max=2.0, wait_jitter=0.1
            ):
                with attempt:
                    return self._send_once(method, path, options)
        except _TryAgain as last:
            raise last.reason from None
        raise AssertionError("stamina ends with an answer or an exception")

    def _send_once(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        try:
            answer = self.client.request(method, path, **options)
        except httpx.ConnectError:
            raise _TryAgain(
                ProviderError(f"{method} {path}: nothing answers at {self.client.base_url}. Start the local cloud.")
            ) from None
        except httpx.TransportError as error:
            lost = ProviderError(
                f"{method} {path}: the answer was lost ({type(error).__name__}). What was asked for may have been "
                "done: look at the account before you try again."
            )
            raise _TryAgain(lost) if method in REPEATABLE else lost from None
        if answer.is_success:
            return answer
        refusal = ApiError(method, path, answer.status_code, _errors(answer))
        raise _TryAgain(refusal, asked_pause(answer)) if _is_retried(answer) else refusal


def _is_retried(answer: httpx.Response) -> bool:
    told = answer.headers.get("x-should-retry")
    if told in ("true", "false"):
        return bool(told == "true")
    return answer.status_code in RETRIED or answer.status_code >= 500


def asked_pause(answer: httpx.Response) -> datetime.timedelta | None:
    """How long the API asks to wait, up to our own patience; None where it does not say."""
    for header, unit in (("retry-after-ms", "milliseconds"), ("retry-after", "seconds")):
        try:
            return min(datetime.timedelta(**{unit: float(answer.headers[header])}), PATIENCE)
        except (KeyError, ValueError, OverflowError):
            continue
    return None


def _pause(error: Exception) -> bool | datetime.timedelta:
    if not isinstance(error, _TryAgain):
        return False
    return True if error.pause is None else error.pause


def _errors(answer: httpx.Response) -> list[tuple[int | None, str]]:
    try:
        return [(error.get("code"), str(error.get("message", ""))) for error in answer.json()["errors"]]
    except (JSONDecodeError, KeyError, TypeError, AttributeError):
        return []
