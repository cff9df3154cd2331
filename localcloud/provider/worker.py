"""`Worker`: a row of `cloudflare.py` for a Worker without its versions.

Sources: github.com/cloudflare/terraform-provider-cloudflare, `internal/services/worker/schema.go` at v5.22.0
(2026-07-10); the Python schema of pulumi-cloudflare 6.23.1 (2026-10-21).
"""

from dataclasses import dataclass

from localcloud.provider.property_map import UNKNOWN, PropertyMap
from localcloud.provider.rest_resource import RestResource


@dataclass(frozen=True, kw_only=True)
class Worker(RestResource):
    """The resource type of Workers."""

    def configured(self, inputs: PropertyMap) -> PropertyMap:
        """`previewsEnabled` is that of `enabled` by default."""
        configured = super().configured(inputs)
        subdomain = configured.get("subdomain")
        if not isinstance(subdomain, dict) or subdomain.get("enabled") in (None, UNKNOWN):
            return configured
        return configured | {"subdomain": {"previewsEnabled": subdomain["enabled"], **subdomain}}


WORKER = Worker(
    type="cloudflare:index/worker:Worker",
    collection="accounts/{accountId}/workers/workers",
    item="accounts/{accountId}/workers/workers/{id}",
    import_ids=("{accountId}/{id}",),
    delete_queries=("force",),
)
