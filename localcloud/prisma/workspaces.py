"""The workspace of the service token: `workspaces`, and its `subscription`. A token has access to one workspace."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.prisma.envelope import ApiError, Json, data, page
from localcloud.prisma.records import WORKSPACE, WORKSPACE_NAME
from localcloud.prisma.views import Views
from localcloud.prisma.workspace import Workspace

CREATED_AT = "2026-01-01T00:00:00.000Z"


async def index(request: Request) -> Response:
    return page([_view(request)], request)


async def show(request: Request) -> Response:
    _check_id(request)
    return data(_view(request))


async def subscription(request: Request) -> Response:
    """Returns the plan. No page documents the values of `planName`, of which the plan's name is one guess."""
    _check_id(request)
    return data(
        {
            "planName": Workspace.of(request).settings.plan.capitalize(),
            "usageBlocked": False,
            "upgradeUrl": "https://console.prisma.io",
        }
    )


def _check_id(request: Request) -> None:
    workspace_id = request.path_params["workspace_id"]
    if workspace_id != WORKSPACE:
        raise ApiError(404, "notFound", f"Workspace with the ID `{workspace_id}` was not found.")


def _view(request: Request) -> Json:
    workspace = Workspace.of(request)
    url = f"{Views.of(request, workspace.store).base_url}/workspaces/{WORKSPACE}"
    return {"id": WORKSPACE, "type": "workspace", "url": url, "name": WORKSPACE_NAME, "createdAt": CREATED_AT}


ENDPOINTS = [
    Route("/workspaces", index, methods=["GET"]),
    Route("/workspaces/{workspace_id}", show, methods=["GET"]),
    Route("/workspaces/{workspace_id}/subscription", subscription, methods=["GET"]),
]
