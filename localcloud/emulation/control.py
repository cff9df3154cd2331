"""An emulator's own endpoints, below `/__localcloud/`. All but `health` want the key of its API: the log of requests
holds what was sent, and others may work on this machine.
"""

from typing import Any, Protocol

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.emulation.faults import Fault, Faults
from localcloud.emulation.request_log import RequestLog
from localcloud.emulation.store import Store

RULES = TypeAdapter(list[Fault])


class Emulator(Protocol):
    """What an emulator has, as `app.state.emulator`."""

    store: Store
    request_log: RequestLog
    faults: Faults

    def health(self) -> dict[str, Any]:
        """What `health` tells beside `status`."""

    async def reset(self) -> None:
        """As if newly made."""


def emulator_of(request: Request) -> Emulator:
    found: Emulator = request.app.state.emulator
    return found


async def health(request: Request) -> Response:
    return JSONResponse({"status": "ok", **emulator_of(request).health()})


async def requests(request: Request) -> Response:
    """Oldest first. With `raw=1` the bodies as they came, secrets included."""
    raw = request.query_params.get("raw") == "1"
    return JSONResponse({"requests": emulator_of(request).request_log.views(raw=raw)})


async def store(request: Request) -> Response:
    """Ids by kind."""
    return JSONResponse(emulator_of(request).store.ids())


async def reset(request: Request) -> Response:
    await emulator_of(request).reset()
    return JSONResponse({})


async def show_faults(request: Request) -> Response:
    return JSONResponse([rule.model_dump() for rule in emulator_of(request).faults.rules])


async def add_faults(request: Request) -> Response:
    try:
        rules = RULES.validate_json(await request.body())
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        return JSONResponse({"error": "; ".join(wrong)}, 400)
    emulator_of(request).faults.add(rules)
    return await show_faults(request)


async def clear_faults(request: Request) -> Response:
    emulator_of(request).faults.clear()
    return JSONResponse([])


ENDPOINTS = [
    Route("/health", health, methods=["GET"]),
    Route("/requests", requests, methods=["GET"]),
    Route("/store", store, methods=["GET"]),
    Route("/reset", reset, methods=["POST"]),
    Route("/faults", show_faults, methods=["GET"]),
    Route("/faults", add_faults, methods=["POST"]),
    Route("/faults", clear_faults, methods=["DELETE"]),
]
