"""What a stack file may say that the models do not show: they rewrite it before pydantic looks at it."""

from collections.abc import Mapping
from typing import Any

from components.limits.cloudflare import HYPERDRIVE_CONNECTIONS_FLOOR

_CONNECTOR = {"enum": ["none", "ecs"]}
_WHILE = {"type": "string", "pattern": "^[0-9]+[smhd]$"}

INSTEAD: Mapping[str, Any] = {
    "HyperdriveSettings.connectionLimit": {
        "anyOf": [{"type": "integer", "minimum": int(HYPERDRIVE_CONNECTIONS_FLOOR)}, {"const": "auto"}]
    },
    "NeonBranchSettings.expiresAfter": _WHILE,
    "NeonComputeSettings.suspendAfter": {"anyOf": [{"const": "never"}, _WHILE]},
    "WorkerSettings.files": {
        "type": "object",
        "additionalProperties": {"anyOf": [{"type": "string"}, {"$ref": "#/definitions/ModuleFile"}]},
    },
}
"""In the place of what the model shows, by model and key."""

BESIDES: Mapping[str, Any] = {
    "AccessTunnelSettings.connector": _CONNECTOR,
    "CloudSqlDatabase.postgresVersion": {"type": "integer"},
    "HyperdriveSettings.caching": {"const": "none"},
    "HyperdriveSettings.reservedElsewhere": {"type": "integer", "minimum": 0},
    "VpcServiceSettings.connector": _CONNECTOR,
}
"""As well as what the model shows."""

NEEDED: Mapping[str, Any] = {
    "AccessTunnelSettings": {"required": ["connector"]},
    "Caching": {"required": ["maxAge", "staleWhileRevalidate"]},
    "HyperdriveSettings": {"required": ["caching"]},
    "SecretsStoreSettings": {"oneOf": [{"required": ["storeId"]}, {"required": ["storeName"]}]},
    "VpcServiceSettings": {"anyOf": [{"required": ["connector"]}, {"required": ["tunnelId"]}]},
}
"""What has to be stated, by a rule that is code."""

UNSAID = ("(name)", "(path)", "disabled")
"""Fields that no stack file states: `caching: none` is how it says `disabled`."""
