"""Whose an object of Access is: an account's or a zone's."""

from starlette.requests import Request

from localcloud.cloudflare import access
from localcloud.cloudflare.cloud import account_of
from localcloud.cloudflare.zones import zone_of
from localcloud.emulation.store import Record, Records

SCOPES = ("/accounts/{account_id}", "/zones/{zone_id}")


def scope_of(request: Request) -> str:
    """The account or the zone of the path."""
    return account_of(request) if "account_id" in request.path_params else zone_of(request)


def known(records: Records, kind: str, request: Request, noun: str) -> Record:
    """The object of the path. Raises ``ApiError``."""
    record = records.get(kind, scope_of(request), request.path_params["item_id"])
    if record is None:
        raise access.missing(noun)
    return record
