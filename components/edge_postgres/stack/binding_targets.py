"""`BindingTargets`: the resources of a stack that Workers and Pages projects can be bound to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pulumi

from edge_postgres.origin.contract import PostgresOrigin

if TYPE_CHECKING:
    from edge_postgres.workers.bindings.kinds import SecretsStoreBinding


@dataclass(frozen=True)
class BindingTargets:
    """Resources of a stack by their names in the stack file."""

    hyperdrive_ids: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """IDs of the Hyperdrive configurations by name: `main`, and `main.fresh` for a database with `hyperdrive.fresh`."""
    direct_origins: Mapping[str, PostgresOrigin] = field(default_factory=dict)
    """Origins of connections without Hyperdrive: the vendor's pooler, or the database itself without a pooler."""
    database_origins: Mapping[str, PostgresOrigin] = field(default_factory=dict)
    """Origins of the databases themselves, for a driver whose vendor pools the connections."""
    kv_namespace_ids: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """IDs of the KV namespaces."""
    stored_secrets: Mapping[str, "SecretsStoreBinding"] = field(default_factory=dict)
    """Secrets of the Secrets Store that Workers may use."""
    script_names: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Names at Cloudflare of the Workers that exist so far."""

    def with_scripts(self, script_names: Mapping[str, pulumi.Input[str]]) -> "BindingTargets":
        """Returns a copy with the names of these Workers' scripts."""
        return replace(self, script_names=dict(script_names))

    def script_name(self, reference: str) -> pulumi.Input[str]:
        """Returns the name at Cloudflare of a Worker of the stack. Returns any other reference unchanged."""
        return self.script_names.get(reference, reference)
