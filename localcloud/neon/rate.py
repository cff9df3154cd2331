"""Rate limits: requests per minute in total, and requests per second of one route."""

import math
import re
import time
from collections import defaultdict, deque

from starlette.types import ASGIApp, Receive, Scope, Send

from localcloud.emulation.paths import api_path
from localcloud.neon.errors import error_response
from localcloud.neon.settings import Rate

MINUTE, SECOND = 60.0, 1.0
ID = re.compile(r"/([a-z0-9-]+-[a-z0-9]{8}|[0-9a-f-]{36})(?=/|$)")


class RateLimit:
    """Counts recent requests."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._all: deque[float] = deque()
        self._routes: defaultdict[str, deque[float]] = defaultdict(deque)

    def wait(self, route: str, at: float) -> float:
        """Accepts a request, or returns the seconds until the next one is allowed. ``at`` is the time in seconds."""
        waits = (
            _wait(self._all, self._rate.per_minute, MINUTE, at),
            _wait(self._routes[route], self._rate.per_second, SECOND, at),
        )
        if not any(waits):
            self._all.append(at)
            self._routes[route].append(at)
        return max(waits)


class RateMiddleware:
    """Rejects requests above the rate limits."""

    def __init__(self, app: ASGIApp, rate: Rate | None) -> None:
        self._app = app
        self._limit = None if rate is None else RateLimit(rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wait = 0.0
        if self._limit is not None and scope["type"] == "http":
            wait = self._limit.wait(route_of(scope["method"], api_path(scope)), time.monotonic())
        if wait:
            headers = {"retry-after": str(math.ceil(wait))}
            answer = error_response(429, "you have exceeded the rate limit", scope=scope, headers=headers)
            await answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def route_of(method: str, path: str) -> str:
    """Returns the path without ids, so that requests to different projects are the same route."""
    return f"{method} {ID.sub('/:id', path)}"


def _wait(accepted: deque[float], maximum: int, window: float, at: float) -> float:
    while accepted and accepted[0] <= at - window:
        accepted.popleft()
    return accepted[0] + window - at if len(accepted) >= maximum else 0.0
