"""Accounts, the user with the token, and Cloudflare's address ranges: `accounts`, `user`, `memberships`, `ips`."""

import hashlib

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import Json, ok, page
from localcloud.cloudflare.versions import AUTHOR
from localcloud.emulation.store import Records

DEFAULT_ACCOUNT = "local"
USER = {
    "id": hashlib.sha256(AUTHOR.encode()).hexdigest()[:32],
    "email": AUTHOR,
    "first_name": None,
    "last_name": None,
    "two_factor_authentication_enabled": False,
    "suspended": False,
}
"""The only user, to whom the token belongs."""

# https://www.cloudflare.com/ips/ (last changed 2023-09-28)
IPV4_RANGES = (
    *("173.245.48.0/20", "103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22", "141.101.64.0/18"),
    *("108.162.192.0/18", "190.93.240.0/20", "188.114.96.0/20", "197.234.240.0/22", "198.41.128.0/17"),
    *("162.158.0.0/15", "104.16.0.0/13", "104.24.0.0/14", "172.64.0.0/13", "131.0.72.0/22"),
)
IPV6_RANGES = (
    *("2400:cb00::/32", "2606:4700::/32", "2803:f800::/32", "2405:b500::/32", "2405:8100::/32"),
    *("2a06:98c0::/29", "2c0f:f248::/32"),
)


async def index(request: Request) -> Response:
    """Lists the accounts that have records, and the account of the stack `local`."""
    return page([_view(account) for account in _accounts(Cloud.of(request).store)], request)


async def show(request: Request) -> Response:
    return ok(_view(account_of(request)))


async def show_user(_: Request) -> Response:
    return ok(USER)


async def list_memberships(request: Request) -> Response:
    """Lists the memberships of the user, one for each account that `accounts` lists."""
    return page([_membership(account) for account in _accounts(Cloud.of(request).store)], request)


async def verify_token(request: Request) -> Response:
    """Confirms the token, because the middleware rejects all other tokens."""
    token_id = hashlib.sha256(Cloud.of(request).settings.api_token.encode()).hexdigest()[:32]
    message = {"code": 10000, "message": "This API Token is valid and active", "type": None}
    return ok({"id": token_id, "status": "active"}, messages=[message])


async def show_ranges(_: Request) -> Response:
    ranges = {"ipv4_cidrs": IPV4_RANGES, "ipv6_cidrs": IPV6_RANGES}
    return ok({**ranges, "etag": hashlib.sha256(repr(ranges).encode()).hexdigest()[:32]})


def _accounts(records: Records) -> list[str]:
    accounts = {account for kind in ("hyperdrive", "scripts", "kv_namespaces") for account, _ in records.every(kind)}
    return sorted(accounts | {DEFAULT_ACCOUNT})


def _membership(account: str) -> Json:
    id_ = hashlib.sha256(account.encode()).hexdigest()[:32]
    roles = ["Super Administrator - All Privileges"]
    return {"id": id_, "status": "accepted", "account": _view(account), "roles": roles}


def _view(account: str) -> Json:
    return {"id": account, "name": f"local cloud, account {account}", "type": "standard", "settings": {}}


ENDPOINTS = [
    Route("/ips", show_ranges, methods=["GET"]),
    Route("/user", show_user, methods=["GET"]),
    Route("/memberships", list_memberships, methods=["GET"]),
    Route("/user/tokens/verify", verify_token, methods=["GET"]),
    Route("/accounts", index, methods=["GET"]),
    Route("/accounts/{account_id}", show, methods=["GET"]),
    Route("/accounts/{account_id}/tokens/verify", verify_token, methods=["GET"]),
]
