"""The application: its table of resources, and what every request passes on its way there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import BaseRoute, Mount
from starlette.types import ExceptionHandler

from localcloud.cloudflare import (
    account,
    control,
    domains,
    hyperdrive,
    kv,
    routes,
    schedules,
    scripts,
    subdomains,
    zones,
)
from localcloud.cloudflare.authorization import AuthorizationMiddleware
from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.envelope import (
    Refused,
    answer_crash,
    answer_fault,
    answer_http_exception,
    answer_refused,
    refusal,
)
from localcloud.emulation.faults import FaultMiddleware
from localcloud.emulation.request_log import LARGEST_BODY_BYTES, RequestLogMiddleware, log

RESOURCES: list[BaseRoute] = [
    *account.ENDPOINTS,
    *zones.ENDPOINTS,
    *hyperdrive.ENDPOINTS,
    *scripts.ENDPOINTS,
    *subdomains.ENDPOINTS,
    *schedules.ENDPOINTS,
    *routes.ENDPOINTS,
    *domains.ENDPOINTS,
    *kv.ENDPOINTS,
]
ERRORS: dict[int | type[Exception], ExceptionHandler] = {
    Refused: answer_refused,
    HTTPException: answer_http_exception,
    Exception: answer_crash,
}
TOO_LARGE = refusal(413, 10027, f"The body is longer than {LARGEST_BODY_BYTES} bytes")
BASE_PATH = "/client/v4"
# A page in a browser can make any name of its own lead to this machine; with such a name it gets nothing.
HOSTS = ["127.0.0.1", "localhost"]


def create_app(cloud: Cloud) -> Starlette:
    """The API, with and without its base path, and the emulator's own endpoints."""
    authorization = Middleware(AuthorizationMiddleware, token=cloud.settings.api_token)
    api = Starlette(
        routes=RESOURCES,
        middleware=[
            Middleware(RequestLogMiddleware, request_log=cloud.request_log, too_large=TOO_LARGE),
            Middleware(FaultMiddleware, faults=cloud.faults, answer=answer_fault),
            authorization,
        ],
        exception_handlers=ERRORS,
    )
    api.state.emulator = cloud

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            await cloud.push()
        except Refused as refused:
            log.warning("the runtime does not run what the store holds: %s", refused.message)
        yield
        await cloud.runtime.close()

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
    app.state.emulator = cloud
    return app
