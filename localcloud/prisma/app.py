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
from localcloud.prisma import connections, control, databases, projects, regions
from localcloud.prisma.authorization import AuthorizationMiddleware
from localcloud.prisma.envelope import (
    Refused,
    answer_crash,
    answer_fault,
    answer_http_exception,
    answer_refused,
    refusal,
)
from localcloud.prisma.views import BASE_PATH
from localcloud.prisma.workspace import Workspace

RESOURCES: list[BaseRoute] = [
    *projects.ENDPOINTS,
    *databases.ENDPOINTS,
    *connections.ENDPOINTS,
    *regions.ENDPOINTS,
]
ERRORS: dict[int | type[Exception], ExceptionHandler] = {
    Refused: answer_refused,
    HTTPException: answer_http_exception,
    Exception: answer_crash,
}
TOO_LARGE = refusal(413, "payloadTooLarge", f"The body is longer than {LARGEST_BODY_BYTES} bytes.")
# A page in a browser can make any name of its own lead to this machine; with such a name it gets nothing.
HOSTS = ["127.0.0.1", "localhost"]


def create_app(workspace: Workspace) -> Starlette:
    """The API, with and without its base path, and the emulator's own endpoints."""
    authorization = Middleware(AuthorizationMiddleware, token=workspace.settings.service_token)
    api = Starlette(
        routes=RESOURCES,
        middleware=[
            Middleware(RequestLogMiddleware, request_log=workspace.request_log, too_large=TOO_LARGE),
            Middleware(FaultMiddleware, faults=workspace.faults, answer=answer_fault),
            authorization,
        ],
        exception_handlers=ERRORS,
    )
    api.state.emulator = workspace

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await workspace.start()
        yield
        await workspace.close()

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
    app.state.emulator = workspace
    return app
