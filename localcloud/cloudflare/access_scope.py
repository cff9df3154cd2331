"""The owner of an Access object: an account or a zone."""

from starlette.requests import Request

from localcloud.cloudflare import access
from localcloud.cloudflare.cloud import account_of
from localcloud.cloudflare.zones import zone_of
from localcloud.emulation.store import Record, Records

SCOPES = ("/accounts/{account_id}", "/zones/{zone_id}")


def scope_of(request: Request) -> str:
    """Returns the account or the zone of the path."""
    return account_of(request) if "account_id" in request.path_params else zone_of(request)


def get_or_404(records: Records, kind: str, request: Request, noun: str) -> Record:
    """Returns the object of the path. Raises ``ApiError`` 404 if it does not exist."""
    record = records.get(kind, scope_of(request), request.path_params["item_id"])
    if record is None:
        raise access.not_found(noun)
    return record
