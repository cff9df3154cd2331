"""The application: its table of resources, and what is Prisma's own."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import Scope

from localcloud.emulation.app import Vendor, create
from localcloud.emulation.bearer import BearerMiddleware
from localcloud.emulation.request_log import LARGEST_BODY_BYTES
from localcloud.prisma import connections, control, databases, projects, regions
from localcloud.prisma.envelope import (
    Refused,
    answer_crash,
    answer_fault,
    answer_http_exception,
    answer_refused,
    refusal,
)
from localcloud.prisma.views import BASE_PATH
from localcloud.prisma.workspace import Workspace

RESOURCES: list[BaseRoute] = [
    *projects.ENDPOINTS,
    *databases.ENDPOINTS,
    *connections.ENDPOINTS,
    *regions.ENDPOINTS,
]


def create_app(workspace: Workspace) -> Starlette:
    return create(
        workspace,
        Vendor(
            base_path=BASE_PATH,
            resources=RESOURCES,
            own=control.ENDPOINTS,
            authorization=Middleware(BearerMiddleware, key=workspace.settings.service_token, refusal=_unauthorized),
            errors={Refused: answer_refused, HTTPException: answer_http_exception, Exception: answer_crash},
            too_large=refusal(413, "payloadTooLarge", f"The body is longer than {LARGEST_BODY_BYTES} bytes."),
            fault=answer_fault,
        ),
    )


def _unauthorized(_: Scope) -> Response:
    return refusal(401, "unauthorized", "Missing or invalid authorization token.")
