"""The `deployment_configs` of a Pages project: settings of its production and preview deployments.

An update is a merge patch (RFC 7386), which keeps omitted fields and removes fields that are null. Secrets are
write-only. The targets of bindings are checked by a deployment, and not here (lyc8503/UptimeFlare#195).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from edge_postgres.core.plan import Plan
from localcloud.cloudflare.envelope import ApiError, Json
from localcloud.cloudflare.plan_limits import reject_limits, reject_variables
from localcloud.cloudflare.script_upload import validate_compatibility_date
from localcloud.emulation.store import Record

ENVIRONMENTS = ("production", "preview")
INVALID = 8000001

BINDINGS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "ai_bindings": ("ai", {}),
    "analytics_engine_datasets": ("analytics_engine", {"dataset": "dataset"}),
    "browsers": ("browser", {}),
    "d1_databases": ("d1", {"id": "id"}),
    "durable_object_namespaces": ("durable_object_namespace", {"namespace_id": "namespace_id"}),
    "hyperdrive_bindings": ("hyperdrive", {"id": "id"}),
    "kv_namespaces": ("kv_namespace", {"namespace_id": "namespace_id"}),
    "mtls_certificates": ("mtls_certificate", {"certificate_id": "certificate_id"}),
    "queue_producers": ("queue", {"name": "queue_name"}),
    "r2_buckets": ("r2_bucket", {"name": "bucket_name", "jurisdiction": "jurisdiction"}),
    "services": ("service", {"service": "service", "entrypoint": "entrypoint", "environment": "environment"}),
    "vectorize_bindings": ("vectorize", {"index_name": "index_name"}),
}
"""Fields that map binding names to targets, with the corresponding binding type of a Worker and its fields."""
_VARIABLES = "env_vars"
_SETTINGS = (
    *("always_use_latest_compatibility_date", "build_image_major_version", "compatibility_date"),
    *("compatibility_flags", "fail_open", "limits", "placement", "usage_model", "wrangler_config_hash"),
)


def complete_configs(configs: Any, plan: Plan) -> Json:
    """Returns the configurations of a new project, in which omitted fields have defaults. Raises ``ApiError``."""
    return {which: patch_config(_defaults(), (configs or {}).get(which) or {}, plan) for which in ENVIRONMENTS}


def patch_config(before: Record, patch: Any, plan: Plan) -> Json:
    """Returns the configuration of one environment after a patch. Raises ``ApiError``."""
    if not isinstance(patch, dict):
        raise ApiError(400, INVALID, "A deployment configuration must be an object")
    # The API silently ignores unknown fields (cloudflare/terraform-provider-cloudflare#6692).
    known = {key: value for key, value in patch.items() if key in (*_SETTINGS, *BINDINGS, _VARIABLES)}
    after: Json = merge_patch(before, known)
    if after.get("compatibility_date") is not None:
        validate_compatibility_date(after["compatibility_date"])
    for name, variable in after.get(_VARIABLES, {}).items():
        if variable.get("type") not in ("plain_text", "secret_text") or not isinstance(variable.get("value"), str):
            raise ApiError(
                400, INVALID, f"The variable {name} needs `type` plain_text or secret_text, and a string `value`"
            )
    reject_limits(after.get("limits") or {}, plan, INVALID)
    reject_variables([variable["value"] for variable in after.get(_VARIABLES, {}).values()], plan, INVALID)
    return after


def merge_patch(before: Any, patch: Any) -> Any:
    """Applies a merge patch (RFC 7386), and removes maps that become empty."""
    if not isinstance(patch, dict):
        return patch
    result = dict(before) if isinstance(before, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return {key: value for key, value in result.items() if value != {} or key not in (*BINDINGS, _VARIABLES)}


def redact_config(config: Record) -> Json:
    """Returns a configuration for a response, in which values of secrets are empty."""
    variables = {
        name: {**variable, "value": "" if variable["type"] == "secret_text" else variable["value"]}
        for name, variable in config.get(_VARIABLES, {}).items()
    }
    return {**config, _VARIABLES: variables or None}


def script_bindings(config: Record) -> list[Record]:
    """Converts a configuration to bindings of a Worker: variables, secrets, and all others."""
    variables = [
        {"name": name, "type": variable["type"], "text": variable["value"]}
        for name, variable in config.get(_VARIABLES, {}).items()
    ]
    bound = [
        {"name": name, "type": kind, **{before: value[patch] for patch, before in fields.items() if patch in value}}
        for key, (kind, fields) in BINDINGS.items()
        for name, value in config.get(key, {}).items()
    ]
    return variables + bound


def _defaults() -> Json:
    """Returns the defaults, as in a response of the real API (cloudflare/cf-terraforming, testdata)."""
    return {
        "always_use_latest_compatibility_date": False,
        "build_image_major_version": 3,
        "compatibility_date": datetime.now(UTC).date().isoformat(),
        "compatibility_flags": [],
        "fail_open": True,
        "usage_model": "standard",
    }
