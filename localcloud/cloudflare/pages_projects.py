"""Pages projects: `accounts/{account}/pages/projects`.

A project is identified by its name. Its host is `NAME.pages.dev`. If another account has that host, letters are added
(cloudflare/workers-sdk#3527). Sources of codes: rails/buildkite-config#101 for 8000002, workers-sdk#15313 for 8000007,
cloudflare/cloudflare-docs#2271 for 8000028.
"""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge_postgres.core.limits import AccountResource
from localcloud.cloudflare import pages_configs
from localcloud.cloudflare.account_limits import reject_above_limit
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.cloudflare.pages_serving import ASSETS, DEPLOYMENTS, DOMAINS, script_name
from localcloud.cloudflare.pages_serving import PROJECTS as KIND
from localcloud.emulation.generated_values import new_uuid, now
from localcloud.emulation.store import Draft, Record, Records

NAME_TAKEN = 8000002
NOT_FOUND = 8000007
HAS_DOMAINS = 8000028
# github.com/cloudflare/workers-sdk, packages/create-cloudflare/src/validators.ts (November 2026)
NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,56}[a-z0-9])?")
BUILD: Json = {"build_command": "", "destination_dir": "", "root_dir": ""}


async def create(request: Request) -> Response:
    account, body = account_of(request), await json_object(request)
    name, branch = body.get("name"), body.get("production_branch")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ApiError(
            400, pages_configs.INVALID, f"`name` must have 1 to 58 of a-z, 0-9 and inner hyphens, got '{name}'"
        )
    if not isinstance(branch, str) or not branch:
        raise ApiError(400, pages_configs.INVALID, "`production_branch` is required")
    async with Cloud.of(request).change() as draft:
        if draft.get(KIND, account, name):
            raise ApiError(409, NAME_TAKEN, "A project with this name already exists. Choose a different project name.")
        count = len(draft.owned(KIND, account)) + 1
        settings = Cloud.of(request).settings
        reject_above_limit(settings, AccountResource.PAGES_PROJECTS, count, pages_configs.INVALID)
        project = {
            "id": new_uuid(),
            "name": name,
            "subdomain": _free_subdomain(draft, name),
            "created_on": now(),
            "production_branch": branch,
            "build_config": {**BUILD, **(body.get("build_config") or {})},
            "source": body.get("source"),
            "deployment_configs": pages_configs.complete_configs(body.get("deployment_configs"), settings.plan),
        }
        draft.put(KIND, account, name, project)
    return ok(view(draft, project))


async def show(request: Request) -> Response:
    store = Cloud.of(request).store
    return ok(view(store, get_project_or_404(store, request)))


async def index(request: Request) -> Response:
    store = Cloud.of(request).store
    return page([view(store, project) for project in store.owned(KIND, account_of(request))], request)


async def patch(request: Request) -> Response:
    """Changes a project. Existing deployments keep their settings."""
    body = await json_object(request)
    async with Cloud.of(request).change() as draft:
        before = get_project_or_404(draft, request)
        configs, plan = body.get("deployment_configs") or {}, Cloud.of(request).settings.plan
        project = {
            **before,
            "production_branch": body.get("production_branch") or before["production_branch"],
            "source": pages_configs.merge_patch(before["source"], body["source"])
            if "source" in body
            else before["source"],
            "build_config": _patched_build(before["build_config"], body),
            "deployment_configs": {
                which: pages_configs.patch_config(config, configs.get(which) or {}, plan)
                for which, config in before["deployment_configs"].items()
            },
        }
        draft.put(KIND, account_of(request), before["name"], project)
    return ok(view(draft, project))


async def remove(request: Request) -> Response:
    """Deletes a project with its deployments. Rejected if it has custom domains."""
    async with Cloud.of(request).change() as draft:
        project = get_project_or_404(draft, request)
        if draft.owned(DOMAINS, project["id"]):
            raise ApiError(
                400,
                HAS_DOMAINS,
                "To delete your project, you must first delete all custom domains associated with your project.",
            )
        for deployment in draft.owned(DEPLOYMENTS, project["id"]):
            draft.delete(DEPLOYMENTS, project["id"], deployment["id"])
        for file in draft.owned(ASSETS, project["id"]):
            draft.delete(ASSETS, project["id"], file["hash"])
        draft.delete(KIND, account_of(request), project["name"])
    return ok(None)


def get_project_or_404(records: Records, request: Request) -> Record:
    project = records.get(KIND, account_of(request), request.path_params["project"])
    if project is None:
        raise ApiError(
            404,
            NOT_FOUND,
            "Project not found. The specified project name does not match any of your existing projects.",
        )
    return project


def view(records: Records, project: Record) -> Json:
    domains = [domain["name"] for domain in records.owned(DOMAINS, project["id"])]
    deployments = records.owned(DEPLOYMENTS, project["id"])
    return {
        **project,
        "domains": [project["subdomain"], *domains],
        "deployment_configs": {
            which: pages_configs.redact_config(config) for which, config in project["deployment_configs"].items()
        },
        "framework": "",
        "framework_version": "",
        "uses_functions": deployments[-1]["functions"] is not None if deployments else None,
        "production_script_name": script_name(project, "production"),
        "preview_script_name": script_name(project, "preview"),
    }


def _patched_build(before: Record, body: Json) -> Any:
    if "build_config" not in body:
        return before
    return {**BUILD, **pages_configs.merge_patch(before if body["build_config"] else {}, body["build_config"] or {})}


def _free_subdomain(draft: Draft, name: str) -> str:
    used = {project["subdomain"] for _, project in draft.every(KIND)}
    host = f"{name}.pages.dev"
    return host if host not in used else f"{name}-{new_uuid()[:3]}.pages.dev"


PROJECTS = "/accounts/{account_id}/pages/projects"
PROJECT = PROJECTS + "/{project}"
ENDPOINTS = [
    Route(PROJECTS, index, methods=["GET"]),
    Route(PROJECTS, create, methods=["POST"]),
    Route(PROJECT, show, methods=["GET"]),
    Route(PROJECT, patch, methods=["PATCH"]),
    Route(PROJECT, remove, methods=["DELETE"]),
]
