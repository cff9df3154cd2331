"""Deployments of a Pages project: `.../pages/projects/{project}/deployments`.

A deployment has the bindings of the project at the time of its creation, so that changed bindings take effect with the
next deployment. If the runtime rejects a deployment, it has failed, and the previous one keeps serving.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.bindings import Inheritance, resolve_bindings
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, ok, page
from localcloud.cloudflare.pages_content import read_deployment
from localcloud.cloudflare.pages_projects import PROJECT, get_project_or_404
from localcloud.cloudflare.pages_serving import DEPLOYMENTS, alias, serving
from localcloud.cloudflare.script_upload import read_parts
from localcloud.emulation.store import Record, Records

# Neither code is documented.
NOT_FOUND = 8000009
SERVES = 8000034
BUILDS_NOTHING = 8000020


async def create(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    parts = {part.name: part for part in await read_parts(request)}
    if "manifest" not in parts:
        raise ApiError(400, BUILDS_NOTHING, "The local cloud cannot build a repository. Use `wrangler pages deploy`")
    project = get_project_or_404(cloud.store, request)
    deployment = read_deployment(parts, project)
    try:
        async with cloud.change() as draft:
            resolve_bindings(deployment["settings"]["bindings"], Inheritance(), draft, account, "")
            draft.put(DEPLOYMENTS, project["id"], deployment["id"], deployment)
    except ApiError as error:
        if error.status >= 500:
            raise
        deployment = {**deployment, "failure": error.message}
        cloud.store.put(DEPLOYMENTS, project["id"], deployment["id"], deployment)
    return ok(view(project, deployment))


async def show(request: Request) -> Response:
    return ok(view(*_get_or_404(Cloud.of(request).store, request)))


async def logs(request: Request) -> Response:
    _, deployment = _get_or_404(Cloud.of(request).store, request)
    lines = [f"Error: {deployment['failure']}"] if deployment["failure"] else ["Success: Your site was deployed!"]
    data = [{"ts": deployment["created_on"], "line": line} for line in lines]
    return ok({"total": len(data), "includes_container_logs": True, "data": data})


async def index(request: Request) -> Response:
    """Lists the deployments, newest first."""
    store, environment = Cloud.of(request).store, request.query_params.get("env")
    project = get_project_or_404(store, request)
    found = [
        view(project, deployment)
        for deployment in reversed(store.owned(DEPLOYMENTS, project["id"]))
        if environment in (None, deployment["environment"])
    ]
    return page(found, request)


async def remove(request: Request) -> Response:
    async with Cloud.of(request).change() as draft:
        project, deployment = _get_or_404(draft, request)
        if deployment["environment"] == "production" and deployment["id"] in serving(draft, project):
            raise ApiError(400, SERVES, "You cannot delete the active deployment of production.")
        draft.delete(DEPLOYMENTS, project["id"], deployment["id"])
    return ok(None)


def view(project: Record, deployment: Record) -> Json:
    status = "failure" if deployment["failure"] else "success"
    stage = {"name": "deploy", "status": status}
    stage |= {"started_on": deployment["created_on"], "ended_on": deployment["created_on"]}
    host, is_preview = project["subdomain"], deployment["environment"] == "preview"
    return {
        **{key: deployment[key] for key in ("id", "short_id", "project_id", "environment", "created_on")},
        "project_name": project["name"],
        "modified_on": deployment["created_on"],
        "url": f"https://{deployment['short_id']}.{host}",
        "aliases": [f"https://{alias(deployment['branch'])}.{host}"] if is_preview else None,
        "latest_stage": stage,
        "stages": [stage],
        "deployment_trigger": {
            "type": "ad_hoc",
            "metadata": {
                "branch": deployment["branch"],
                "commit_hash": deployment["commit"]["hash"] or "",
                "commit_message": deployment["commit"]["message"] or "",
                "commit_dirty": deployment["commit"]["dirty"] == "true",
            },
        },
        "build_config": project["build_config"],
        "source": project["source"],
        "is_skipped": False,
        "uses_functions": deployment["functions"] is not None,
    }


def _get_or_404(records: Records, request: Request) -> tuple[Record, Record]:
    project, id_ = get_project_or_404(records, request), request.path_params["deployment"]
    deployment = records.get(DEPLOYMENTS, project["id"], id_)
    if deployment is None:
        raise ApiError(404, NOT_FOUND, f"The project has no deployment {id_}.")
    return project, deployment


ENDPOINTS = [
    Route(PROJECT + "/deployments", index, methods=["GET"]),
    Route(PROJECT + "/deployments", create, methods=["POST"]),
    Route(PROJECT + "/deployments/{deployment}", show, methods=["GET"]),
    Route(PROJECT + "/deployments/{deployment}", remove, methods=["DELETE"]),
    Route(PROJECT + "/deployments/{deployment}/history/logs", logs, methods=["GET"]),
]
