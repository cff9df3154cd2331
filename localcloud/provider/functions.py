"""What a stack program may look up."""

from typing import Any

from localcloud.provider.errors import ProviderError
from localcloud.provider.names import Names
from localcloud.provider.package import Function
from localcloud.provider.rest import Api
from localcloud.provider.rest_resource import quoted
from localcloud.provider.tree import Tree, paths

NAMES = Names()


def ip_ranges(api: Api, arguments: Tree) -> Tree:
    """Networks that Cloudflare connects from, to open a firewall for."""
    ranges: Tree = NAMES.from_api(api.result("GET", "ips", params=arguments))
    return arguments | ranges


def zone(api: Api, arguments: Tree) -> Tree:
    if "zoneId" in arguments:
        found = api.result("GET", quoted("zones/{zoneId}", arguments))
    else:
        found = only("zone", api.result("GET", "zones", params=_filter(arguments.get("filter", {}))))
    return arguments | NAMES.from_api(found) | {"zoneId": found["id"]}


def secrets_stores(api: Api, arguments: Tree) -> Tree:
    found = api.result("GET", quoted("accounts/{accountId}/secrets_store/stores", arguments))
    return arguments | {"results": [NAMES.from_api(store) for store in found]}


def tunnel_token(api: Api, arguments: Tree) -> Tree:
    """What `cloudflared` runs with: a secret."""
    return arguments | {
        "token": api.result("GET", quoted("accounts/{accountId}/cfd_tunnel/{tunnelId}/token", arguments))
    }


def only(noun: str, found: list[Any]) -> Any:
    if len(found) != 1:
        raise ProviderError(f"The filter finds {len(found)} of the kind {noun}; it has to find one. Narrow it.")
    return found[0]


def _filter(filters: Tree) -> dict[str, str]:
    """`account: {id}` travels as `account.id`."""
    flat: dict[str, str] = {}
    for key, value in NAMES.to_api(filters).items():
        flat |= {f"{key}.{inner}": leaf for inner, leaf in value.items()} if isinstance(value, dict) else {key: value}
    return flat


FUNCTIONS = {
    function.token: function
    for function in (
        Function("cloudflare:index/getIpRanges:getIpRanges", ip_ranges),
        Function("cloudflare:index/getZone:getZone", zone),
        Function("cloudflare:index/getSecretsStores:getSecretsStores", secrets_stores),
        Function(
            "cloudflare:index/getZeroTrustTunnelCloudflaredToken:getZeroTrustTunnelCloudflaredToken",
            tunnel_token,
            sensitive=paths("token"),
        ),
    )
}
