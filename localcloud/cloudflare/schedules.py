"""Cron triggers of a script: `accounts/{account}/workers/scripts/{script}/schedules`."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge_postgres.core.limits import AccountResource
from localcloud.cloudflare.account_limits import TOO_MANY_CRON_TRIGGERS, reject_above_limit
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_body, ok
from localcloud.cloudflare.scripts import SCRIPTS, get_script_or_404
from localcloud.emulation.generated_values import now

INVALID = 10021
CRON_FIELDS = 5


async def show(request: Request) -> Response:
    return ok({"schedules": get_script_or_404(Cloud.of(request).store, request)["schedules"]})


async def replace(request: Request) -> Response:
    """Replaces all cron triggers. An empty list removes them."""
    cloud, crons = Cloud.of(request), _crons(await json_body(request))
    async with cloud.change() as draft:
        script = get_script_or_404(draft, request)
        known = {schedule["cron"]: schedule for schedule in script["schedules"]}
        schedules = [known.get(cron) or _new_schedule(cron) for cron in crons]
        others = [each for each in draft.owned("scripts", account_of(request)) if each["name"] != script["name"]]
        count = len(schedules) + sum(len(each["schedules"]) for each in others)
        reject_above_limit(cloud.settings, AccountResource.CRON_TRIGGERS, count, TOO_MANY_CRON_TRIGGERS)
        draft.put("scripts", account_of(request), script["name"], {**script, "schedules": schedules})
    return ok({"schedules": schedules})


def _crons(body: Any) -> list[str]:
    """Returns the cron expressions of a body, which is the list or an object with `schedules`."""
    listed = body.get("schedules") if isinstance(body, dict) else body
    if not isinstance(listed, list):
        raise ApiError(400, INVALID, "`schedules` must be a list of objects with the string `cron`")
    crons: list[str] = []
    for cron in (each.get("cron") if isinstance(each, dict) else None for each in listed):
        if not isinstance(cron, str) or len(cron.split()) != CRON_FIELDS:
            raise ApiError(
                400, INVALID, f"invalid cron string '{cron}': it must have {CRON_FIELDS} fields, such as */5 * * * *"
            )
        crons.append(cron)
    return crons


def _new_schedule(cron: str) -> Json:
    created_on = now()
    return {"cron": cron, "created_on": created_on, "modified_on": created_on}


ENDPOINTS = [
    Route(SCRIPTS + "/{script}/schedules", show, methods=["GET"]),
    Route(SCRIPTS + "/{script}/schedules", replace, methods=["PUT"]),
]
