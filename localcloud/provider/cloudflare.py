"""The `cloudflare` package: a table with one row per type token.

Sources: github.com/cloudflare/terraform-provider-cloudflare, `internal/services/*/{schema,model,resource,custom}.go` at
v5.22.0 (2026-07-10); the Python schema of pulumi-cloudflare 6.23.1 (2026-10-21).
"""

import os
from collections.abc import Mapping
from importlib.metadata import version

from localcloud.provider.cloudflare_private import PRIVATE_RESOURCES
from localcloud.provider.cloudflare_queues import QUEUE_RESOURCES
from localcloud.provider.dns_record import DNS_RECORD
from localcloud.provider.errors import ProviderError
from localcloud.provider.functions import FUNCTIONS
from localcloud.provider.hyperdrive_config import HYPERDRIVE_CONFIG
from localcloud.provider.package import Package
from localcloud.provider.pages_project import PAGES_PROJECT
from localcloud.provider.resource import Resource
from localcloud.provider.rest import TOKEN, Api
from localcloud.provider.rest_resource import RestResource
from localcloud.provider.worker import WORKER
from localcloud.provider.worker_version import WORKER_VERSION
from localcloud.provider.workers_deployment import WORKERS_DEPLOYMENT
from localcloud.provider.workers_kv import WORKERS_KV
from localcloud.provider.workers_script import WORKERS_SCRIPT

WORKERS_SCRIPT_SUBDOMAIN = RestResource(
    type="cloudflare:index/workersScriptSubdomain:WorkersScriptSubdomain",
    collection="accounts/{accountId}/workers/scripts/{scriptName}/subdomain",
    item="accounts/{accountId}/workers/scripts/{scriptName}/subdomain",
    import_ids=("{accountId}/{scriptName}",),
    id="{accountId}",
    update_method="POST",
)
WORKERS_CRON_TRIGGER = RestResource(
    type="cloudflare:index/workersCronTrigger:WorkersCronTrigger",
    collection="accounts/{accountId}/workers/scripts/{scriptName}/schedules",
    item="accounts/{accountId}/workers/scripts/{scriptName}/schedules",
    import_ids=("{accountId}/{scriptName}",),
    id="{scriptName}",
    create_method="PUT",
    deletes=False,
    bare_list="schedules",
)
WORKERS_ROUTE = RestResource(
    type="cloudflare:index/workersRoute:WorkersRoute",
    collection="zones/{zoneId}/workers/routes",
    item="zones/{zoneId}/workers/routes/{id}",
    import_ids=("{zoneId}/{id}",),
)
WORKERS_CUSTOM_DOMAIN = RestResource(
    type="cloudflare:index/workersCustomDomain:WorkersCustomDomain",
    collection="accounts/{accountId}/workers/domains",
    item="accounts/{accountId}/workers/domains/{id}",
    import_ids=("{accountId}/{id}",),
    create_method="PUT",
    update_method=None,
    unsupported=("environment",),
)
WORKERS_KV_NAMESPACE = RestResource(
    type="cloudflare:index/workersKvNamespace:WorkersKvNamespace",
    collection="accounts/{accountId}/storage/kv/namespaces",
    item="accounts/{accountId}/storage/kv/namespaces/{id}",
    import_ids=("{accountId}/{id}",),
    unsupported=("mode",),
)
PAGES_DOMAIN = RestResource(
    type="cloudflare:index/pagesDomain:PagesDomain",
    collection="accounts/{accountId}/pages/projects/{projectName}/domains",
    item="accounts/{accountId}/pages/projects/{projectName}/domains/{name}",
    import_ids=("{accountId}/{projectName}/{name}",),
    id="{name}",
    update_method=None,
)
ROWS: tuple[Resource[Api], ...] = (
    HYPERDRIVE_CONFIG,
    WORKERS_SCRIPT,
    WORKER,
    WORKER_VERSION,
    WORKERS_DEPLOYMENT,
    WORKERS_SCRIPT_SUBDOMAIN,
    WORKERS_CRON_TRIGGER,
    WORKERS_ROUTE,
    WORKERS_CUSTOM_DOMAIN,
    WORKERS_KV_NAMESPACE,
    WORKERS_KV,
    PAGES_PROJECT,
    PAGES_DOMAIN,
    DNS_RECORD,
    *PRIVATE_RESOURCES,
    *QUEUE_RESOURCES,
)


def connect(config: Mapping[str, str]) -> Api:
    """Returns the API of the provider's configuration, or of the environment variables.

    Raises ``ProviderError`` without a base URL, because this provider never calls the real API by default.
    """
    for unknown in sorted(set(config) - {"apiToken", "baseUrl", "userAgentOperatorSuffix", "version"}):
        raise ProviderError(
            f"`cloudflare:{unknown}` is not supported by the local cloud. Use only `apiToken` and `baseUrl`."
        )
    base_url = config.get("baseUrl") or os.environ.get("CLOUDFLARE_BASE_URL", "")
    token = config.get("apiToken") or os.environ.get("CLOUDFLARE_API_TOKEN", "")
    if not base_url:
        raise ProviderError("CLOUDFLARE_BASE_URL is required. Set it to the URL of the local cloud's API.")
    if not TOKEN.fullmatch(token):
        raise ProviderError(
            "CLOUDFLARE_API_TOKEN must be a token of 40 to 80 characters of 0-9, A-Z, a-z, `-` and `_`. "
            "Set it, or `cloudflare:apiToken`."
        )
    return Api.connect(base_url, token)


CLOUDFLARE = Package(
    name="cloudflare",
    version=version("pulumi-cloudflare"),
    resources={row.type: row for row in ROWS},
    functions=FUNCTIONS,
    connect=connect,
)
