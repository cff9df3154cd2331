"""Custom domains of scripts: `accounts/{account}/workers/domains`.

A host belongs to one script. A host with a DNS record is rejected: a record of the zone, or an external record, which
`PUT /__localcloud/external-dns/{host}` simulates.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge_postgres.core.limits import AccountResource
from localcloud.cloudflare.account_limits import reject_above_limit
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.cloudflare.zones import zone_id_of, zone_of_host
from localcloud.emulation.generated_values import new_id, new_uuid
from localcloud.emulation.store import Draft, Record, Records

KIND = "domains"
EXTERNAL_DNS = "external_dns"
"""Kind of record. Owned by no account: `EVERYONE`."""
EVERYONE = "every account"
DNS_RECORDS = "dns_records"

INVALID = 10021
NO_SUCH_SCRIPT = 10007
NOT_FOUND = 100114
IN_USE = 100116
HAS_EXTERNAL_DNS = 100117


async def attach(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    body = await json_object(request)
    host = _validate_host(body.get("hostname"))
    async with cloud.change() as draft:
        before = _domain_of(draft, account, host)
        service = body.get("service")
        if not isinstance(service, str) or draft.get("scripts", account, service) is None:
            raise ApiError(404, NO_SUCH_SCRIPT, f"The domain's Worker '{service}' does not exist on your account.")
        if before and before["service"] != service and not body.get("override_existing_origin"):
            raise ApiError(
                409,
                IN_USE,
                f"Hostname '{host}' is already in use by Worker '{before['service']}'. Detach it there first.",
            )
        if _has_record(draft, host) and not body.get("override_existing_dns_record"):
            raise ApiError(
                409,
                HAS_EXTERNAL_DNS,
                f"Hostname '{host}' already has externally managed DNS records (A, CNAME, etc). "
                "Delete them first or try a different hostname.",
            )
        zone = body.get("zone_name") or zone_of_host(host, cloud.settings.zones)
        others = [each for each in draft.owned(KIND, account) if each["zone_name"] == zone and each != before]
        reject_above_limit(cloud.settings, AccountResource.DOMAINS_PER_ZONE, len(others) + 1, INVALID)
        domain: Json = {
            "id": before["id"] if before else new_id(),
            "hostname": host,
            "service": service,
            "environment": body.get("environment") or "production",
            "zone_id": body.get("zone_id") or zone_id_of(zone),
            "zone_name": zone,
            "cert_id": before["cert_id"] if before else new_uuid(),
        }
        draft.put(KIND, account, domain["id"], domain)
    return ok(domain)


async def show(request: Request) -> Response:
    return ok(_get_or_404(Cloud.of(request).store, request))


async def index(request: Request) -> Response:
    return page(Cloud.of(request).store.owned(KIND, account_of(request)), request)


async def detach(request: Request) -> Response:
    async with Cloud.of(request).change() as draft:
        domain_id = _get_or_404(draft, request)["id"]
        draft.delete(KIND, account_of(request), domain_id)
    return ok({"id": domain_id})


def _validate_host(host: object) -> str:
    if (
        not isinstance(host, str)
        or "." not in host
        or not set(host.lower()) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")
    ):
        raise ApiError(400, INVALID, f"`hostname` must be a host name, got '{host}'. Paths and wildcards need a route.")
    return host


def _has_record(draft: Draft, host: str) -> bool:
    """Whether a host has a DNS record (see `dns_records.py`) other than the domain's own."""
    return bool(draft.get(EXTERNAL_DNS, EVERYONE, host)) or any(
        record["name"] == host.lower() and record["type"] in ("A", "AAAA", "CNAME")
        for _, record in draft.every(DNS_RECORDS)
    )


def _domain_of(draft: Draft, account: str, host: str) -> Record | None:
    return next((domain for domain in draft.owned(KIND, account) if domain["hostname"] == host), None)


def _get_or_404(records: Records, request: Request) -> Record:
    domain = records.get(KIND, account_of(request), request.path_params["domain_id"])
    if domain is None:
        raise ApiError(404, NOT_FOUND, f"Domain '{request.path_params['domain_id']}' was not found.")
    return domain


DOMAINS = "/accounts/{account_id}/workers/domains"
ENDPOINTS = [
    Route(DOMAINS, index, methods=["GET"]),
    Route(DOMAINS, attach, methods=["PUT"]),
    Route(DOMAINS + "/{domain_id}", show, methods=["GET"]),
    Route(DOMAINS + "/{domain_id}", detach, methods=["DELETE"]),
]
