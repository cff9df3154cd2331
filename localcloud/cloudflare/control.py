"""The control endpoints that only the emulator of Cloudflare's API has."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.cloudflare import connectors
from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.domains import EVERYONE, EXTERNAL_DNS
from localcloud.cloudflare.envelope import json_object
from localcloud.cloudflare.undeclared import Answer
from localcloud.emulation import control


async def mark_external_dns(request: Request) -> Response:
    """Marks a host as having DNS records that do not belong to Workers."""
    host = request.path_params["host"]
    Cloud.of(request).store.put(EXTERNAL_DNS, EVERYONE, host, {"host": host})
    return JSONResponse({})


async def unmark_external_dns(request: Request) -> Response:
    Cloud.of(request).store.delete(EXTERNAL_DNS, EVERYONE, request.path_params["host"])
    return JSONResponse({})


async def set_undeclared(request: Request) -> Response:
    """Sets the answer for attributes that a request did not set. `null` restores the answers of the emulator."""
    answer = (await json_object(request)).get("answer")
    if answer is not None and answer not in list(Answer):
        return JSONResponse({"error": f"answer: must be null or one of {', '.join(Answer)}, got {answer!r}"}, 400)
    Cloud.of(request).undeclared.mode = None if answer is None else Answer(answer)
    return JSONResponse({"answer": answer})


async def set_unplanned_results(request: Request) -> Response:
    """Sets whether the provider rejects a result that differs from its plan."""
    rejected = (await json_object(request)).get("rejected")
    if not isinstance(rejected, bool):
        return JSONResponse({"error": f"rejected: must be true or false, got {rejected!r}"}, 400)
    Cloud.of(request).rejects_unplanned_results = rejected
    return await show_unplanned_results(request)


async def show_unplanned_results(request: Request) -> Response:
    return JSONResponse({"rejected": Cloud.of(request).rejects_unplanned_results})


ENDPOINTS = [
    *control.ENDPOINTS,
    *connectors.ENDPOINTS,
    Route("/undeclared", set_undeclared, methods=["PUT"]),
    Route("/unplanned-results", set_unplanned_results, methods=["PUT"]),
    Route("/unplanned-results", show_unplanned_results, methods=["GET"]),
    Route("/external-dns/{host}", mark_external_dns, methods=["PUT"]),
    Route("/external-dns/{host}", unmark_external_dns, methods=["DELETE"]),
]
