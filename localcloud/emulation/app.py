"""The ASGI application of an emulator: its API with the middleware, and its control endpoints."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.types import ExceptionHandler

from localcloud.emulation import control
from localcloud.emulation.faults import ErrorResponse, FaultMiddleware
from localcloud.emulation.request_body import RequestBodyMiddleware
from localcloud.emulation.request_log import RequestLogMiddleware

# Other names are rejected, because the owner of a web page can resolve any host name to this machine (DNS rebinding).
HOSTS = ["127.0.0.1", "localhost"]


class Emulator(control.Emulator, Protocol):
    """The emulator that an application serves."""

    async def start(self) -> None:
        """Runs before the first request."""

    async def close(self) -> None:
        """Runs after the last request."""


@dataclass(frozen=True)
class VendorApi:
    """The parts of an application that differ between vendors."""

    base_path: str
    routes: Sequence[BaseRoute]
    """Endpoints of the API."""
    control_routes: Sequence[BaseRoute]
    """Control endpoints below `/__localcloud/`."""
    authorization: Middleware
    """Rejects requests without valid credentials, to the API and to the control endpoints."""
    errors: Mapping[int | type[Exception], ExceptionHandler]
    too_large: Response
    fault_response: ErrorResponse
    extra_middleware: Sequence[Middleware] = ()
    """Middleware after the authorization."""


def create(emulator: Emulator, vendor: VendorApi) -> Starlette:
    """Creates the application, which serves the API with and without its base path, and the control endpoints."""
    errors: Any = dict(vendor.errors)
    api = Starlette(
        routes=list(vendor.routes),
        middleware=[
            Middleware(RequestLogMiddleware, request_log=emulator.request_log),
            vendor.authorization,
            Middleware(RequestBodyMiddleware, request_log=emulator.request_log, too_large=vendor.too_large),
            Middleware(FaultMiddleware, faults=emulator.faults, error_response=vendor.fault_response),
            *vendor.extra_middleware,
        ],
        exception_handlers=errors,
    )
    api.state.emulator = emulator

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await emulator.start()
        yield
        await emulator.close()

    app = Starlette(
        routes=[
            Mount("/__localcloud", routes=list(vendor.control_routes), middleware=[vendor.authorization]),
            Mount(vendor.base_path, app=api),
            Mount("/", app=api),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)],
        exception_handlers=errors,
        lifespan=lifespan,
    )
    app.state.emulator = emulator
    return app
