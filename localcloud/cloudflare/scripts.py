"""Worker scripts: `accounts/{account}/workers/scripts` and `.../services`.

A script is uploaded in one message, and its bindings are replaced by those that the message lists. Secrets that it
does not list are gone, unless their type is among `keep_bindings` or the emulator was told to keep them.
"""

import base64
import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.bindings import SECRETS, Inheritance, resolved, shown
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import Json, Refused, json_object, ok, page
from localcloud.cloudflare.multipart import Part, is_multipart, rendered
from localcloud.cloudflare.script_upload import parts_of, read_upload, settings_in
from localcloud.emulation.stamps import new_id, now
from localcloud.emulation.store import Draft, Record, Records

NOT_FOUND = 10007
STILL_BOUND = 10142


async def upload(request: Request) -> Response:
    cloud, account, name = Cloud.of(request), account_of(request), checked_name(request)
    received = await read_upload(request)
    async with cloud.change() as draft:
        before, modified_on = draft.get("scripts", account, name), now()
        kept = set(received.metadata.get("keep_bindings") or ())
        inheritance = Inheritance(
            before["bindings"] if before else (),
            kept | set(SECRETS) if cloud.settings.keep_undeclared_secrets else kept,
            strict=request.query_params.get("bindings_inherit") == "strict",
        )
        script = {
            "name": name,
            "tag": before["tag"] if before else new_id(),
            "created_on": before["created_on"] if before else modified_on,
            "modified_on": modified_on,
            "etag": received.etag,
            "main_module": received.main_module,
            "modules": received.modules,
            "settings": settings_in(received.metadata),
            "bindings": resolved(received.metadata.get("bindings") or [], inheritance, draft, account, name),
            "migration_tag": (received.metadata.get("migrations") or {}).get("new_tag"),
            "subdomain": before["subdomain"] if before else {"enabled": False, "previews_enabled": False},
            "schedules": before["schedules"] if before else [],
        }
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
        bound = [script["name"] for script in draft.owned("scripts", account) if _is_bound_to(script, name)]
        if bound and request.query_params.get("force") != "true":
            raise Refused(
                400,
                STILL_BOUND,
                f"Worker '{name}' is referenced by service bindings of: {', '.join(bound)}. "
                "Remove those first, or delete with force=true.",
            )
        _remove_addresses(draft, account, name)
        draft.delete("scripts", account, name)
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
        name, bindings = script["name"], script["bindings"]
        if "bindings" in changes:
            bindings = resolved(changes["bindings"], Inheritance(bindings), draft, account, name)
        settings = settings_in({**script["settings"], **changes})
        script = {**script, "settings": settings, "bindings": bindings, "modified_on": now()}
        draft.put("scripts", account, name, script)
    return ok(_settings_view(script))


async def show_content(request: Request) -> Response:
    """The modules as they were uploaded, byte by byte; `CF-Entrypoint` names the main one, which is the first."""
    script = known_script(Cloud.of(request).store, request)
    body, content_type = rendered(
        [
            Part(module["name"], base64.b64decode(module["content_base64"]), module["content_type"], module["name"])
            for module in script["modules"]
        ]
    )
    return Response(body, headers={"content-type": content_type, "cf-entrypoint": script["main_module"]})


def known_script(records: Records, request: Request) -> Record:
    """The script of the path. Raises ``Refused``."""
    script = records.get("scripts", account_of(request), request.path_params["script"])
    if script is None:
        raise Refused(404, NOT_FOUND, "workers.api.error.script_not_found: This Worker does not exist on your account.")
    return script


def checked_name(request: Request) -> str:
    """The name becomes part of a host name: https://developers.cloudflare.com/workers/wrangler/configuration/."""
    name: str = request.path_params["script"]
    if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum() or name != name.lower():
        raise Refused(
            400, 10016, f"workers.api.error.invalid_script_name: '{name}'. Use lower-case letters, digits, '-' and '_'."
        )
    return name


def view(script: Record) -> Json:
    """A script without its code and its bindings."""
    settings = {key: value for key, value in script["settings"].items() if key not in ("annotations", "limits")}
    return {
        "id": script["name"],
        "tag": script["tag"],
        "etag": script["etag"],
        "created_on": script["created_on"],
        "modified_on": script["modified_on"],
        "last_deployed_from": "api",
        # The runtime does not tell what a script exports, nor how long one of many Workers took to start.
        "handlers": ["fetch"],
        "named_handlers": [],
        "startup_time_ms": 1,
        "has_assets": False,
        "has_modules": True,
        "entry_point": script["main_module"],
        "migration_tag": script["migration_tag"],
        "placement_mode": settings["placement"].get("mode"),
        **settings,
    }


def _settings_view(script: Record) -> Json:
    return {**script["settings"], "bindings": shown(script["bindings"])}


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
    raise Refused(400, 10021, "The message has no part `settings` that is a JSON object")


def _is_bound_to(script: Record, name: str) -> bool:
    return script["name"] != name and any(
        binding["type"] == "service" and binding["service"] == name for binding in script["bindings"]
    )


def _remove_addresses(draft: Draft, account: str, name: str) -> None:
    for domain in draft.owned("domains", account):
        if domain["service"] == name:
            draft.delete("domains", account, domain["id"])
    for zone, route in list(draft.every("routes")):
        if route.get("script") == name:
            draft.delete("routes", zone, route["id"])


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
