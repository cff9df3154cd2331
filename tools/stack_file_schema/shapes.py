"""Schemas of settings that the models do not show, because validators convert the values of these settings."""

from collections.abc import Mapping
from typing import Any

from edge_postgres.hyperdrive.limits import HYPERDRIVE_CONNECTIONS_FLOOR

_CONNECTOR = {"enum": ["none", "ecs"]}
_DURATION = {"type": "string", "pattern": "^[0-9]+[smhd]$"}

_PATTERNS = {"anyOf": [{"type": "boolean"}, {"type": "array", "items": {"type": "string"}}]}

REPLACEMENTS: Mapping[str, Any] = {
    "AssetsSettings.runWorkerFirst": _PATTERNS,
    "HyperdriveSettings.connectionLimit": {
        "anyOf": [{"type": "integer", "minimum": int(HYPERDRIVE_CONNECTIONS_FLOOR)}, {"const": "auto"}]
    },
    "NeonBranchSettings.expiresAfter": _DURATION,
    "NeonProjectSettings.historyRetention": _DURATION,
    "NeonComputeSettings.suspendAfter": {"anyOf": [{"const": "never"}, _DURATION]},
    "WorkerSettings.files": {
        "type": "object",
        "additionalProperties": {"anyOf": [{"type": "string"}, {"$ref": "#/definitions/ModuleSettings"}]},
    },
}
"""Schemas that replace the schema of a field, by model and key."""

ALTERNATIVES: Mapping[str, Any] = {
    "AccessTunnelSettings.connector": _CONNECTOR,
    "CloudSqlDatabase.postgresVersion": {"type": "integer"},
    "HyperdriveSettings.caching": {"const": "none"},
    "HyperdriveSettings.reservedElsewhere": {"type": "integer", "minimum": 0},
    "VpcServiceSettings.connector": _CONNECTOR,
}
"""Schemas that are allowed in addition to the schema of a field, by model and key."""

REQUIREMENTS: Mapping[str, Any] = {
    "AccessTunnelSettings": {"required": ["connector"]},
    "Caching": {"required": ["maxAge", "staleWhileRevalidate"]},
    "HyperdriveSettings": {"required": ["caching"]},
    "SecretsStoreSettings": {"oneOf": [{"required": ["storeId"]}, {"required": ["storeName"]}]},
    "VpcServiceSettings": {"anyOf": [{"required": ["connector"]}, {"required": ["tunnelId"]}]},
}
"""Requirements that only validation functions check, as JSON schema, by model."""

HIDDEN = ("(name)", "(path)", "disabled")
"""Fields that are not keys of a stack file. For example, `caching: none` sets `disabled`."""
