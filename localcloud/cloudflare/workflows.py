"""Workflows: `accounts/{account}/workflows/{name}`, each one class of a Worker. The runtime stores their instances.

Sources: https://developers.cloudflare.com/api/resources/workflows/ and
https://developers.cloudflare.com/workflows/reference/limits/ (read 2026-11-30).
"""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.emulation.generated_values import new_uuid, now
from localcloud.emulation.store import Record, Records

KIND = "workflows"

INVALID = 10021
NOT_FOUND = 10200
SCRIPT_NOT_FOUND = 10007

NAME = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9-_]{0,63}")
"""The pattern that wrangler checks: @cloudflare/workers-utils, `isValidWorkflowName` (read 2026-11-30)."""
STATUSES = ("complete", "errored", "paused", "queued", "running", "terminated", "waiting", "waitingForPause")
OPTIONS = ("concurrency", "default_retention", "limits", "schedules")


async def index(request: Request) -> Response:
    """Lists the Workflows. The query parameter `search` selects them by a part of their names."""
    search = request.query_params.get("search", "")
    found = [each for each in Cloud.of(request).store.owned(KIND, account_of(request)) if search in each["name"]]
    return page([view(each) for each in found], request)


async def show(request: Request) -> Response:
    return ok(view(_get_or_404(Cloud.of(request).store, request)))


async def replace(request: Request) -> Response:
    """Creates a Workflow, or changes its class or Worker. Every call creates a version."""
    account, name = account_of(request), request.path_params["workflow_name"]
    if not NAME.fullmatch(name):
        raise ApiError(400, INVALID, "The name of a Workflow must have 1 to 64 letters, digits, '-' and '_'")
    body = await json_object(request)
    async with Cloud.of(request).change() as draft:
        before = draft.get(KIND, account, name)
        changed_on = now()
        identity = before or {"id": new_uuid(), "name": name, "created_on": changed_on}
        workflow = {
            **{field: identity[field] for field in ("id", "name", "created_on")},
            "modified_on": changed_on,
            "version_id": new_uuid(),
            **_fields(draft, account, body),
        }
        draft.put(KIND, account, name, workflow)
    version = {"is_deleted": 0, "terminator_running": 0, "version_id": workflow["version_id"]}
    return ok({**_common(workflow), **version})


async def remove(request: Request) -> Response:
    async with Cloud.of(request).change() as draft:
        draft.delete(KIND, account_of(request), _get_or_404(draft, request)["name"])
    return ok({"status": "ok", "success": True})


def view(workflow: Record) -> Json:
    """Returns a Workflow for a response. The runtime cannot count instances, so that all counts are 0."""
    return {**_common(workflow), "instances": dict.fromkeys(STATUSES, 0)}


def _common(workflow: Record) -> Json:
    return {**{name: value for name, value in workflow.items() if name != "version_id"}, "triggered_on": None}


def _get_or_404(records: Records, request: Request) -> Record:
    workflow = records.get(KIND, account_of(request), request.path_params["workflow_name"])
    if workflow is None:
        raise ApiError(404, NOT_FOUND, "workflow.not_found")
    return workflow


def _fields(records: Records, account: str, body: Json) -> Json:
    class_name, script = (_string(body, name) for name in ("class_name", "script_name"))
    if not records.get("scripts", account, script):
        raise ApiError(400, SCRIPT_NOT_FOUND, f"workers.api.error.script_not_found: Worker '{script}' does not exist")
    options: dict[str, Any] = {name: body[name] for name in OPTIONS if body.get(name) is not None}
    return {"class_name": class_name, "script_name": script, **options}


def _string(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ApiError(400, INVALID, f"`{name}` must be a string that is not empty")
    return value


WORKFLOWS = "/accounts/{account_id}/workflows"
ENDPOINTS = [
    Route(WORKFLOWS, index, methods=["GET"]),
    Route(WORKFLOWS + "/{workflow_name}", show, methods=["GET"]),
    Route(WORKFLOWS + "/{workflow_name}", replace, methods=["PUT"]),
    Route(WORKFLOWS + "/{workflow_name}", remove, methods=["DELETE"]),
]
