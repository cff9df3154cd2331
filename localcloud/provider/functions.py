"""Functions that a stack program may call."""

from typing import Any

from localcloud.provider.errors import ProviderError
from localcloud.provider.names import with_api_names, with_pulumi_names
from localcloud.provider.package import Function
from localcloud.provider.property_map import PropertyMap, paths
from localcloud.provider.rest import Api
from localcloud.provider.rest_resource import expand_path


def ip_ranges(api: Api, arguments: PropertyMap) -> PropertyMap:
    """Returns the networks of Cloudflare, for firewall rules."""
    ranges: PropertyMap = with_pulumi_names(api.result("GET", "ips", params=arguments))
    return arguments | ranges


def zone(api: Api, arguments: PropertyMap) -> PropertyMap:
    if "zoneId" in arguments:
        found = api.result("GET", expand_path("zones/{zoneId}", arguments))
    else:
        found = exactly_one("zone", api.result("GET", "zones", params=_filter(arguments.get("filter", {}))))
    shown: PropertyMap = with_pulumi_names(found)
    return arguments | shown | {"zoneId": found["id"]}


def secrets_stores(api: Api, arguments: PropertyMap) -> PropertyMap:
    found = api.result("GET", expand_path("accounts/{accountId}/secrets_store/stores", arguments))
    return arguments | {"results": [with_pulumi_names(store) for store in found]}


def tunnel_token(api: Api, arguments: PropertyMap) -> PropertyMap:
    """Returns the token of `cloudflared`: a secret."""
    return arguments | {
        "token": api.result("GET", expand_path("accounts/{accountId}/cfd_tunnel/{tunnelId}/token", arguments))
    }


def exactly_one(noun: str, found: list[Any]) -> Any:
    if len(found) != 1:
        raise ProviderError(f"The filter must find one {noun}, but finds {len(found)}. Change the filter.")
    return found[0]


def _filter(filters: PropertyMap) -> dict[str, str]:
    """Returns query parameters. The filter `account: {id}` becomes `account.id`."""
    flat: dict[str, str] = {}
    for key, value in with_api_names(filters).items():
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
