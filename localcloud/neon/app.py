"""The application: its table of resources, and what is Neon's own."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import Scope

from localcloud.emulation.app import Vendor, create
from localcloud.emulation.bearer import BearerMiddleware
from localcloud.emulation.request_log import LARGEST_BODY_BYTES
from localcloud.neon import (
    branches,
    connection_uri,
    control,
    databases,
    endpoints,
    operations,
    projects,
    regions,
    roles,
)
from localcloud.neon.cloud import Neon
from localcloud.neon.errors import (
    Refused,
    answer_crash,
    answer_fault,
    answer_http_exception,
    answer_refused,
    refusal,
)
from localcloud.neon.rate import RateMiddleware

RESOURCES: list[BaseRoute] = [
    *regions.ROUTES,
    *projects.ROUTES,
    *operations.ROUTES,
    *connection_uri.ROUTES,
    *branches.ROUTES,
    *endpoints.ROUTES,
    *roles.ROUTES,
    *databases.ROUTES,
]


def create_app(neon: Neon) -> Starlette:
    return create(
        neon,
        Vendor(
            base_path="/api/v2",
            resources=RESOURCES,
            own=control.ENDPOINTS,
            authorization=Middleware(BearerMiddleware, key=neon.settings.api_key, refusal=_unauthorized),
            errors={Refused: answer_refused, HTTPException: answer_http_exception, Exception: answer_crash},
            too_large=refusal(413, f"the body is longer than {LARGEST_BODY_BYTES} bytes"),
            fault=answer_fault,
            further=[Middleware(RateMiddleware, rate=neon.settings.rate)],
        ),
    )


def _unauthorized(scope: Scope) -> Response:
    return refusal(401, "authentication failed: supply a valid API key", scope=scope)
