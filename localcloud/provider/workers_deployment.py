"""`WorkersDeployment`: a row of `cloudflare.py` for the percentages of requests by version of a script.

Sources: github.com/cloudflare/terraform-provider-cloudflare, `internal/services/workers_deployment/` at v5.22.0
(2026-07-10); the Python schema of pulumi-cloudflare 6.23.1 (2026-10-21).
"""

from localcloud.provider.rest_resource import RestResource

WORKERS_DEPLOYMENT = RestResource(
    type="cloudflare:index/workersDeployment:WorkersDeployment",
    collection="accounts/{accountId}/workers/scripts/{scriptName}/deployments",
    item="accounts/{accountId}/workers/scripts/{scriptName}/deployments/{id}",
    import_ids=("{accountId}/{scriptName}/{id}",),
    update_method=None,
    create_queries=("force",),
    deletes=False,
)
