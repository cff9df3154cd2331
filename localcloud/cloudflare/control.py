"""The control endpoints that only the emulator of Cloudflare's API has."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.cloudflare import connectors
from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.domains import EVERYONE, EXTERNAL_DNS
from localcloud.emulation import control


async def mark_external_dns(request: Request) -> Response:
    """Marks a host as having DNS records that do not belong to Workers."""
    host = request.path_params["host"]
    Cloud.of(request).store.put(EXTERNAL_DNS, EVERYONE, host, {"host": host})
    return JSONResponse({})


async def unmark_external_dns(request: Request) -> Response:
    Cloud.of(request).store.delete(EXTERNAL_DNS, EVERYONE, request.path_params["host"])
    return JSONResponse({})


ENDPOINTS = [
    *control.ENDPOINTS,
    *connectors.ENDPOINTS,
    Route("/external-dns/{host}", mark_external_dns, methods=["PUT"]),
    Route("/external-dns/{host}", unmark_external_dns, methods=["DELETE"]),
]
