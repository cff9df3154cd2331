"""Operations, which show the progress of changes: `projects/{project}/operations`."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.neon.cloud import Neon
from localcloud.neon.pages import page
from localcloud.neon.records import OPERATIONS, get_or_404, view, views

LARGEST_PAGE = 1000


async def index(request: Request) -> Response:
    """Lists the operations, newest first."""
    neon, project = await Neon.advance_project(request)
    newest = neon.store.owned(OPERATIONS, project["id"])[::-1]
    shown, cursor = page(newest, request, size=None, max_size=LARGEST_PAGE)
    return JSONResponse({"operations": views(shown), **({"pagination": {"cursor": cursor}} if cursor else {})})


async def show(request: Request) -> Response:
    neon, project = await Neon.advance_project(request)
    operation = get_or_404(neon.store, OPERATIONS, project["id"], request.path_params["operation_id"])
    return JSONResponse({"operation": view(operation)})


ROUTES = [
    Route("/projects/{project_id}/operations", index, methods=["GET"]),
    Route("/projects/{project_id}/operations/{operation_id}", show, methods=["GET"]),
]
