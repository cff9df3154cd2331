"""`Worker`: a row of `cloudflare.py` for a Worker without its versions.

Sources: github.com/cloudflare/terraform-provider-cloudflare, `internal/services/worker/schema.go` at v5.22.0
(2026-07-10); the Python schema of pulumi-cloudflare 6.23.1 (2026-10-21).
"""

from localcloud.provider.property_map import paths
from localcloud.provider.rest_resource import RestResource

WORKER = RestResource(
    type="cloudflare:index/worker:Worker",
    collection="accounts/{accountId}/workers/workers",
    item="accounts/{accountId}/workers/workers/{id}",
    import_ids=("{accountId}/{id}",),
    delete_queries=("force",),
    outputs=("createdOn", "deployedOn", "updatedOn", "references"),
    volatile=("deployedOn", "updatedOn", "references"),
    assigned=("subdomain",),
    sets=paths("tags"),
)
