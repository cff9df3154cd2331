"""Connection strings: `projects/{project}/connection_uri`."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.emulation.store import Record, Records
from localcloud.neon.cloud import Neon
from localcloud.neon.errors import ApiError, not_found
from localcloud.neon.records import BRANCHES, DATABASES, ENDPOINTS, ROLES, default_branch, endpoint_of, get_or_404
from localcloud.neon.roles import stored_password


def uri(endpoint: Record, role: str, password: str, database: str, *, pooled: bool = False) -> str:
    """Returns a connection string in Neon's format with a port: a secret."""
    port = endpoint["_ports"]["pooled" if pooled else "direct"]
    address = f"{quote(role, safe='')}:{quote(password, safe='')}@{endpoint['host']}:{port}/{quote(database, safe='')}"
    return f"postgresql://{address}?sslmode=require&channel_binding=require"


def connection(endpoint: Record, role: str, password: str, database: str) -> dict[str, Any]:
    """Returns an element of `connection_uris`. Both hosts are this machine, and only the string contains the port."""
    parameters = {
        "database": database,
        "password": password,
        "role": role,
        "host": endpoint["host"],
        "pooler_host": endpoint["host"],
    }
    return {"connection_uri": uri(endpoint, role, password, database), "connection_parameters": parameters}


async def show(request: Request) -> Response:
    neon, project = await Neon.for_project(request)
    query = request.query_params
    if not query.get("database_name") or not query.get("role_name"):
        raise ApiError(400, "`database_name` and `role_name` are required")
    endpoint = _endpoint(neon.store, project["id"], query)
    role = get_or_404(neon.store, ROLES, endpoint["branch_id"], query["role_name"])
    database = get_or_404(neon.store, DATABASES, endpoint["branch_id"], query["database_name"])
    pooled = query.get("pooled") == "true"
    return JSONResponse({"uri": uri(endpoint, role["name"], stored_password(role), database["name"], pooled=pooled)})


def _endpoint(records: Records, project_id: str, query: Mapping[str, str]) -> Record:
    """Returns the given endpoint, or the endpoint of the given branch or the default branch."""
    if query.get("endpoint_id"):
        return get_or_404(records, ENDPOINTS, project_id, query["endpoint_id"])
    requested = query.get("branch_id")
    branch = get_or_404(records, BRANCHES, project_id, requested) if requested else default_branch(records, project_id)
    endpoint = endpoint_of(records, branch)
    if endpoint is None:
        raise not_found("endpoint")
    return endpoint


ROUTES = [Route("/projects/{project_id}/connection_uri", show, methods=["GET"])]
