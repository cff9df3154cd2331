"""The `cloudflare` package: a table with one row per type token.

Sources: github.com/cloudflare/terraform-provider-cloudflare, `internal/services/*/{schema,model,resource,custom}.go` at
v5.22.0 (2026-07-10); the Python schema of pulumi-cloudflare 6.23.1 (2026-10-21).
"""

import os
from collections.abc import Iterator, Mapping
from importlib.metadata import version

from localcloud.provider.cloudflare_private import PRIVATE_RESOURCES
from localcloud.provider.errors import InputError, ProviderError
from localcloud.provider.functions import FUNCTIONS
from localcloud.provider.package import Package
from localcloud.provider.pages_project import PAGES_PROJECT
from localcloud.provider.property_map import PropertyMap, paths
from localcloud.provider.resource import Resource
from localcloud.provider.rest import TOKEN, Api
from localcloud.provider.rest_resource import RestResource
from localcloud.provider.worker import WORKER
from localcloud.provider.worker_version import WORKER_VERSION
from localcloud.provider.workers_deployment import WORKERS_DEPLOYMENT
from localcloud.provider.workers_kv import WORKERS_KV
from localcloud.provider.workers_script import WORKERS_SCRIPT

MIN_CONNECTIONS = 5


def limit_errors(inputs: PropertyMap) -> Iterator[InputError]:
    limit = inputs.get("originConnectionLimit")
    if isinstance(limit, int | float) and limit < MIN_CONNECTIONS:
        yield InputError(
            "originConnectionLimit",
            f"`originConnectionLimit` must be at least {MIN_CONNECTIONS} (Hyperdrive's minimum), got {limit}. "
            f"Use {MIN_CONNECTIONS} or more.",
        )


HYPERDRIVE_CONFIG = RestResource(
    type="cloudflare:index/hyperdriveConfig:HyperdriveConfig",
    collection="accounts/{accountId}/hyperdrive/configs",
    item="accounts/{accountId}/hyperdrive/configs/{id}",
    import_ids=("{accountId}/{id}",),
    inputs=("accountId", "name", "origin", "originConnectionLimit", "caching", "mtls"),
    required=("accountId", "name", "origin"),
    outputs=("createdOn", "modifiedOn", "restartedOn"),
    volatile=("modifiedOn",),
    assigned=("caching",),
    replaces=("accountId",),
    defaults={"caching.disabled": False},
    sensitive=paths("origin.password", "origin.accessClientSecret"),
    kept_from_state=paths(
        "origin.password", "origin.accessClientSecret", "caching.maxAge", "caching.staleWhileRevalidate"
    ),
    unset_stays_unset=("originConnectionLimit",),
    check=limit_errors,
)
WORKERS_SCRIPT_SUBDOMAIN = RestResource(
    type="cloudflare:index/workersScriptSubdomain:WorkersScriptSubdomain",
    collection="accounts/{accountId}/workers/scripts/{scriptName}/subdomain",
    item="accounts/{accountId}/workers/scripts/{scriptName}/subdomain",
    import_ids=("{accountId}/{scriptName}",),
    id="{accountId}",
    update_method="POST",
    inputs=("accountId", "scriptName", "enabled", "previewsEnabled"),
    required=("accountId", "scriptName", "enabled"),
    assigned=("previewsEnabled",),
    replaces=("accountId", "scriptName"),
)
WORKERS_CRON_TRIGGER = RestResource(
    type="cloudflare:index/workersCronTrigger:WorkersCronTrigger",
    collection="accounts/{accountId}/workers/scripts/{scriptName}/schedules",
    item="accounts/{accountId}/workers/scripts/{scriptName}/schedules",
    import_ids=("{accountId}/{scriptName}",),
    id="{scriptName}",
    create_method="PUT",
    deletes=False,
    inputs=("accountId", "scriptName", "schedules"),
    required=("accountId", "scriptName", "schedules"),
    replaces=("accountId", "scriptName"),
    not_refreshed=("schedules",),
)
WORKERS_ROUTE = RestResource(
    type="cloudflare:index/workersRoute:WorkersRoute",
    collection="zones/{zoneId}/workers/routes",
    item="zones/{zoneId}/workers/routes/{id}",
    import_ids=("{zoneId}/{id}",),
    inputs=("zoneId", "pattern", "script"),
    required=("zoneId", "pattern"),
    replaces=("zoneId",),
)
WORKERS_CUSTOM_DOMAIN = RestResource(
    type="cloudflare:index/workersCustomDomain:WorkersCustomDomain",
    collection="accounts/{accountId}/workers/domains",
    item="accounts/{accountId}/workers/domains/{id}",
    import_ids=("{accountId}/{id}",),
    create_method="PUT",
    update_method=None,
    inputs=("accountId", "hostname", "service", "zoneId", "zoneName"),
    required=("accountId", "hostname", "service"),
    outputs=("certId",),
    assigned=("zoneId", "zoneName"),
    replaces=("accountId", "hostname", "service"),
    replaces_if_set=("zoneId", "zoneName"),
)
WORKERS_KV_NAMESPACE = RestResource(
    type="cloudflare:index/workersKvNamespace:WorkersKvNamespace",
    collection="accounts/{accountId}/storage/kv/namespaces",
    item="accounts/{accountId}/storage/kv/namespaces/{id}",
    import_ids=("{accountId}/{id}",),
    inputs=("accountId", "title", "jurisdiction"),
    required=("accountId", "title"),
    outputs=("supportsUrlEncoding",),
    replaces=("accountId",),
)
PAGES_DOMAIN = RestResource(
    type="cloudflare:index/pagesDomain:PagesDomain",
    collection="accounts/{accountId}/pages/projects/{projectName}/domains",
    item="accounts/{accountId}/pages/projects/{projectName}/domains/{name}",
    import_ids=("{accountId}/{projectName}/{name}",),
    id="{name}",
    update_method=None,
    inputs=("accountId", "projectName", "name"),
    required=("accountId", "projectName", "name"),
    outputs=(
        *("certificateAuthority", "createdOn", "domainId", "status", "validationData", "verificationData", "zoneTag"),
    ),
    replaces=("accountId", "projectName", "name"),
)
DNS_RECORD = RestResource(
    type="cloudflare:index/dnsRecord:DnsRecord",
    collection="zones/{zoneId}/dns_records",
    item="zones/{zoneId}/dns_records/{id}",
    import_ids=("{zoneId}/{id}",),
    inputs=("zoneId", "name", "type", "ttl", "content", "proxied", "comment", "priority", "tags"),
    required=("zoneId", "name", "type", "ttl"),
    outputs=("commentModifiedOn", "createdOn", "meta", "modifiedOn", "proxiable", "tagsModifiedOn"),
    volatile=("commentModifiedOn", "modifiedOn", "tagsModifiedOn"),
    replaces=("zoneId", "type"),
    defaults={"proxied": False},
    sets=paths("tags"),
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
