"""DNS records of a zone: `zones/{zone}/dns_records`.

A host with a CNAME cannot have other address records. Sources:
https://developers.cloudflare.com/dns/manage-dns-records/troubleshooting/records-with-same-name/ for 81053 and 81054
(November 2026); reports of users for the other codes (github.com/kubernetes-sigs/external-dns/issues/2409,
alchemy-run/distilled).
"""

import ipaddress
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.domains import KIND as DOMAINS
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.cloudflare.zones import is_below, zone_name, zone_of
from localcloud.emulation.generated_values import new_id, now
from localcloud.emulation.store import Draft, Record, Records

KIND = "dns_records"

NOT_FOUND = 81044
HOST_TAKEN = 81053
HOST_HAS_CNAME = 81054
IDENTICAL = 81058
BAD_NAME = 9000
BAD_TYPE = 1004
NOT_PROXIABLE = 9004
BAD_CONTENT = {"A": 9005, "AAAA": 9006, "CNAME": 9007}
BAD_TTL = 9021

PROXIABLE = ("A", "AAAA", "CNAME")
TYPES = (
    *(*PROXIABLE, "CAA", "CERT", "DNSKEY", "DS", "HTTPS", "LOC", "MX", "NAPTR", "NS", "OPENPGPKEY", "PTR"),
    *("SMIMEA", "SRV", "SSHFP", "SVCB", "TLSA", "TXT", "URI"),
)
AUTOMATIC_TTL = 1
MIN_TTL_SECONDS, MAX_TTL_SECONDS = 60, 86400
HOST_NAME = re.compile(
    r"(?=.{1,253}$)(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
)
DEFAULTS: Json = {"comment": None, "tags": [], "settings": {}}
FIELDS = ("type", "content", "data", "priority", "comment", "tags", "settings")


async def create(request: Request) -> Response:
    return await _store(request, None)


async def replace(request: Request) -> Response:
    return await _store(request, _get_or_404(Cloud.of(request).store, request))


async def patch(request: Request) -> Response:
    """Changes a record. Omitted fields are kept."""
    before = _get_or_404(Cloud.of(request).store, request)
    return await _store(request, before, kept=before)


async def show(request: Request) -> Response:
    return ok(_get_or_404(Cloud.of(request).store, request))


async def index(request: Request) -> Response:
    filters = {key: request.query_params[key] for key in ("name", "type", "content") if key in request.query_params}
    records = Cloud.of(request).store.owned(KIND, zone_of(request))
    return page([each for each in records if filters.items() <= each.items()], request)


async def remove(request: Request) -> Response:
    async with Cloud.of(request).change() as draft:
        record_id = _get_or_404(draft, request)["id"]
        draft.delete(KIND, zone_of(request), record_id)
    return ok({"id": record_id})


async def _store(request: Request, before: Record | None, *, kept: Json | None = None) -> Response:
    cloud, zone = Cloud.of(request), zone_of(request)
    content = _validate({**(kept or {}), **await json_object(request)}, zone_name(zone, cloud.settings.zones))
    async with cloud.change() as draft:
        changed_on = now()
        record = {
            "id": before["id"] if before else new_id(),
            **content,
            "meta": {},
            "created_on": before["created_on"] if before else changed_on,
            "modified_on": changed_on,
        }
        _reject_conflict(draft, zone, record)
        draft.put(KIND, zone, record["id"], record)
    return ok(record)


def _validate(body: Json, zone: str | None) -> Json:
    sent = {name: body[name] for name in FIELDS if body.get(name) is not None}
    kind = sent.get("type")
    if kind not in TYPES:
        raise ApiError(400, BAD_TYPE, f"DNS Validation Error: `type` is '{kind}'")
    proxied = body.get("proxied") or False
    if proxied and kind not in PROXIABLE:
        raise ApiError(400, NOT_PROXIABLE, f"This record type cannot be proxied: {kind}")
    if kind in BAD_CONTENT and not _is_content(kind, sent.get("content")):
        raise ApiError(400, BAD_CONTENT[kind], f"Content for {kind} record is invalid.")
    return {
        **DEFAULTS,
        **sent,
        "name": _validate_name(body.get("name"), zone),
        "proxiable": kind in PROXIABLE,
        "proxied": proxied,
        # A proxied record has no TTL. The API returns 1 for any sent value.
        "ttl": AUTOMATIC_TTL if proxied else _validate_ttl(body.get("ttl")),
    }


def _validate_name(name: Any, zone: str | None) -> str:
    """Returns the full name below the zone. For a zone with an unknown name, the name is not changed."""
    if name == "@" and zone is not None:
        return zone
    if not isinstance(name, str) or not HOST_NAME.fullmatch(name.lower()):
        raise ApiError(400, BAD_NAME, f"DNS name is invalid: '{name}'")
    lowered = name.lower()
    return lowered if zone is None or is_below(lowered, zone) else f"{lowered}.{zone}"


def _validate_ttl(ttl: Any) -> float:
    """Returns the TTL as a number, because the provider sends `1` or `1.0`."""
    if ttl is None:
        return AUTOMATIC_TTL
    is_number = isinstance(ttl, int | float) and not isinstance(ttl, bool)
    if not is_number or (ttl != AUTOMATIC_TTL and not MIN_TTL_SECONDS <= ttl <= MAX_TTL_SECONDS):
        raise ApiError(
            400,
            BAD_TTL,
            f"Invalid TTL. Must be between {MIN_TTL_SECONDS} and {MAX_TTL_SECONDS} seconds, or 1 for Automatic.",
        )
    return float(ttl) if ttl % 1 else int(ttl)


def _is_content(kind: str, content: Any) -> bool:
    if not isinstance(content, str):
        return False
    if kind == "CNAME":
        return HOST_NAME.fullmatch(content.lower().rstrip(".")) is not None
    try:
        return ipaddress.ip_address(content).version == (4 if kind == "A" else 6)
    except ValueError:
        return False


def _reject_conflict(draft: Draft, zone: str, record: Record) -> None:
    others = [each for each in draft.owned(KIND, zone) if each["id"] != record["id"] and each["name"] == record["name"]]
    leading = {each["type"] for each in others if each["type"] in PROXIABLE}
    # A custom domain of a Worker has a DNS record, which is not one of these records.
    is_custom_domain = any(domain["hostname"] == record["name"] for _, domain in draft.every(DOMAINS))
    if record["type"] in PROXIABLE and (is_custom_domain or (leading and record["type"] == "CNAME")):
        raise ApiError(400, HOST_TAKEN, "An A, AAAA, or CNAME record with that host already exists.")
    if record["type"] in PROXIABLE and "CNAME" in leading:
        raise ApiError(400, HOST_HAS_CNAME, "A CNAME record with that host already exists.")
    same = ("type", "content", "data", "priority")
    if any(all(each.get(field) == record.get(field) for field in same) for each in others):
        raise ApiError(400, IDENTICAL, "An identical record already exists.")


def _get_or_404(records: Records, request: Request) -> Record:
    record = records.get(KIND, zone_of(request), request.path_params["record_id"])
    if record is None:
        raise ApiError(404, NOT_FOUND, "Record does not exist.")
    return record


COLLECTION = "/zones/{zone_id}/dns_records"
ENDPOINTS = [
    Route(COLLECTION, index, methods=["GET"]),
    Route(COLLECTION, create, methods=["POST"]),
    Route(COLLECTION + "/{record_id}", show, methods=["GET"]),
    Route(COLLECTION + "/{record_id}", replace, methods=["PUT"]),
    Route(COLLECTION + "/{record_id}", patch, methods=["PATCH"]),
    Route(COLLECTION + "/{record_id}", remove, methods=["DELETE"]),
]
