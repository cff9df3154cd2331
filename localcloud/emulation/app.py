"""An emulator's application: the API with what every request passes on its way there, and its own endpoints."""

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
from localcloud.emulation.faults import Answer, FaultMiddleware
from localcloud.emulation.request_log import RequestLogMiddleware

# A page in a browser can make any name of its own lead to this machine; with such a name it gets nothing.
HOSTS = ["127.0.0.1", "localhost"]


class Emulator(control.Emulator, Protocol):
    """What an application is made for."""

    async def start(self) -> None:
        """Before the first request."""

    async def close(self) -> None:
        """After the last one."""


@dataclass(frozen=True)
class Vendor:
    """What is a vendor's own."""

    base_path: str
    resources: Sequence[BaseRoute]
    """Endpoints of the API."""
    own: Sequence[BaseRoute]
    """The emulator's own endpoints, below `/__localcloud/`."""
    authorization: Middleware
    """Refuses who may not call; all of the above."""
    errors: Mapping[int | type[Exception], ExceptionHandler]
    too_large: Response
    fault: Answer
    further: Sequence[Middleware] = ()
    """What a request passes once it is known to be allowed."""


def create(emulator: Emulator, vendor: Vendor) -> Starlette:
    """The API, with and without its base path, and the emulator's own endpoints."""
    errors: Any = dict(vendor.errors)
    api = Starlette(
        routes=list(vendor.resources),
        middleware=[
            Middleware(RequestLogMiddleware, request_log=emulator.request_log, too_large=vendor.too_large),
            Middleware(FaultMiddleware, faults=emulator.faults, answer=vendor.fault),
            vendor.authorization,
            *vendor.further,
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
            Mount("/__localcloud", routes=list(vendor.own), middleware=[vendor.authorization]),
            Mount(vendor.base_path, app=api),
            Mount("/", app=api),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)],
        exception_handlers=errors,
        lifespan=lifespan,
    )
    app.state.emulator = emulator
    return app
