"""workers.dev: the account's part of the name, `accounts/{account}/workers/subdomain`, and whether a script answers
there, `.../scripts/{script}/subdomain`."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.deployment import account_subdomain
from localcloud.cloudflare.envelope import ApiError, json_object, ok
from localcloud.cloudflare.scripts import SCRIPTS, known_script

INVALID = 10021


async def show(request: Request) -> Response:
    return ok(known_script(Cloud.of(request).store, request)["subdomain"])


async def switch(request: Request) -> Response:
    body = await json_object(request)
    if not isinstance(body.get("enabled"), bool):
        raise ApiError(400, INVALID, "`enabled` is true or false")
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
        raise ApiError(400, INVALID, f"`subdomain` is '{subdomain}'; it is one label of a host name")
    async with Cloud.of(request).change() as draft:
        draft.put("account_subdomains", account_of(request), "subdomain", {"subdomain": subdomain})
    return ok({"subdomain": subdomain})


async def _store(request: Request, *, enabled: bool, previews: bool) -> Response:
    subdomain = {"enabled": enabled, "previews_enabled": previews}
    async with Cloud.of(request).change() as draft:
        script = known_script(draft, request)
        draft.put("scripts", account_of(request), script["name"], {**script, "subdomain": subdomain})
    return ok(subdomain)


ENDPOINTS = [
    Route("/accounts/{account_id}/workers/subdomain", show_account, methods=["GET"]),
    Route("/accounts/{account_id}/workers/subdomain", name_account, methods=["PUT"]),
    Route(SCRIPTS + "/{script}/subdomain", show, methods=["GET"]),
    Route(SCRIPTS + "/{script}/subdomain", switch, methods=["POST"]),
    Route(SCRIPTS + "/{script}/subdomain", remove, methods=["DELETE"]),
]
