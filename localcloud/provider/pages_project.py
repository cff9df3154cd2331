"""`PagesProject`: a row of `cloudflare.py` with special rules for updates and reads.

Source: github.com/cloudflare/terraform-provider-cloudflare, `internal/services/pages_project/{schema,custom}.go` at
v5.22.0 (2026-07-10): PrepareForUpdate and PreserveSecretEnvVars.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from localcloud.provider.diff import Change
from localcloud.provider.encoders import merge_patch
from localcloud.provider.names import Names, snake
from localcloud.provider.property_map import PropertyMap, paths
from localcloud.provider.rest import Api
from localcloud.provider.rest_resource import RestResource

# Per environment, maps from binding names to targets.
BINDING_MAPS = (
    *("envVars", "hyperdriveBindings", "kvNamespaces", "d1Databases", "r2Buckets", "services", "queueProducers"),
    *("durableObjectNamespaces", "aiBindings", "analyticsEngineDatasets", "vectorizeBindings", "browsers"),
    *("mtlsCertificates",),
)
ENVIRONMENT = "deploymentConfigs.*"
COMPARED = (
    *("alwaysUseLatestCompatibilityDate", "buildImageMajorVersion", "compatibilityDate", "failOpen", "usageModel"),
    "wranglerConfigHash",
)
COMPUTED = ("buildConfig", "compatibilityDate", "usageModel")


def with_empty_maps(new: PropertyMap, old: PropertyMap) -> PropertyMap:
    """Returns the body of an update. A removed map of bindings has an explicit null for each of its names."""
    emptied = {key: dict(value) if isinstance(value, dict) else value for key, value in new.items()}
    for name, config in _environments(emptied.get("deployment_configs")):
        before = (old.get("deployment_configs") or {}).get(name) or {}
        missing: PropertyMap = {
            snake(key): {} for key in BINDING_MAPS if snake(key) in before and snake(key) not in config
        }
        emptied["deployment_configs"][name] = {**config, **missing}
    return merge_patch(emptied, old)


def is_seen_as_the_same(state: Any, now: Any) -> bool:
    """Whether a refresh finds no drift in date, flags, variables and some settings. It ignores bindings."""
    stored, current = dict(_environments(state)), dict(_environments(now))
    return set(stored) == set(current) and all(_compared(stored[name]) == _compared(current[name]) for name in stored)


def with_computed(new: PropertyMap, old: PropertyMap) -> PropertyMap:
    """Returns the inputs with previous values of omitted properties that the plugin's schema declares as computed."""
    previous = {key: old[key] for key in COMPUTED if key in old and key not in new}
    before = dict(_environments(old.get("deploymentConfigs")))
    configs = {
        name: {**{key: before[name][key] for key in COMPUTED if key in before.get(name, {})}, **config}
        for name, config in _environments(new.get("deploymentConfigs"))
    }
    return {**previous, **new, **({"deploymentConfigs": configs} if configs else {})}


@dataclass(frozen=True, kw_only=True)
class PagesProject(RestResource):
    """The resource type of Pages projects."""

    def changes(self, old: PropertyMap, state: PropertyMap, new: PropertyMap) -> Iterator[tuple[str, Change]]:
        return super().changes(old, state, with_computed(new, old))

    def read(self, client: Api, state: PropertyMap) -> PropertyMap | None:
        now = super().read(client, state)
        if now is None or "deploymentConfigs" not in state:
            return now
        if is_seen_as_the_same(state["deploymentConfigs"], now.get("deploymentConfigs")):
            now["deploymentConfigs"] = state["deploymentConfigs"]
        return now

    def update(self, client: Api, state: PropertyMap, old: PropertyMap, new: PropertyMap) -> PropertyMap:
        return super().update(client, state, old, with_computed(new, old))


def _environments(configs: Any) -> Iterator[tuple[str, PropertyMap]]:
    yield from ((name, config) for name, config in (configs or {}).items() if isinstance(config, dict))


def _compared(config: PropertyMap) -> Any:
    variables = {
        name: (variable.get("type"), variable.get("value") if variable.get("type") == "plain_text" else None)
        for name, variable in (config.get("envVars") or {}).items()
    }
    return [config.get(key) for key in COMPARED], config.get("compatibilityFlags") or [], variables


PAGES_PROJECT = PagesProject(
    type="cloudflare:index/pagesProject:PagesProject",
    collection="accounts/{accountId}/pages/projects",
    item="accounts/{accountId}/pages/projects/{name}",
    import_ids=("{accountId}/{name}",),
    id="{name}",
    update_method="PATCH",
    encode_update=with_empty_maps,
    outputs=(
        *("buildImageAutoUpgrade", "canonicalDeployment", "createdOn", "domains", "framework", "frameworkVersion"),
        *("latestDeployment", "previewScriptName", "productionScriptName", "subdomain", "usesFunctions"),
    ),
    volatile=("canonicalDeployment", "latestDeployment"),
    assigned=("buildConfig", "deploymentConfigs"),
    kept_from_state=paths(f"{ENVIRONMENT}.envVars.*.value", "buildConfig.webAnalyticsToken"),
    names=Names(maps=paths(*(f"{ENVIRONMENT}.{name}" for name in BINDING_MAPS))),
)
