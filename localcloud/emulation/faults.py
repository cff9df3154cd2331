"""Faults on demand: latency, errors, dropped connections. Rules are posted to `/__localcloud/faults`."""

import asyncio
import fnmatch
import re
from collections.abc import Callable, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from localcloud.emulation import connections
from localcloud.emulation.paths import api_path


class Fault(BaseModel):
    """One rule: which requests it meets, how often, and what happens to them.

    With latency alone the request is answered as ever, only later.
    """

    model_config = ConfigDict(extra="forbid")

    method: str = "*"
    """`PUT`, or `*` for every method."""
    path: str = "*"
    """Path without the base: a glob, whose `*` goes across slashes, or a regular expression that begins with `^`."""
    times: int | None = Field(default=1, ge=1)
    """How many requests it meets; null: all."""
    status: int | None = Field(default=None, ge=400, le=599)
    code: int | str | None = None
    """The vendor's own code; its usual one for a passing fault where it is left out."""
    message: str = "a fault on demand"
    retry_after: float | None = Field(default=None, ge=0)
    """Seconds, for the header `Retry-After`."""
    retry: bool | None = None
    """Whether clients may repeat the request; they may where `retry_after` is given."""
    latency_ms: int = Field(default=0, ge=0, le=600_000)
    drop: bool | Literal["before", "after"] = False
    """Breaks the connection off: before the request has an effect (`true` is the same), or after it."""

    @field_validator("path")
    @classmethod
    def _is_regular(cls, path: str) -> str:
        if path.startswith("^"):
            try:
                re.compile(path)
            except re.error as error:
                raise ValueError(f"no regular expression: {error}") from None
        return path

    def meets(self, method: str, path: str) -> bool:
        if self.method not in ("*", method):
            return False
        return bool(re.search(self.path, path)) if self.path.startswith("^") else fnmatch.fnmatchcase(path, self.path)

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.retry_after is None else {"retry-after": f"{self.retry_after:g}"}


Answer = Callable[[Fault], Response]
"""A fault that has a status, in the vendor's form of an error."""


class Faults:
    """The rules that are left, oldest first."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []

    def add(self, rules: Sequence[Fault]) -> None:
        self.rules.extend(rules)

    def clear(self) -> None:
        self.rules.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The first rule that meets the request, one time less."""
        for index, rule in enumerate(self.rules):
            if rule.meets(method, path):
                if rule.times == 1:
                    del self.rules[index]
                elif rule.times is not None:
                    self.rules[index] = rule.model_copy(update={"times": rule.times - 1})
                return rule
        return None


class FaultMiddleware:
    def __init__(self, app: ASGIApp, faults: Faults, answer: Answer) -> None:
        self._app = app
        self._faults = faults
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._faults.take(scope["method"], api_path(scope)) if scope["type"] == "http" else None
        if fault is None:
            await self._app(scope, receive, send)
            return
        await asyncio.sleep(fault.latency_ms / 1000)
        if fault.drop == "after":
            await self._app(scope, receive, _unsent)
        if fault.drop:
            await connections.drop(scope)
        elif fault.status is not None:
            await self._answer(fault)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


async def _unsent(_: Message) -> None:
    return
