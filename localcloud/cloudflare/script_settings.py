"""Settings of a script: `.../workers/scripts/{script}/settings` and `.../script-settings`.

The first are the settings and bindings of the active version. A change creates and deploys a version. The second are
the settings that all versions share.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.bindings import Inheritance, redact_bindings, resolve_bindings
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok
from localcloud.cloudflare.multipart import is_multipart
from localcloud.cloudflare.new_version import version_settings
from localcloud.cloudflare.plan_limits import reject_version_above_limits
from localcloud.cloudflare.script_upload import read_parts, settings_in
from localcloud.cloudflare.scripts import INVALID, SCRIPTS, deploy_newest, get_script_or_404
from localcloud.cloudflare.versions import (
    SETTINGS_NOT_DEPLOYED,
    UNVERSIONED,
    active,
    durable_objects,
    reject_undeployed,
    with_change,
)
from localcloud.emulation.store import Record
from localcloud.emulation.strict_json import parse_json

OMITTED_IF_EMPTY = ("annotations", "limits", "placement")
"""Settings that a response contains only if they were set."""


async def show(request: Request) -> Response:
    return ok(_view(get_script_or_404(Cloud.of(request).store, request)))


async def patch(request: Request) -> Response:
    """Changes settings. The body is JSON or a multipart message with the part `settings`. Omitted settings are kept."""
    cloud, account = Cloud.of(request), account_of(request)
    changes = await _body(request)
    async with cloud.change() as draft:
        script = get_script_or_404(draft, request)
        before = active(script)
        if before is None:
            raise ApiError(400, INVALID, f"Worker '{script['name']}' has no version with settings")
        reject_undeployed(script, SETTINGS_NOT_DEPLOYED)
        bindings = before["bindings"]
        if "bindings" in changes:
            inheritance = Inheritance(bindings, classes=durable_objects(script).classes)
            bindings = resolve_bindings(changes["bindings"], inheritance, draft, account, script["name"])
        settings = settings_in({**script["settings"], **before["settings"], **changes})
        changed = {**before, "bindings": bindings, "settings": settings}
        reject_version_above_limits(changed, cloud.settings.plan, INVALID)
        script = deploy_newest(with_change(script, before, bindings=bindings, settings=version_settings(settings)))
        script = {**script, "settings": {each: settings[each] for each in UNVERSIONED}}
        draft.put("scripts", account, script["name"], script)
    return ok(_view(script))


async def show_shared(request: Request) -> Response:
    return ok(get_script_or_404(Cloud.of(request).store, request)["settings"])


async def patch_shared(request: Request) -> Response:
    """Changes settings that all versions share, without a new version. Omitted settings are kept."""
    changes = await json_object(request)
    async with Cloud.of(request).change() as draft:
        script = get_script_or_404(draft, request)
        settings = settings_in({**script["settings"], **changes})
        script = {**script, "settings": {each: settings[each] for each in UNVERSIONED}}
        draft.put("scripts", account_of(request), script["name"], script)
    return ok(script["settings"])


def _view(script: Record) -> Json:
    version = active(script)
    if version is None:
        return {**script["settings"], "bindings": []}
    settings = {**version["settings"], **script["settings"], "bindings": redact_bindings(version["bindings"])}
    return {name: value for name, value in settings.items() if value or name not in OMITTED_IF_EMPTY}


async def _body(request: Request) -> Json:
    if not is_multipart(request.headers.get("content-type", "")):
        return await json_object(request)
    for part in await read_parts(request):
        if part.name == "settings":
            try:
                settings = parse_json(part.content)
            except ValueError:
                break
            if isinstance(settings, dict):
                return settings
    raise ApiError(400, INVALID, "The message needs a part `settings` with a JSON object")


ENDPOINTS = [
    Route(SCRIPTS + "/{script}/settings", show, methods=["GET"]),
    Route(SCRIPTS + "/{script}/settings", patch, methods=["PATCH"]),
    Route(SCRIPTS + "/{script}/script-settings", show_shared, methods=["GET"]),
    Route(SCRIPTS + "/{script}/script-settings", patch_shared, methods=["PATCH"]),
]
