"""`BindingTargets`: the resources of a stack that Workers and Pages projects can be bound to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pulumi

from edge_postgres.origin.contract import PostgresOrigin

if TYPE_CHECKING:
    from edge_postgres.workers.bindings.kinds import SecretsStoreBinding


@dataclass(frozen=True)
class QueueTarget:
    """A queue, which the stack created or which existed before."""

    id: pulumi.Input[str]
    name: pulumi.Input[str]
    known_name: str
    """The name as the stack file determines it, without a dependency on the queue."""


@dataclass(frozen=True)
class BindingTargets:
    """Resources of a stack. The keys of each map are names of the stack file, such as `main`."""

    hyperdrive_ids: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """IDs of the Hyperdrive configurations: `main`, and `main.fresh` for a database with `hyperdrive.fresh`."""
    direct_tcp_origins: Mapping[str, PostgresOrigin] = field(default_factory=dict)
    """Origin of each database for direct TCP: the vendor's pooler if there is one, otherwise the database itself."""
    database_origins: Mapping[str, PostgresOrigin] = field(default_factory=dict)
    """Origin of each database itself, without a pooler, for Prisma's serverless driver."""
    kv_namespace_ids: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """IDs of the KV namespaces."""
    queues: Mapping[str, QueueTarget] = field(default_factory=dict)
    """The queues."""
    stored_secrets: Mapping[str, "SecretsStoreBinding"] = field(default_factory=dict)
    """Bindings to the secrets of the Secrets Store that Workers may use."""
    script_names: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Names at Cloudflare of the Workers that exist so far."""

    def with_scripts(self, script_names: Mapping[str, pulumi.Input[str]]) -> "BindingTargets":
        """Returns a copy with these names of scripts instead of ``script_names``."""
        return replace(self, script_names=dict(script_names))

    def queue_name(self, reference: str) -> pulumi.Input[str]:
        """Returns the name at Cloudflare of the queue that a setting refers to.

        Args:
            reference: Key of a queue in `queues`, or the name of another queue, which is returned unchanged.
        """
        return self.queues[reference].name if reference in self.queues else reference

    def script_name(self, reference: str) -> pulumi.Input[str]:
        """Returns the name at Cloudflare of the script that a setting refers to.

        Args:
            reference: Key of a Worker in `workers`, or the name of another script, which is returned unchanged.
        """
        return self.script_names.get(reference, reference)
