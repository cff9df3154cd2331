"""Custom domains of a Pages project: `.../pages/projects/{project}/domains`. Verification takes no time here."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.cloudflare.pages_projects import PROJECT, get_project_or_404
from localcloud.cloudflare.pages_serving import DOMAINS
from localcloud.cloudflare.zones import zone_id_of, zone_of_host
from localcloud.emulation.generated_values import new_uuid, now
from localcloud.emulation.store import Record, Records

# Neither code is documented.
NAME_TAKEN = 8000018
NOT_FOUND = 8000021
INVALID = 8000019


async def attach(request: Request) -> Response:
    cloud, name = Cloud.of(request), (await json_object(request)).get("name")
    if not isinstance(name, str) or "." not in name or not name.replace("-", "").replace(".", "").isalnum():
        raise ApiError(400, INVALID, f"`name` must be a host name, got '{name}'")
    async with cloud.change() as draft:
        project = get_project_or_404(draft, request)
        if any(domain["name"] == name for _, domain in draft.every(DOMAINS)):
            raise ApiError(409, NAME_TAKEN, f"The domain {name} already belongs to a Pages project.")
        domain: Json = {
            "id": new_uuid(),
            "domain_id": new_uuid(),
            "name": name,
            "status": "active",
            "verification_data": {"status": "active"},
            "validation_data": {"status": "active", "method": "http"},
            "certificate_authority": "google",
            "zone_tag": zone_id_of(zone_of_host(name, cloud.settings.zones)),
            "created_on": now(),
        }
        draft.put(DOMAINS, project["id"], name, domain)
    return ok(domain)


async def show(request: Request) -> Response:
    """Shows a domain. Also handles PATCH, which only requests another verification."""
    return ok(_get_or_404(Cloud.of(request).store, request)[1])


async def index(request: Request) -> Response:
    store = Cloud.of(request).store
    return page(store.owned(DOMAINS, get_project_or_404(store, request)["id"]), request)


async def detach(request: Request) -> Response:
    async with Cloud.of(request).change() as draft:
        project, domain = _get_or_404(draft, request)
        draft.delete(DOMAINS, project["id"], domain["name"])
    return ok(None)


def _get_or_404(records: Records, request: Request) -> tuple[Record, Record]:
    project, name = get_project_or_404(records, request), request.path_params["domain"]
    domain = records.get(DOMAINS, project["id"], name)
    if domain is None:
        raise ApiError(404, NOT_FOUND, f"The project has no domain {name}.")
    return project, domain


ENDPOINTS = [
    Route(PROJECT + "/domains", index, methods=["GET"]),
    Route(PROJECT + "/domains", attach, methods=["POST"]),
    Route(PROJECT + "/domains/{domain}", show, methods=["GET", "PATCH"]),
    Route(PROJECT + "/domains/{domain}", detach, methods=["DELETE"]),
]
