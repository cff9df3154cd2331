"""`PagesProject`: a row of `cloudflare.py` with maps whose keys are the names of bindings."""

from localcloud.provider.encoders import merge_patch
from localcloud.provider.names import Names
from localcloud.provider.rest_resource import RestResource
from localcloud.provider.tree import paths

# Per environment (`production`, `preview`), a map from the name of a binding to what it is bound to.
BINDING_MAPS = (
    *("envVars", "hyperdriveBindings", "kvNamespaces", "d1Databases", "r2Buckets", "services", "queueProducers"),
    *("durableObjectNamespaces", "aiBindings", "analyticsEngineDatasets", "vectorizeBindings", "browsers"),
    *("mtlsCertificates",),
)
ENVIRONMENT = "deploymentConfigs.*"

PAGES_PROJECT = RestResource(
    type="cloudflare:index/pagesProject:PagesProject",
    collection="accounts/{accountId}/pages/projects",
    item="accounts/{accountId}/pages/projects/{name}",
    import_ids=("{accountId}/{name}",),
    id="{name}",
    update_method="PATCH",
    encode_update=merge_patch,
    inputs=("accountId", "name", "productionBranch", "buildConfig", "deploymentConfigs", "source"),
    required=("accountId", "name", "productionBranch"),
    outputs=(
        *("buildImageAutoUpgrade", "canonicalDeployment", "createdOn", "domains", "framework", "frameworkVersion"),
        *("latestDeployment", "previewScriptName", "productionScriptName", "subdomain", "usesFunctions"),
    ),
    volatile=("canonicalDeployment", "latestDeployment"),
    assigned=("buildConfig", "deploymentConfigs"),
    replaces=("accountId", "name"),
    defaults={
        f"{ENVIRONMENT}.alwaysUseLatestCompatibilityDate": False,
        f"{ENVIRONMENT}.buildImageMajorVersion": 3,
        f"{ENVIRONMENT}.failOpen": True,
    },
    sensitive=paths(f"{ENVIRONMENT}.envVars.*.value", "buildConfig.webAnalyticsToken"),
    kept=paths(f"{ENVIRONMENT}.envVars.*.value", "buildConfig.webAnalyticsToken"),
    names=Names(maps=paths(*(f"{ENVIRONMENT}.{name}" for name in BINDING_MAPS))),
)
