"""Hosts below workers.dev.

`accounts/{account}/workers/subdomain` is the name of the account. `.../scripts/{script}/subdomain` enables the host of
a script.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.deployment import account_subdomain
from localcloud.cloudflare.envelope import ApiError, json_object, ok
from localcloud.cloudflare.scripts import SCRIPTS, get_script_or_404

INVALID = 10021


async def show(request: Request) -> Response:
    return ok(get_script_or_404(Cloud.of(request).store, request)["subdomain"])


async def switch(request: Request) -> Response:
    body = await json_object(request)
    if not isinstance(body.get("enabled"), bool):
        raise ApiError(400, INVALID, "`enabled` must be true or false")
    previews = body.get("previews_enabled")
    return await _store(request, enabled=body["enabled"], previews=body["enabled"] if previews is None else previews)


async def remove(request: Request) -> Response:
    return await _store(request, enabled=False, previews=False)


async def show_account(request: Request) -> Response:
    return ok({"subdomain": account_subdomain(Cloud.of(request).store, account_of(request))})


async def name_account(request: Request) -> Response:
    body = await json_object(request)
    subdomain = body.get("subdomain")
    if not isinstance(subdomain, str) or not subdomain.isascii() or not subdomain.replace("-", "").isalnum():
        raise ApiError(400, INVALID, f"`subdomain` must be one label of a host name, got '{subdomain}'")
    async with Cloud.of(request).change() as draft:
        draft.put("account_subdomains", account_of(request), "subdomain", {"subdomain": subdomain})
    return ok({"subdomain": subdomain})


async def _store(request: Request, *, enabled: bool, previews: bool) -> Response:
    subdomain = {"enabled": enabled, "previews_enabled": previews}
    async with Cloud.of(request).change() as draft:
        script = get_script_or_404(draft, request)
        draft.put("scripts", account_of(request), script["name"], {**script, "subdomain": subdomain})
    return ok(subdomain)


ENDPOINTS = [
    Route("/accounts/{account_id}/workers/subdomain", show_account, methods=["GET"]),
    Route("/accounts/{account_id}/workers/subdomain", name_account, methods=["PUT"]),
    Route(SCRIPTS + "/{script}/subdomain", show, methods=["GET"]),
    Route(SCRIPTS + "/{script}/subdomain", switch, methods=["POST"]),
    Route(SCRIPTS + "/{script}/subdomain", remove, methods=["DELETE"]),
]
