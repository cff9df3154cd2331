"""What the deployments of a Pages project find: its `deployment_configs`, for production and for previews.

An update is a merge patch (RFC 7386): what it does not name stays, what it sets to null goes. Secrets are written and
never read again. Whether what is bound is there, a deployment asks (lyc8503/UptimeFlare#195): here anything goes.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from localcloud.cloudflare.envelope import ApiError, Json
from localcloud.cloudflare.script_upload import checked_compatibility_date
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
    "r2_buckets": ("r2_bucket", {"name": "bucket_name"}),
    "services": ("service", {"service": "service", "entrypoint": "entrypoint", "environment": "environment"}),
    "vectorize_bindings": ("vectorize", {"index_name": "index_name"}),
}
"""Maps from the name of a binding to what it is bound to: the type of such a binding of a Worker, and its fields."""
_VARIABLES = "env_vars"
_SETTINGS = (
    *("always_use_latest_compatibility_date", "build_image_major_version", "compatibility_date"),
    *("compatibility_flags", "fail_open", "limits", "placement", "usage_model", "wrangler_config_hash"),
)


def completed(stated: Any) -> Json:
    """The configurations of a new project: what is stated, and the server's own for the rest. Raises ``ApiError``."""
    return {which: patched(_defaults(), (stated or {}).get(which) or {}) for which in ENVIRONMENTS}


def patched(before: Record, patch: Any) -> Json:
    """One environment after a patch. Raises ``ApiError``."""
    if not isinstance(patch, dict):
        raise ApiError(400, INVALID, "A deployment configuration is an object")
    # The API forgets without a word what it does not know (cloudflare/terraform-provider-cloudflare#6692).
    known = {key: value for key, value in patch.items() if key in (*_SETTINGS, *BINDINGS, _VARIABLES)}
    after: Json = merged(before, known)
    if after.get("compatibility_date") is not None:
        checked_compatibility_date(after["compatibility_date"])
    for name, variable in after.get(_VARIABLES, {}).items():
        if variable.get("type") not in ("plain_text", "secret_text") or not isinstance(variable.get("value"), str):
            raise ApiError(
                400, INVALID, f"The variable {name} has `type` plain_text or secret_text, and a text `value`"
            )
    return after


def merged(before: Any, patch: Any) -> Any:
    """RFC 7386; a map that becomes empty is gone."""
    if not isinstance(patch, dict):
        return patch
    result = dict(before) if isinstance(before, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return {key: value for key, value in result.items() if value != {} or key not in (*BINDINGS, _VARIABLES)}


def shown(config: Record) -> Json:
    """A configuration as it is answered: the values of secrets are empty."""
    variables = {
        name: {**variable, "value": "" if variable["type"] == "secret_text" else variable["value"]}
        for name, variable in config.get(_VARIABLES, {}).items()
    }
    return {**config, _VARIABLES: variables or None}


def script_bindings(config: Record) -> list[Record]:
    """What a configuration binds, in the words of a Worker's bindings: variables, secrets, all else."""
    variables = [
        {"name": name, "type": variable["type"], "text": variable["value"]}
        for name, variable in config.get(_VARIABLES, {}).items()
    ]
    bound = [
        {"name": name, "type": kind, **{ours: value[theirs] for theirs, ours in fields.items() if theirs in value}}
        for key, (kind, fields) in BINDINGS.items()
        for name, value in config.get(key, {}).items()
    ]
    return variables + bound


def _defaults() -> Json:
    """What a project that states nothing has, as a list of one told it (cloudflare/cf-terraforming, testdata)."""
    return {
        "always_use_latest_compatibility_date": False,
        "build_image_major_version": 3,
        "compatibility_date": datetime.now(UTC).date().isoformat(),
        "compatibility_flags": [],
        "fail_open": True,
        "usage_model": "standard",
    }
