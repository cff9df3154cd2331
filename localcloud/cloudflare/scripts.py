"""Worker scripts: `accounts/{account}/workers/scripts` and `.../services`.

A script is uploaded in one message, which replaces its bindings. Secrets that the message does not list are removed,
unless `keep_bindings` contains their type or the emulator is configured to keep them.
"""

import base64

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge_postgres.core.limits import AccountResource
from localcloud.cloudflare.account_limits import reject_above_limit
from localcloud.cloudflare.assets import drop_sessions
from localcloud.cloudflare.bindings import Inheritance, redact_bindings, resolve_bindings
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.cloudflare.multipart import Part, encode_multipart, is_multipart
from localcloud.cloudflare.new_version import version_settings, with_upload
from localcloud.cloudflare.script_upload import read_parts, read_upload, settings_in
from localcloud.cloudflare.versions import (
    UNVERSIONED,
    active,
    deploy,
    durable_objects,
    new_script,
    newest,
    shares,
    with_version,
)
from localcloud.emulation.store import Draft, Record, Records
from localcloud.emulation.strict_json import parse_json

INVALID = 10021
NOT_FOUND = 10007
STILL_BOUND = 10142


async def upload(request: Request) -> Response:
    """Creates a version and deploys it for all requests."""
    cloud, account, name = Cloud.of(request), account_of(request), validate_script_name(request.path_params["script"])
    received = await read_upload(request)
    strict = request.query_params.get("bindings_inherit") == "strict"
    async with cloud.change() as draft:
        before = draft.get("scripts", account, name)
        if before is None:
            count = len(draft.owned("scripts", account)) + 1
            reject_above_limit(cloud.settings, AccountResource.WORKERS, count, INVALID)
            before = new_script(name)
        script = deploy_newest(with_upload(draft, account, before, received, cloud.settings, strict=strict))
        settings = settings_in(received.metadata)
        script = {**script, "settings": {each: settings[each] for each in UNVERSIONED}}
        draft.put("scripts", account, name, script)
    return ok(view(script))


async def show(request: Request) -> Response:
    return ok(view(get_script_or_404(Cloud.of(request).store, request)))


async def index(request: Request) -> Response:
    return page([view(script) for script in Cloud.of(request).store.owned("scripts", account_of(request))], request)


async def remove(request: Request) -> Response:
    """Deletes a script with its routes and domains. Rejected if another Worker binds it, unless `force=true`."""
    cloud, account = Cloud.of(request), account_of(request)
    async with cloud.change() as draft:
        name = get_script_or_404(draft, request)["name"]
        if request.query_params.get("force") != "true":
            reject_if_bound(draft, account, name)
        remove_with_addresses(draft, account, name)
    return ok(None)


async def show_service(request: Request) -> Response:
    """Shows the script as a service. Clients read this first of three resources, and a 404 means a deleted script."""
    script = get_script_or_404(Cloud.of(request).store, request)
    times = {"created_on": script["created_on"], "modified_on": script["modified_on"]}
    environment = {"environment": "production", **times, "script": view(script)}
    return ok({"id": script["name"], **times, "default_environment": environment})


async def show_settings(request: Request) -> Response:
    return ok(_settings_view(get_script_or_404(Cloud.of(request).store, request)))


async def patch_settings(request: Request) -> Response:
    """Changes settings. The body is JSON or a multipart message with the part `settings`. Omitted settings are kept."""
    cloud, account = Cloud.of(request), account_of(request)
    changes = await _settings_body(request)
    async with cloud.change() as draft:
        script = get_script_or_404(draft, request)
        before = active(script)
        if before is None:
            raise ApiError(400, INVALID, f"Worker '{script['name']}' has no version with settings")
        bindings, objects = before["bindings"], durable_objects(script)
        if "bindings" in changes:
            inheritance = Inheritance(bindings, classes=objects.classes)
            bindings = resolve_bindings(changes["bindings"], inheritance, draft, account, script["name"])
        settings = settings_in({**script["settings"], **before["settings"], **changes})
        version = {**before, "bindings": bindings, "settings": version_settings(settings)}
        fresh = {name: value for name, value in version.items() if name not in ("id", "number", "created_on")}
        script = deploy_newest(with_version(script, fresh, objects))
        script = {**script, "settings": {each: settings[each] for each in UNVERSIONED}}
        draft.put("scripts", account, script["name"], script)
    return ok(_settings_view(script))


async def show_content(request: Request) -> Response:
    """Returns the uploaded modules unchanged. The first is the main module, which `CF-Entrypoint` names."""
    version = active(get_script_or_404(Cloud.of(request).store, request))
    if version is None or not version["modules"]:
        return Response(status_code=204)
    body, content_type = encode_multipart(
        [
            Part(module["name"], base64.b64decode(module["content_base64"]), module["content_type"], module["name"])
            for module in version["modules"]
        ]
    )
    return Response(body, headers={"content-type": content_type, "cf-entrypoint": version["main_module"]})


def get_script_or_404(records: Records, request: Request) -> Record:
    """Returns the script of the path. Raises ``ApiError`` 404 if it does not exist."""
    script = records.get("scripts", account_of(request), request.path_params["script"])
    if script is None:
        raise ApiError(
            404, NOT_FOUND, "workers.api.error.script_not_found: This Worker does not exist on your account."
        )
    return script


def validate_script_name(name: str) -> str:
    """Validates a name, which is used in a host name.

    Source: https://developers.cloudflare.com/workers/wrangler/configuration/.
    """
    if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum() or name != name.lower():
        raise ApiError(
            400, 10016, f"workers.api.error.invalid_script_name: '{name}'. Use lower-case letters, digits, '-' and '_'."
        )
    return name


def deploy_newest(script: Record) -> Record:
    """Returns the script with a deployment of its newest version for all requests."""
    version = newest(script)
    assert version is not None
    return deploy(script, [{"version_id": version["id"], "percentage": 100}])


def view(script: Record) -> Json:
    """Returns a script for a response, without code and bindings."""
    version = active(script)
    settings = {**script["settings"], **(version["settings"] if version else {})}
    # The response omits parts of the sent placement: cloudflare/terraform-provider-cloudflare#6936.
    placement = {key: value for key, value in settings.get("placement", {}).items() if key == "mode"}
    return {
        "id": script["name"],
        "tag": script["tag"],
        "etag": version["etag"] if version else "",
        "created_on": script["created_on"],
        "modified_on": script["modified_on"],
        "last_deployed_from": "api",
        # The runtime returns neither the exports of a script nor the startup time of one of many Workers.
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
    settings = {**version["settings"], **script["settings"]}
    # Otherwise the official plugin would show a change of `limits` after every refresh, which users do not report.
    shown = {name: value for name, value in settings.items() if value or name not in ("annotations", "limits")}
    return {**shown, "bindings": redact_bindings(version["bindings"])}


async def _settings_body(request: Request) -> Json:
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


def reject_if_bound(records: Records, account: str, name: str) -> None:
    """Raises ``ApiError`` if an active version of another Worker has a service binding to the script."""
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
    """Deletes the script, its routes and domains, and its unfinished asset uploads."""
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
