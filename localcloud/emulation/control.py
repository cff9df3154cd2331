"""The control endpoints of an emulator, below `/__localcloud/`.

All but `health` need the key of its API, because the request log contains the sent data, and other users may share
this machine.
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
    """The emulator, which is stored as `app.state.emulator`."""

    store: Store
    request_log: RequestLog
    faults: Faults

    def health(self) -> dict[str, Any]:
        """Returns additional fields of the response of `health`."""

    async def reset(self) -> None:
        """Deletes all records, logged requests and rules of fault injection."""


def emulator_of(request: Request) -> Emulator:
    found: Emulator = request.app.state.emulator
    return found


async def health(request: Request) -> Response:
    return JSONResponse({"status": "ok", **emulator_of(request).health()})


async def requests(request: Request) -> Response:
    """Lists the requests, oldest first. With `raw=1` the bodies are unchanged and include secrets."""
    raw = request.query_params.get("raw") == "1"
    return JSONResponse({"requests": emulator_of(request).request_log.as_data(raw=raw)})


async def store(request: Request) -> Response:
    """Returns the ids of all records by kind."""
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
