"""Accounts, tokens, and Cloudflare's address ranges: `accounts`, `user/tokens/verify`, `ips`."""

import hashlib

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import Json, ok, page

DEFAULT_ACCOUNT = "local"

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
    kinds = Cloud.of(request).store
    accounts = {account for kind in ("hyperdrive", "scripts", "kv_namespaces") for account, _ in kinds.every(kind)}
    return page([_view(account) for account in sorted(accounts | {DEFAULT_ACCOUNT})], request)


async def show(request: Request) -> Response:
    return ok(_view(account_of(request)))


async def verify_token(request: Request) -> Response:
    """Confirms the token, because the middleware rejects all other tokens."""
    token_id = hashlib.sha256(Cloud.of(request).settings.api_token.encode()).hexdigest()[:32]
    message = {"code": 10000, "message": "This API Token is valid and active", "type": None}
    return ok({"id": token_id, "status": "active"}, messages=[message])


async def show_ranges(_: Request) -> Response:
    ranges = {"ipv4_cidrs": IPV4_RANGES, "ipv6_cidrs": IPV6_RANGES}
    return ok({**ranges, "etag": hashlib.sha256(repr(ranges).encode()).hexdigest()[:32]})


def _view(account: str) -> Json:
    return {"id": account, "name": f"local cloud, account {account}", "type": "standard", "settings": {}}


ENDPOINTS = [
    Route("/ips", show_ranges, methods=["GET"]),
    Route("/user/tokens/verify", verify_token, methods=["GET"]),
    Route("/accounts", index, methods=["GET"]),
    Route("/accounts/{account_id}", show, methods=["GET"]),
    Route("/accounts/{account_id}/tokens/verify", verify_token, methods=["GET"]),
]
