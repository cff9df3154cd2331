"""Worker scripts: `accounts/{account}/workers/scripts` and `.../services`.

A script is uploaded in one message, and its bindings are replaced by those that the message lists. Secrets that it
does not list are gone, unless their type is among `keep_bindings` or the emulator was told to keep them.
"""

import base64
import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.assets import drop_sessions
from localcloud.cloudflare.bindings import Inheritance, resolved, shown
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.cloudflare.multipart import Part, is_multipart, rendered
from localcloud.cloudflare.new_version import versioned, with_upload
from localcloud.cloudflare.script_upload import parts_of, read_upload, settings_in
from localcloud.cloudflare.versions import (
    UNVERSIONED,
    active,
    deployed,
    durable_objects,
    new_script,
    newest,
    shares,
    with_version,
)
from localcloud.emulation.store import Draft, Record, Records

INVALID = 10021
NOT_FOUND = 10007
STILL_BOUND = 10142


async def upload(request: Request) -> Response:
    """A new version, which gets all requests at once."""
    cloud, account, name = Cloud.of(request), account_of(request), checked_name(request.path_params["script"])
    received = await read_upload(request)
    strict = request.query_params.get("bindings_inherit") == "strict"
    async with cloud.change() as draft:
        before = draft.get("scripts", account, name) or new_script(name)
        script = in_service(with_upload(draft, account, before, received, cloud.settings, strict=strict))
        stated = settings_in(received.metadata)
        script = {**script, "settings": {each: stated[each] for each in UNVERSIONED}}
        draft.put("scripts", account, name, script)
    return ok(view(script))


async def show(request: Request) -> Response:
    return ok(view(known_script(Cloud.of(request).store, request)))


async def index(request: Request) -> Response:
    return page([view(script) for script in Cloud.of(request).store.owned("scripts", account_of(request))], request)


async def remove(request: Request) -> Response:
    """Refused while another Worker is bound to the script, unless `force=true`. What leads to it goes with it."""
    cloud, account = Cloud.of(request), account_of(request)
    async with cloud.change() as draft:
        name = known_script(draft, request)["name"]
        if request.query_params.get("force") != "true":
            refuse_bound(draft, account, name)
        remove_with_addresses(draft, account, name)
    return ok(None)


async def show_service(request: Request) -> Response:
    """The first of a client's three reads; its 404 means that the script is gone."""
    script = known_script(Cloud.of(request).store, request)
    times = {"created_on": script["created_on"], "modified_on": script["modified_on"]}
    environment = {"environment": "production", **times, "script": view(script)}
    return ok({"id": script["name"], **times, "default_environment": environment})


async def show_settings(request: Request) -> Response:
    return ok(_settings_view(known_script(Cloud.of(request).store, request)))


async def patch_settings(request: Request) -> Response:
    """JSON, or a multipart message with the part `settings`; what it leaves out stays."""
    cloud, account = Cloud.of(request), account_of(request)
    changes = await _settings_body(request)
    async with cloud.change() as draft:
        script = known_script(draft, request)
        before = active(script)
        if before is None:
            raise ApiError(400, INVALID, f"Worker '{script['name']}' has no version whose settings can be changed")
        bindings, objects = before["bindings"], durable_objects(script)
        if "bindings" in changes:
            inheritance = Inheritance(bindings, classes=objects.classes)
            bindings = resolved(changes["bindings"], inheritance, draft, account, script["name"])
        stated = settings_in({**script["settings"], **before["settings"], **changes})
        version = {**before, "bindings": bindings, "settings": versioned(stated)}
        fresh = {name: value for name, value in version.items() if name not in ("id", "number", "created_on")}
        script = in_service(with_version(script, fresh, objects))
        script = {**script, "settings": {each: stated[each] for each in UNVERSIONED}}
        draft.put("scripts", account, script["name"], script)
    return ok(_settings_view(script))


async def show_content(request: Request) -> Response:
    """The modules as they were uploaded, byte by byte; `CF-Entrypoint` names the main one, which is the first."""
    version = active(known_script(Cloud.of(request).store, request))
    if version is None or not version["modules"]:
        return Response(status_code=204)
    body, content_type = rendered(
        [
            Part(module["name"], base64.b64decode(module["content_base64"]), module["content_type"], module["name"])
            for module in version["modules"]
        ]
    )
    return Response(body, headers={"content-type": content_type, "cf-entrypoint": version["main_module"]})


def known_script(records: Records, request: Request) -> Record:
    """The script of the path. Raises ``ApiError``."""
    script = records.get("scripts", account_of(request), request.path_params["script"])
    if script is None:
        raise ApiError(
            404, NOT_FOUND, "workers.api.error.script_not_found: This Worker does not exist on your account."
        )
    return script


def checked_name(name: str) -> str:
    """The name becomes part of a host name: https://developers.cloudflare.com/workers/wrangler/configuration/."""
    if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum() or name != name.lower():
        raise ApiError(
            400, 10016, f"workers.api.error.invalid_script_name: '{name}'. Use lower-case letters, digits, '-' and '_'."
        )
    return name


def in_service(script: Record) -> Record:
    """The script with its newest version in service, alone."""
    version = newest(script)
    assert version is not None
    return deployed(script, [{"version_id": version["id"], "percentage": 100}])


def view(script: Record) -> Json:
    """A script without its code and its bindings."""
    version = active(script)
    settings = {**script["settings"], **(version["settings"] if version else {})}
    # The answer tells less of a placement than was sent: cloudflare/terraform-provider-cloudflare#6936.
    placement = {key: value for key, value in settings.get("placement", {}).items() if key == "mode"}
    return {
        "id": script["name"],
        "tag": script["tag"],
        "etag": version["etag"] if version else "",
        "created_on": script["created_on"],
        "modified_on": script["modified_on"],
        "last_deployed_from": "api",
        # The runtime does not tell what a script exports, nor how long one of many Workers took to start.
        "handlers": ["fetch"] if version and version["modules"] else [],
        "named_handlers": [],
        "startup_time_ms": 1,
        "has_assets": bool(version and version["assets"]),
        "has_modules": bool(version and version["modules"]),
        "entry_point": version["main_module"] if version else None,
        "migration_tag": script["migration_tag"],
        "placement_mode": placement.get("mode"),
        **{key: value for key, value in settings.items() if key not in ("annotations", "limits", "exports")},
        "placement": placement,
    }


def _settings_view(script: Record) -> Json:
    version = active(script)
    if version is None:
        return {**script["settings"], "bindings": []}
    return {**version["settings"], **script["settings"], "bindings": shown(version["bindings"])}


async def _settings_body(request: Request) -> Json:
    if not is_multipart(request.headers.get("content-type", "")):
        return await json_object(request)
    for part in await parts_of(request):
        if part.name == "settings":
            try:
                settings = json.loads(part.content)
            except ValueError:
                break
            if isinstance(settings, dict):
                return settings
    raise ApiError(400, INVALID, "The message has no part `settings` that is a JSON object")


def refuse_bound(records: Records, account: str, name: str) -> None:
    """Raises ``ApiError`` while a version of another Worker that runs is bound to the script."""
    bound = [script["name"] for script in records.owned("scripts", account) if _is_bound_to(script, name)]
    if bound:
        raise ApiError(
            400,
            STILL_BOUND,
            f"Worker '{name}' is referenced by service bindings of: {', '.join(bound)}. "
            "Remove those first, or delete with force=true.",
        )


def _is_bound_to(script: Record, name: str) -> bool:
    bindings = [binding for version, _ in shares(script) for binding in version["bindings"]]
    return script["name"] != name and any(
        (binding["type"] == "service" and binding["service"] == name)
        or (binding["type"] == "durable_object_namespace" and binding.get("script_name") == name)
        for binding in bindings
    )


def remove_with_addresses(draft: Draft, account: str, name: str) -> None:
    """The script, what leads to it, and assets that wait for it."""
    for domain in draft.owned("domains", account):
        if domain["service"] == name:
            draft.delete("domains", account, domain["id"])
    for zone, route in list(draft.every("routes")):
        if route.get("script") == name:
            draft.delete("routes", zone, route["id"])
    drop_sessions(draft, account, name)
    draft.delete("scripts", account, name)


SCRIPTS = "/accounts/{account_id}/workers/scripts"
ENDPOINTS = [
    Route(SCRIPTS, index, methods=["GET"]),
    Route(SCRIPTS + "/{script}", show, methods=["GET"]),
    Route(SCRIPTS + "/{script}", upload, methods=["PUT"]),
    Route(SCRIPTS + "/{script}", remove, methods=["DELETE"]),
    Route(SCRIPTS + "/{script}/settings", show_settings, methods=["GET"]),
    Route(SCRIPTS + "/{script}/settings", patch_settings, methods=["PATCH"]),
    Route(SCRIPTS + "/{script}/content/v2", show_content, methods=["GET"]),
    Route("/accounts/{account_id}/workers/services/{script}", show_service, methods=["GET"]),
]
