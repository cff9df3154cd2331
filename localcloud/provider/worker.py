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
    inputs=(
        *("accountId", "name", "force", "logpush", "observability", "previewsBaseConfig", "subdomain", "tags"),
        "tailConsumers",
    ),
    required=("accountId", "name"),
    outputs=("createdOn", "deployedOn", "updatedOn", "references"),
    volatile=("deployedOn", "updatedOn", "references"),
    assigned=("subdomain",),
    replaces=("accountId",),
    defaults={
        "logpush": False,
        "tags": [],
        "tailConsumers": [],
        "subdomain.enabled": False,
        "observability.enabled": False,
        "observability.headSamplingRate": 1,
        **{
            f"observability.{part}.{name}": default
            for part in ("logs", "traces")
            for name, default in (("enabled", False), ("headSamplingRate", 1), ("persist", True), ("destinations", []))
        },
        "observability.logs.invocationLogs": True,
    },
    sets=paths("tags"),
)
