"""Fault injection: latency, errors, dropped connections. Rules are posted to `/__localcloud/faults`."""

import asyncio
import fnmatch
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from localcloud.emulation import connections
from localcloud.emulation.paths import api_path


class Fault(BaseModel):
    """One rule: the requests that it matches, how often it applies, and its effect.

    A rule with latency alone only delays the response. Deleting the rules ends the delays of waiting requests.
    """

    model_config = ConfigDict(extra="forbid")

    method: str = "*"
    """`PUT`, or `*` for every method."""
    path: str = "*"
    """Path without the base: a glob, whose `*` matches slashes too, or a regular expression that starts with `^`."""
    times: int | None = Field(default=1, ge=1)
    """Number of requests to which it applies. Null: all."""
    status: int | None = Field(default=None, ge=400, le=599)
    code: int | str | None = None
    """The vendor's error code. Default: the vendor's code for a temporary error."""
    message: str = "injected fault"
    retry_after: float | None = Field(default=None, ge=0)
    """Seconds, for the header `Retry-After`."""
    retry: bool | None = None
    """Whether clients may retry the request. Default: true if `retry_after` is set."""
    latency_ms: int = Field(default=0, ge=0, le=600_000)
    drop: bool | Literal["before", "after"] = False
    """Drops the connection before the request has an effect (`before` or `true`) or afterwards (`after`)."""

    @field_validator("path")
    @classmethod
    def _validate_pattern(cls, path: str) -> str:
        if path.startswith("^"):
            try:
                re.compile(path)
            except re.error as error:
                raise ValueError(f"not a regular expression: {error}") from None
        return path

    def matches(self, method: str, path: str) -> bool:
        if self.method not in ("*", method):
            return False
        return bool(re.search(self.path, path)) if self.path.startswith("^") else fnmatch.fnmatchcase(path, self.path)

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.retry_after is None else {"retry-after": f"{self.retry_after:g}"}


ErrorResponse = Callable[[Fault], Response]
"""Returns the response for a rule with a status, in the vendor's error format."""


class Faults:
    """The active rules, oldest first."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []
        self._cleared = asyncio.Event()

    def add(self, rules: Sequence[Fault]) -> None:
        self.rules.extend(rules)

    def clear(self) -> None:
        self.rules.clear()
        self._cleared.set()
        self._cleared = asyncio.Event()

    async def delay(self, rule: Fault) -> None:
        """Waits for the latency of the rule, or until the rules are deleted."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._cleared.wait(), rule.latency_ms / 1000)

    def take(self, method: str, path: str) -> Fault | None:
        """Returns the first rule that matches the request, and counts this use of the rule."""
        for index, rule in enumerate(self.rules):
            if rule.matches(method, path):
                if rule.times == 1:
                    del self.rules[index]
                elif rule.times is not None:
                    self.rules[index] = rule.model_copy(update={"times": rule.times - 1})
                return rule
        return None


class FaultMiddleware:
    """Applies the rules to requests."""

    def __init__(self, app: ASGIApp, faults: Faults, error_response: ErrorResponse) -> None:
        self._app = app
        self._faults = faults
        self._error_response = error_response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._faults.take(scope["method"], api_path(scope)) if scope["type"] == "http" else None
        if fault is None:
            await self._app(scope, receive, send)
            return
        await self._faults.delay(fault)
        if fault.drop == "after":
            await self._app(scope, receive, _discard)
        if fault.drop:
            await connections.drop_connection(scope)
        elif fault.status is not None:
            await self._error_response(fault)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


async def _discard(_: Message) -> None:
    return
