"""The application: its table of resources, and what every request passes on its way there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import BaseRoute, Mount
from starlette.types import ExceptionHandler

from localcloud.emulation.faults import FaultMiddleware
from localcloud.emulation.request_log import LARGEST_BODY_BYTES, RequestLogMiddleware
from localcloud.neon import (
    branches,
    connection_uri,
    control,
    databases,
    endpoints,
    operations,
    projects,
    regions,
    roles,
)
from localcloud.neon.authorization import AuthorizationMiddleware
from localcloud.neon.cloud import Neon
from localcloud.neon.errors import (
    Refused,
    answer_crash,
    answer_fault,
    answer_http_exception,
    answer_refused,
    refusal,
)
from localcloud.neon.rate import RateMiddleware

RESOURCES: list[BaseRoute] = [
    *regions.ROUTES,
    *projects.ROUTES,
    *operations.ROUTES,
    *connection_uri.ROUTES,
    *branches.ROUTES,
    *endpoints.ROUTES,
    *roles.ROUTES,
    *databases.ROUTES,
]
ERRORS: dict[int | type[Exception], ExceptionHandler] = {
    Refused: answer_refused,
    HTTPException: answer_http_exception,
    Exception: answer_crash,
}
TOO_LARGE = refusal(413, f"the body is longer than {LARGEST_BODY_BYTES} bytes")
BASE_PATH = "/api/v2"
# A page in a browser can make any name of its own lead to this machine; with such a name it gets nothing.
HOSTS = ["127.0.0.1", "localhost"]


def create_app(neon: Neon) -> Starlette:
    """The API, with and without its base path, and the emulator's own endpoints."""
    authorization = Middleware(AuthorizationMiddleware, key=neon.settings.api_key)
    api = Starlette(
        routes=RESOURCES,
        middleware=[
            Middleware(RequestLogMiddleware, request_log=neon.request_log, too_large=TOO_LARGE),
            Middleware(FaultMiddleware, faults=neon.faults, answer=answer_fault),
            authorization,
            Middleware(RateMiddleware, rate=neon.settings.rate),
        ],
        exception_handlers=ERRORS,
    )
    api.state.emulator = neon

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await neon.start()
        yield
        await neon.close()

    app = Starlette(
        routes=[
            Mount("/__localcloud", routes=control.ENDPOINTS, middleware=[authorization]),
            Mount(BASE_PATH, app=api),
            Mount("/", app=api),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)],
        exception_handlers=ERRORS,
        lifespan=lifespan,
    )
    app.state.emulator = neon
    return app
