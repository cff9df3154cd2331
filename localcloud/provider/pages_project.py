"""`PagesProject`: a row of `cloudflare.py` with special rules for updates and reads.

Source: github.com/cloudflare/terraform-provider-cloudflare, `internal/services/pages_project/{schema,custom}.go` at
v5.22.0 (2026-07-10): PrepareForUpdate and PreserveSecretEnvVars.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from localcloud.provider.encoders import merge_patch
from localcloud.provider.errors import ProviderError
from localcloud.provider.names import snake
from localcloud.provider.property_map import UNKNOWN, PropertyMap
from localcloud.provider.rest import Api
from localcloud.provider.rest_resource import RestResource

# Per environment, maps from binding names to targets.
BINDING_MAPS = (
    *("envVars", "hyperdriveBindings", "kvNamespaces", "d1Databases", "r2Buckets", "services", "queueProducers"),
    *("durableObjectNamespaces", "aiBindings", "analyticsEngineDatasets", "vectorizeBindings", "browsers"),
    *("mtlsCertificates",),
)
COMPARED = (
    *("alwaysUseLatestCompatibilityDate", "buildImageMajorVersion", "compatibilityDate", "failOpen", "usageModel"),
    "wranglerConfigHash",
)


def with_empty_maps(new: PropertyMap, old: PropertyMap) -> PropertyMap:
    """Returns the body of an update. A removed map of bindings has an explicit null for each of its names."""
    emptied = {key: dict(value) if isinstance(value, dict) else value for key, value in new.items()}
    for name, config in _environments(emptied.get("deployment_configs")):
        before = dict(_environments(old.get("deployment_configs"))).get(name) or {}
        missing: PropertyMap = {
            snake(key): {} for key in BINDING_MAPS if snake(key) in before and snake(key) not in config
        }
        emptied["deployment_configs"][name] = {**config, **missing}
    return merge_patch(emptied, old)


def is_seen_as_the_same(state: Any, now: Any) -> bool:
    """Whether a refresh finds no drift in date, flags, variables and some settings. It ignores bindings."""
    if isinstance(state, dict) and UNKNOWN in state.values():
        return False
    stored, current = dict(_environments(state)), dict(_environments(now))
    return set(stored) == set(current) and all(_compared(stored[name]) == _compared(current[name]) for name in stored)


@dataclass(frozen=True, kw_only=True)
class PagesProject(RestResource):
    """The resource type of Pages projects."""

    def create(self, client: Api, inputs: PropertyMap) -> tuple[str, PropertyMap]:
        """Creates the project. Empty flags are not in the state if the usage model is unknown until then."""
        id_, state = super().create(client, inputs)
        planned = dict(_environments(self.plan(inputs).get("deploymentConfigs")))
        for name, config in _environments(state.get("deploymentConfigs")):
            is_unknown = planned.get(name, {}).get("usageModel") is UNKNOWN
            if is_unknown and config.get("compatibilityFlags") == []:
                del config["compatibilityFlags"]
        return id_, state

    def adjusted(self, now: PropertyMap, state: PropertyMap) -> PropertyMap:
        if "deploymentConfigs" not in state:
            return now
        if is_seen_as_the_same(state["deploymentConfigs"], now.get("deploymentConfigs")):
            return now | {"deploymentConfigs": state["deploymentConfigs"]}
        return now | {"deploymentConfigs": _with_secrets(now.get("deploymentConfigs"), state["deploymentConfigs"])}

    def update(self, client: Api, state: PropertyMap, new: PropertyMap) -> PropertyMap:
        """Updates the project.

        Raises ``ProviderError`` after the request if the plugin would return unknown values, which the engine rejects.
        """
        now = super().update(client, state, new)
        planned = self.plan(new, state).get("deploymentConfigs")
        unknown = next(_unknown_paths(planned, "deploymentConfigs"), None) if isinstance(planned, dict) else None
        if unknown and is_seen_as_the_same(planned, now.get("deploymentConfigs")):
            raise ProviderError(f"`{unknown}` is unknown after the update, which Pulumi rejects. Set it.")
        return now


def _unknown_paths(value: Any, path: str) -> Iterator[str]:
    if value is UNKNOWN:
        yield path
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _unknown_paths(each, f"{path}.{key}")


def _with_secrets(now: Any, before: Any) -> Any:
    """Returns the configurations with secrets of the state that the answer has without a value."""
    declared = dict(_environments(before))
    found: PropertyMap = {}
    for name, config in _environments(now):
        known = (declared.get(name) or {}).get("envVars") or {}
        variables = {key: _with_value(each, known.get(key)) for key, each in (config.get("envVars") or {}).items()}
        found[name] = config | ({"envVars": variables} if variables else {})
    return found if isinstance(now, dict) else now


def _with_value(variable: PropertyMap, before: PropertyMap | None) -> PropertyMap:
    is_hidden = variable.get("type") == "secret_text" and not variable.get("value")
    return variable | {"value": before["value"]} if is_hidden and before and before.get("value") else variable


def _environments(configs: Any) -> Iterator[tuple[str, PropertyMap]]:
    found = configs if isinstance(configs, dict) else {}
    yield from ((name, config) for name, config in found.items() if isinstance(config, dict))


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
)
