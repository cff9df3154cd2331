"""The emulator's own endpoints, and those that only this one has."""

from typing import Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.emulation import control
from localcloud.prisma.envelope import Body, sent
from localcloud.prisma.records import DATABASES, known, put
from localcloud.prisma.workspace import Workspace


class Failures(Body):
    times: int = Field(default=1, ge=0)


class Status(Body):
    status: Literal["provisioning", "ready", "failure", "recovering"]


async def fail(request: Request) -> Response:
    """The databases that are made next end in `failure`: one, or as many as `times` says."""
    wanted = await sent(request, Failures)
    Workspace.of(request).failures = wanted.times
    return JSONResponse({})


async def set_status(request: Request) -> Response:
    """A database of any status but `ready` lets nobody in."""
    wanted = await sent(request, Status)
    async with Workspace.of(request).change() as draft:
        database = known(draft, DATABASES, request.path_params["database_id"])
        put(draft, DATABASES, {**database, "status": wanted.status})
    return JSONResponse({})


ENDPOINTS = [
    *control.ENDPOINTS,
    Route("/failures", fail, methods=["POST"]),
    Route("/databases/{database_id}/status", set_status, methods=["PUT"]),
]
