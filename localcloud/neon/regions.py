"""Regions: `/regions`."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.neon.errors import ApiError

DEFAULT = "aws-us-east-1"

# https://neon.com/docs/introduction/regions. The list is not verified, so that regions may be missing.
REGIONS = {
    DEFAULT: ("AWS US East 1 (N. Virginia)", "38.13", "-78.45"),
    "aws-us-east-2": ("AWS US East 2 (Ohio)", "39.96", "-83"),
    "aws-us-west-2": ("AWS US West 2 (Oregon)", "46.15", "-123.88"),
    "aws-eu-central-1": ("AWS Europe Central 1 (Frankfurt)", "50", "8"),
    "aws-eu-west-2": ("AWS Europe West 2 (London)", "51.5", "-0.12"),
    "aws-ap-southeast-1": ("AWS Asia Pacific 1 (Singapore)", "1.37", "103.8"),
    "aws-ap-southeast-2": ("AWS Asia Pacific 2 (Sydney)", "-33.86", "151.2"),
    "aws-sa-east-1": ("AWS South America East 1 (São Paulo)", "-23.55", "-46.63"),
}


def validate_region(region: str) -> str:
    if region not in REGIONS:
        raise ApiError(400, f"region `{region}` is not supported; use one of {', '.join(REGIONS)}")
    return region


async def index(_: Request) -> Response:
    regions = [
        {"region_id": region, "name": name, "default": region == DEFAULT, "geo_lat": latitude, "geo_long": longitude}
        for region, (name, latitude, longitude) in REGIONS.items()
    ]
    return JSONResponse({"regions": regions})


ROUTES = [Route("/regions", index, methods=["GET"])]
