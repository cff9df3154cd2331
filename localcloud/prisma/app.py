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
from localcloud.prisma import connections, control, databases, projects, regions, workspaces
from localcloud.prisma.envelope import (
    ApiError,
    error_response,
    fault_response,
    handle_api_error,
    handle_crash,
    handle_http_exception,
)
from localcloud.prisma.views import BASE_PATH
from localcloud.prisma.workspace import Workspace

RESOURCES: list[BaseRoute] = [
    *projects.ENDPOINTS,
    *databases.ENDPOINTS,
    *connections.ENDPOINTS,
    *regions.ENDPOINTS,
    *workspaces.ENDPOINTS,
]


def create_app(workspace: Workspace) -> Starlette:
    return create(
        workspace,
        VendorApi(
            base_path=BASE_PATH,
            routes=RESOURCES,
            control_routes=control.ENDPOINTS,
            authorization=Middleware(
                BearerMiddleware, key=workspace.settings.service_token, unauthorized_response=_unauthorized
            ),
            errors={ApiError: handle_api_error, HTTPException: handle_http_exception, Exception: handle_crash},
            too_large=error_response(413, "payloadTooLarge", f"The body must have at most {MAX_BODY_BYTES} bytes."),
            fault_response=fault_response,
        ),
    )


def _unauthorized(_: Scope) -> Response:
    return error_response(401, "unauthorized", "Missing or invalid authorization token.")
