"""The code of a script: `.../workers/scripts/{script}`, `.../content/v2` and `.../content`."""

import base64

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, ok
from localcloud.cloudflare.multipart import Part, encode_multipart
from localcloud.cloudflare.script_upload import read_upload
from localcloud.cloudflare.scripts import INVALID, SCRIPTS, deploy_newest, get_script_or_404, view
from localcloud.cloudflare.versions import SETTINGS_NOT_DEPLOYED, active, reject_undeployed, with_change


async def show(request: Request) -> Response:
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


async def replace(request: Request) -> Response:
    """Deploys a version with other code. Its settings and bindings are those of the active version."""
    upload = await read_upload(request)
    async with Cloud.of(request).change() as draft:
        script = get_script_or_404(draft, request)
        before = active(script)
        if before is None:
            raise ApiError(400, INVALID, f"Worker '{script['name']}' has no version with settings")
        reject_undeployed(script, SETTINGS_NOT_DEPLOYED)
        code = {"etag": upload.etag, "main_module": upload.main_module, "modules": upload.modules}
        script = deploy_newest(with_change(script, before, **code))
        draft.put("scripts", account_of(request), script["name"], script)
    return ok(view(script))


ENDPOINTS = [
    Route(SCRIPTS + "/{script}", show, methods=["GET"]),
    Route(SCRIPTS + "/{script}/content/v2", show, methods=["GET"]),
    Route(SCRIPTS + "/{script}/content", replace, methods=["PUT"]),
]
