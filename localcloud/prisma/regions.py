"""Regions: `regions`, `regions/postgres`. All databases are on this machine, and regions are only names."""

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


def validate_region(region: str) -> str:
    """Returns the region. Raises ``ValueError`` if Prisma does not have it."""
    if region not in NAMES:
        raise ValueError(f"must be one of {', '.join(NAMES)}")
    return region


def validate_region_or_inherit(region: str) -> str:
    return region if region == INHERIT else validate_region(region)


def view(region: str) -> Json:
    return {"id": region, "name": NAMES[region]}


def _regions() -> list[Json]:
    return [{"id": region, "type": "region", "name": name, "status": "available"} for region, name in NAMES.items()]


ENDPOINTS = [
    Route("/regions", index, methods=["GET"]),
    Route("/regions/postgres", index_of_postgres, methods=["GET"]),
]
