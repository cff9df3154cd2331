"""`HyperdriveConfig`: a row of `cloudflare.py` with special rules for reads.

Source: github.com/cloudflare/terraform-provider-cloudflare v5.22.0, `internal/services/hyperdrive_config/custom.go`.
"""

from dataclasses import dataclass
from typing import Any

from localcloud.provider.errors import ProviderError
from localcloud.provider.property_map import PropertyMap, is_unset
from localcloud.provider.rest import Api
from localcloud.provider.rest_resource import RestResource

WRITE_ONLY = ("password", "accessClientSecret")
AGES = ("maxAge", "staleWhileRevalidate")
# A change of these alone does not make `modifiedOn` unknown in a preview.
UNCOMPARED = ("accessClientSecret", "password", "serviceId")


@dataclass(frozen=True, kw_only=True)
class HyperdriveConfig(RestResource):
    """The resource type of Hyperdrive configurations."""

    def adjusted(self, now: PropertyMap, state: PropertyMap) -> PropertyMap:
        """Keeps secrets and cache ages that the answer lacks, and limit and mTLS that the state lacks."""
        adjusted = {**now, "origin": _with(now.get("origin"), state.get("origin"), WRITE_ONLY)}
        if "caching" in now:
            adjusted["caching"] = _with(now["caching"], state.get("caching"), AGES)
        if "mtls" not in state and now.get("mtls") == {}:
            del adjusted["mtls"]
        if "originConnectionLimit" not in state:
            adjusted.pop("originConnectionLimit", None)
        return adjusted

    def plan(self, inputs: PropertyMap, state: PropertyMap | None = None) -> PropertyMap:
        planned = super().plan(inputs, state)
        if state is None:
            return planned
        kept = ["createdOn", *(["modifiedOn"] if _compared(planned) == _compared(state) else [])]
        return planned | {name: state[name] for name in kept if name in state}

    def update(self, client: Api, state: PropertyMap, new: PropertyMap) -> PropertyMap:
        """In a mode of the local cloud, rejects a result that differs from the plan, after the request.

        Terraform makes this check, and Pulumi's bridge does not. A release of the bridge could make it:
        https://github.com/cloudflare/terraform-provider-cloudflare/issues/7258 (read 2026-11-30).
        """
        updated, planned = super().update(client, state, new), self.plan(new, state).get("modifiedOn")
        is_planned = is_unset(planned) or planned == updated.get("modifiedOn")
        if not is_planned and client.rejects_unplanned_results():
            raise ProviderError(
                "Provider produced inconsistent result after apply: unexpected new value: .modified_on: was "
                f'"{planned}", but now "{updated.get("modifiedOn")}".'
            )
        return updated


def _with(now: Any, before: Any, names: tuple[str, ...]) -> Any:
    if not isinstance(now, dict) or not isinstance(before, dict):
        return now
    return now | {name: before[name] for name in names if name in before and is_unset(now.get(name))}


def _compared(values: PropertyMap) -> list[Any]:
    origin = values.get("origin")
    if isinstance(origin, dict):
        origin = {name: value for name, value in origin.items() if name not in UNCOMPARED}
    mtls = values.get("mtls") or {}
    return [values.get("name"), origin, values.get("caching"), mtls, values.get("originConnectionLimit")]


HYPERDRIVE_CONFIG = HyperdriveConfig(
    type="cloudflare:index/hyperdriveConfig:HyperdriveConfig",
    collection="accounts/{accountId}/hyperdrive/configs",
    item="accounts/{accountId}/hyperdrive/configs/{id}",
    import_ids=("{accountId}/{id}",),
    unsupported=("integration",),
)
