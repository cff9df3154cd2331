"""`DnsRecord`: a row of `cloudflare.py` with special rules for creates and updates.

Source: github.com/cloudflare/terraform-provider-cloudflare v5.22.0, `internal/services/dns_record/resource.go`.
"""

from dataclasses import dataclass

from localcloud.provider.errors import ProviderError
from localcloud.provider.property_map import PropertyMap
from localcloud.provider.rest import Api
from localcloud.provider.rest_resource import RestResource

AUTOMATIC_TTL = 1
# Computed values that an update sends as they are in the state.
KEPT = ("settings", "tags")


@dataclass(frozen=True, kw_only=True)
class DnsRecord(RestResource):
    """The resource type of DNS records."""

    def create(self, client: Api, inputs: PropertyMap) -> tuple[str, PropertyMap]:
        if inputs.get("proxied") is True and inputs.get("ttl") != AUTOMATIC_TTL:
            raise ProviderError("`ttl` must be 1 if `proxied` is true, because Cloudflare sets it. Set 1.")
        return super().create(client, inputs)

    def plan(self, inputs: PropertyMap, state: PropertyMap | None = None) -> PropertyMap:
        planned = super().plan(inputs, state)
        return planned | {name: state[name] for name in KEPT if state and name in state and name not in inputs}


DNS_RECORD = DnsRecord(
    type="cloudflare:index/dnsRecord:DnsRecord",
    collection="zones/{zoneId}/dns_records",
    item="zones/{zoneId}/dns_records/{id}",
    import_ids=("{zoneId}/{id}",),
    unsupported=("data", "includeShadowMetadata", "privateRouting", "settings"),
)
