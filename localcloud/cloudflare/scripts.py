"""Worker scripts: `accounts/{account}/workers/scripts` and `.../services`.

A script is uploaded in one message, which replaces its bindings. Secrets that the message does not list are removed,
unless `keep_bindings` contains their type or the emulator is configured to keep them.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge_postgres.core.limits import AccountResource
from localcloud.cloudflare.account_limits import reject_above_limit
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, ok, page
from localcloud.cloudflare.new_version import with_upload
from localcloud.cloudflare.queue_consumers import reject_if_consumer
from localcloud.cloudflare.script_removal import reject_if_bound, remove_with_addresses
from localcloud.cloudflare.script_upload import read_upload, settings_in
from localcloud.cloudflare.versions import (
    UNVERSIONED,
    active,
    deploy,
    new_script,
    newest,
)
from localcloud.emulation.store import Record, Records

INVALID = 10021
NOT_FOUND = 10007
NOT_IN_VIEW = ("annotations", "limits", "exports", "placement")
"""Settings that the response for a script does not contain, or in another form."""


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
    # The runtime does not return the startup time of one of many Workers.
    return ok({**view(script), "startup_time_ms": 1, "entry_point": received.main_module})


async def index(request: Request) -> Response:
    return page([view(script) for script in Cloud.of(request).store.owned("scripts", account_of(request))], request)


async def remove(request: Request) -> Response:
    """Deletes a script with its routes and domains. See `reject_if_bound` for the scripts that need `force=true`."""
    cloud, account = Cloud.of(request), account_of(request)
    async with cloud.change() as draft:
        name = get_script_or_404(draft, request)["name"]
        if request.query_params.get("force") != "true":
            reject_if_bound(draft, account, name)
        reject_if_consumer(draft, account, name)
        remove_with_addresses(draft, account, name)
    return ok(None)


async def show_service(request: Request) -> Response:
    """Shows the script as a service. Clients read this first of three resources, and a 404 means a deleted script."""
    script = get_script_or_404(Cloud.of(request).store, request)
    times = {"created_on": script["created_on"], "modified_on": script["modified_on"]}
    environment = {"environment": "production", **times, "script": view(script)}
    return ok({"id": script["name"], **times, "default_environment": environment})


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


def deploy_newest(script: Record, **fields: Any) -> Record:
    """Returns the script with a deployment of its newest version for all requests."""
    version = newest(script)
    assert version is not None
    return deploy(script, [{"version_id": version["id"], "percentage": 100}], **fields)


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
        # The runtime does not return the exports of a script.
        "handlers": ["fetch"] if version and version["modules"] else [],
        "named_handlers": [],
        "has_assets": bool(version and version["assets"]),
        "has_modules": bool(version and version["modules"]),
        "migration_tag": script["migration_tag"],
        "placement_mode": placement.get("mode"),
        **{key: value for key, value in settings.items() if key not in NOT_IN_VIEW},
        **({"placement": placement} if placement else {}),
    }


SCRIPTS = "/accounts/{account_id}/workers/scripts"
ENDPOINTS = [
    Route(SCRIPTS, index, methods=["GET"]),
    Route(SCRIPTS + "/{script}", upload, methods=["PUT"]),
    Route(SCRIPTS + "/{script}", remove, methods=["DELETE"]),
    Route("/accounts/{account_id}/workers/services/{script}", show_service, methods=["GET"]),
    Route("/accounts/{account_id}/workers/services/{script}", remove, methods=["DELETE"]),
]
