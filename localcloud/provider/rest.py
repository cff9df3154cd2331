"""An HTTP client of Cloudflare's API, with the retries of the official plugin, and shorter waits."""

import email.utils
import os
import random
import re
import time
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any

import httpx

from edge_postgres.core.error_codes import fixes_of
from localcloud.provider.encoders import serialize
from localcloud.provider.errors import ProviderError

# github.com/cloudflare/cloudflare-go v7.7.0, internal/requestconfig/requestconfig.go: shouldRetry and retryDelay.
RETRIED = frozenset({408, 409, 429})
RETRIES = 10
FIRST_DELAY_SECONDS, MAX_DELAY_SECONDS = 2.0, 30.0
JITTER = 0.25
CLOCK = "LOCALCLOUD_RETRY_CLOCK"
"""Factor of all waits between requests."""
# All waits for one request take about 3.5 minutes with the official plugin. Here an error must show in seconds.
DEFAULT_CLOCK = 0.01
# Creating a Hyperdrive configuration waits for the database, and an upload waits for the runtime.
TIMEOUT_SECONDS = 60.0
# github.com/cloudflare/terraform-provider-cloudflare, internal/provider.go at v5.22.0.
TOKEN = re.compile(r"[0-9A-Za-z\-_]{40,80}")


class ApiError(ProviderError):
    """The API returned an error. The message contains the method and the path of the request, never its body."""

    def __init__(self, method: str, path: str, status: int, errors: list[tuple[int | None, str]]) -> None:
        self.status = status
        self.codes = frozenset(code for code, _ in errors)
        no_retry = "; ".join(f"{code or status} {message}" for code, message in errors) or str(status)
        fixes = [fix for code, _ in errors if code is not None for fix in fixes_of(code)]
        super().__init__(" ".join([f"{method} {path}: {no_retry}", *fixes]))


@dataclass(frozen=True)
class Api:
    """A client of the API. Raises ``ApiError`` for a status of 400 or above."""

    client: httpx.Client
    clock: float = DEFAULT_CLOCK

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
            ),
            _clock(),
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

    def rejects_unplanned_results(self) -> bool:
        """Returns whether the mode of the local cloud is on in which a result must match its plan."""
        root = str(self.client.base_url).rstrip("/").removesuffix("/client/v4")
        answer = self.client.get(f"{root}/__localcloud/unplanned-results")
        return answer.is_success and answer.json() == {"rejected": True}

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Sends a request. Repeats it after 408, 409, 429, 500 and above, and after a lost response of any method."""
        for retry in range(RETRIES):
            answer = self._attempt(method, path, options)
            if isinstance(answer, httpx.Response) and not _is_retried(answer):
                break
            time.sleep(self.clock * retry_delay(answer, retry))
        else:
            answer = self._attempt(method, path, options)
        if isinstance(answer, ProviderError):
            raise answer
        if answer.is_success:
            return answer
        raise ApiError(method, path, answer.status_code, _errors(answer))

    def _attempt(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response | ProviderError:
        try:
            return self.client.request(method, path, **options)
        except httpx.ConnectError:
            return ProviderError(f"{method} {path}: no server at {self.client.base_url}. Start the local cloud.")
        except httpx.TransportError as error:
            return ProviderError(
                f"{method} {path}: the response was lost ({type(error).__name__}). The request may have had an effect: "
                "check the account before you try again."
            )


def _is_retried(answer: httpx.Response) -> bool:
    no_retry = answer.headers.get("x-should-retry")
    if no_retry in ("true", "false"):
        return bool(no_retry == "true")
    return answer.status_code in RETRIED or answer.status_code >= 500


def retry_delay(answer: httpx.Response | ProviderError, retry: int) -> float:
    """Returns the seconds before the next request: those that the API requests, without a limit, or a growing delay."""
    requested = _requested_delay(answer) if isinstance(answer, httpx.Response) else None
    if requested is not None:
        return max(requested, 0.0)
    delay = min(FIRST_DELAY_SECONDS * 2.0**retry, MAX_DELAY_SECONDS)
    return delay * (1 - JITTER * random.random())  # noqa: S311  # not a secret


def _requested_delay(answer: httpx.Response) -> float | None:
    for header, seconds in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = answer.headers.get(header, "")
        try:
            return float(value) * seconds
        except ValueError:
            continue
    try:
        return email.utils.parsedate_to_datetime(answer.headers.get("retry-after", "")).timestamp() - time.time()
    except ValueError:
        return None


def _clock() -> float:
    value = os.environ.get(CLOCK, "")
    try:
        return float(value) if value else DEFAULT_CLOCK
    except ValueError:
        raise ProviderError(f"{CLOCK} must be a number such as 1, got `{value}`. Set 1 for the real waits.") from None


def _errors(answer: httpx.Response) -> list[tuple[int | None, str]]:
    try:
        return [(error.get("code"), str(error.get("message", ""))) for error in answer.json()["errors"]]
    except (JSONDecodeError, KeyError, TypeError, AttributeError):
        return []
