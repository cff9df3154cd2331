"""The emulator's own endpoints, and those that only this one has: ways of operations, ports of computes."""

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.emulation import control
from localcloud.neon.cloud import Neon
from localcloud.neon.records import ENDPOINTS as COMPUTES
from localcloud.neon.walks import Walk

RULES = TypeAdapter(list[Walk])


async def show_walks(request: Request) -> Response:
    return JSONResponse([rule.model_dump() for rule in Neon.of(request).walks.rules])


async def add_walks(request: Request) -> Response:
    """A list of rules, such as ``[{"action": "apply_config", "statuses": ["failed", "finished"]}]``."""
    try:
        rules = RULES.validate_json(await request.body())
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        return JSONResponse({"error": "; ".join(wrong)}, 400)
    Neon.of(request).walks.add(rules)
    return await show_walks(request)


async def clear_walks(request: Request) -> Response:
    Neon.of(request).walks.clear()
    return JSONResponse([])


async def computes(request: Request) -> Response:
    """The ports by id. Elsewhere only connection strings tell them, and Neon gives none of an unstored password."""
    return JSONResponse({each["id"]: each["_ports"] for _, each in Neon.of(request).store.every(COMPUTES)})


ENDPOINTS = [
    *control.ENDPOINTS,
    Route("/operations", show_walks, methods=["GET"]),
    Route("/operations", add_walks, methods=["POST"]),
    Route("/operations", clear_walks, methods=["DELETE"]),
    Route("/computes", computes, methods=["GET"]),
]
