"""The emulator's own endpoints, below `/__localcloud/`. All but `health` want the token: the
log of requests holds what was sent, and others may work on this machine.
"""

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.domains import EVERYONE, EXTERNAL_DNS
from localcloud.cloudflare.faults import Fault

RULES = TypeAdapter(list[Fault])


async def health(request: Request) -> Response:
    settings = Cloud.of(request).settings
    return JSONResponse({"status": "ok", "plan": settings.plan, "workersPort": settings.public_port})


async def requests(request: Request) -> Response:
    """Oldest first. With `raw=1` the bodies as they came, secrets included."""
    raw = request.query_params.get("raw") == "1"
    return JSONResponse({"requests": [each.view(raw=raw) for each in Cloud.of(request).request_log.requests]})


async def store(request: Request) -> Response:
    """Ids by kind."""
    return JSONResponse(Cloud.of(request).store.ids())


async def reset(request: Request) -> Response:
    await Cloud.of(request).reset()
    return JSONResponse({})


async def show_faults(request: Request) -> Response:
    return JSONResponse([rule.model_dump() for rule in Cloud.of(request).faults.rules])


async def add_faults(request: Request) -> Response:
    try:
        rules = RULES.validate_json(await request.body())
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        return JSONResponse({"error": "; ".join(wrong)}, 400)
    Cloud.of(request).faults.add(rules)
    return await show_faults(request)


async def clear_faults(request: Request) -> Response:
    Cloud.of(request).faults.clear()
    return JSONResponse([])


async def mark_external_dns(request: Request) -> Response:
    """Lets a host have DNS records that Workers do not own."""
    host = request.path_params["host"]
    Cloud.of(request).store.put(EXTERNAL_DNS, EVERYONE, host, {"host": host})
    return JSONResponse({})


async def unmark_external_dns(request: Request) -> Response:
    Cloud.of(request).store.delete(EXTERNAL_DNS, EVERYONE, request.path_params["host"])
    return JSONResponse({})


ENDPOINTS = [
    Route("/health", health, methods=["GET"]),
    Route("/requests", requests, methods=["GET"]),
    Route("/store", store, methods=["GET"]),
    Route("/reset", reset, methods=["POST"]),
    Route("/faults", show_faults, methods=["GET"]),
    Route("/faults", add_faults, methods=["POST"]),
    Route("/faults", clear_faults, methods=["DELETE"]),
    Route("/external-dns/{host}", mark_external_dns, methods=["PUT"]),
    Route("/external-dns/{host}", unmark_external_dns, methods=["DELETE"]),
]
