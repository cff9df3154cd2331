"""The application of the emulator, with its table of resources."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import Scope

from localcloud.emulation.app import VendorApi, create
from localcloud.emulation.bearer import BearerMiddleware
from localcloud.emulation.request_body import MAX_BODY_BYTES
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
    ApiError,
    error_response,
    fault_response,
    handle_api_error,
    handle_crash,
    handle_http_exception,
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
        VendorApi(
            base_path="/api/v2",
            routes=RESOURCES,
            control_routes=control.ENDPOINTS,
            authorization=Middleware(BearerMiddleware, key=neon.settings.api_key, unauthorized_response=_unauthorized),
            errors={ApiError: handle_api_error, HTTPException: handle_http_exception, Exception: handle_crash},
            too_large=error_response(413, f"the body must have at most {MAX_BODY_BYTES} bytes"),
            fault_response=fault_response,
            extra_middleware=[Middleware(RateMiddleware, rate=neon.settings.rate)],
        ),
    )


def _unauthorized(scope: Scope) -> Response:
    return error_response(401, "authentication failed: supply a valid API key", scope=scope)
