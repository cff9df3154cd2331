"""What a Worker or a Pages project of a stack can be bound to, by the names of the stack file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edge_postgres.origin.contract import PostgresOrigin


@dataclass(frozen=True)
class Neighbours:
    """What the stack makes beside it. The values are Outputs."""

    hyperdrive: Mapping[str, Any] = field(default_factory=dict)
    """Ids of configurations: `main`, `main.fresh`."""
    origins: Mapping[str, PostgresOrigin] = field(default_factory=dict)
    """What is dialled without Hyperdrive, by the name of the database."""
    unpooled: Mapping[str, PostgresOrigin] = field(default_factory=dict)
    """The databases themselves, by name: for a driver that has a pool of the vendor's."""
    kv: Mapping[str, Any] = field(default_factory=dict)
    """Ids of KV namespaces."""
    secrets_store: Mapping[str, Any] = field(default_factory=dict)
    """Secrets of the Secrets Store: `store_id` and `secret_name` of each."""
    workers: Mapping[str, Any] = field(default_factory=dict)
    """Names at Cloudflare of the Workers that are there already."""
