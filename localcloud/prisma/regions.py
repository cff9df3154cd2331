"""Regions: `regions`, `regions/postgres`. All databases are on this machine; a region is a word."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.prisma.envelope import Json

DEFAULT = "us-east-1"
INHERIT = "inherit"
"""The region of the project."""
# https://www.prisma.io/docs/postgres/database/regions (2026-11-21)
NAMES = {
    "us-east-1": "US East (N. Virginia)",
    "us-west-1": "US West (N. California)",
    "eu-west-3": "Europe (Paris)",
    "eu-central-1": "Europe (Frankfurt)",
    "ap-northeast-1": "Asia Pacific (Tokyo)",
    "ap-southeast-1": "Asia Pacific (Singapore)",
}


async def index(_: Request) -> Response:
    return JSONResponse({"data": [{**region, "product": "postgres"} for region in _regions()]})


async def index_of_postgres(_: Request) -> Response:
    return JSONResponse({"data": _regions()})


def known(region: str) -> str:
    """Raises ``ValueError`` for a region that Prisma does not have."""
    if region not in NAMES:
        raise ValueError(f"one of {', '.join(NAMES)} is expected")
    return region


def known_or_inherited(region: str) -> str:
    return region if region == INHERIT else known(region)


def view(region: str) -> Json:
    return {"id": region, "name": NAMES[region]}


def _regions() -> list[Json]:
    return [{"id": region, "type": "region", "name": name, "status": "available"} for region, name in NAMES.items()]


ENDPOINTS = [
    Route("/regions", index, methods=["GET"]),
    Route("/regions/postgres", index_of_postgres, methods=["GET"]),
]
