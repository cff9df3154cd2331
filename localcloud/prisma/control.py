"""The control endpoints that only this emulator has."""

from typing import Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.emulation import control
from localcloud.prisma.envelope import Body, sent
from localcloud.prisma.records import DATABASES, get_or_404, put
from localcloud.prisma.workspace import Workspace


class Failures(Body):
    times: int = Field(default=1, ge=0)


class Status(Body):
    status: Literal["provisioning", "ready", "failure", "recovering"]


async def fail(request: Request) -> Response:
    """Makes the next database, or the next `times` databases, end with the status `failure`."""
    requested = await sent(request, Failures)
    Workspace.of(request).failures = requested.times
    return JSONResponse({})


async def set_status(request: Request) -> Response:
    """Sets the status of a database, which rejects logins unless it is `ready`."""
    requested = await sent(request, Status)
    async with Workspace.of(request).change() as draft:
        database = get_or_404(draft, DATABASES, request.path_params["database_id"])
        put(draft, DATABASES, {**database, "status": requested.status})
    return JSONResponse({})


ENDPOINTS = [
    *control.ENDPOINTS,
    Route("/failures", fail, methods=["POST"]),
    Route("/databases/{database_id}/status", set_status, methods=["PUT"]),
]
