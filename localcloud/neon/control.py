"""The control endpoints that only this emulator has: scripted statuses of operations, and ports of computes."""

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.emulation import control
from localcloud.neon.cloud import Neon
from localcloud.neon.operation_scripts import OperationScript
from localcloud.neon.records import ENDPOINTS as COMPUTES

RULES = TypeAdapter(list[OperationScript])


async def show_scripts(request: Request) -> Response:
    return JSONResponse([rule.model_dump() for rule in Neon.of(request).operation_scripts.rules])


async def add_scripts(request: Request) -> Response:
    """Adds a list of scripts, such as ``[{"action": "apply_config", "statuses": ["failed", "finished"]}]``."""
    try:
        rules = RULES.validate_json(await request.body())
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        return JSONResponse({"error": "; ".join(wrong)}, 400)
    Neon.of(request).operation_scripts.add(rules)
    return await show_scripts(request)


async def clear_scripts(request: Request) -> Response:
    Neon.of(request).operation_scripts.clear()
    return JSONResponse([])


async def computes(request: Request) -> Response:
    """Lists ports by id. Otherwise only connection strings contain them, which need a stored password."""
    return JSONResponse({each["id"]: each["_ports"] for _, each in Neon.of(request).store.every(COMPUTES)})


ENDPOINTS = [
    *control.ENDPOINTS,
    Route("/operations", show_scripts, methods=["GET"]),
    Route("/operations", add_scripts, methods=["POST"]),
    Route("/operations", clear_scripts, methods=["DELETE"]),
    Route("/computes", computes, methods=["GET"]),
]
